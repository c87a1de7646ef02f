"""Three typical problems: the answer, and how the work grows when the problem does."""

from collections import Counter

steps: Counter[str] = Counter()


def stairs(n):
    """How many ways up n stairs, one or two at a time: as the definition says it."""
    steps["as defined"] += 1
    return 1 if n < 2 else stairs(n - 1) + stairs(n - 2)


def stairs_kept(n):
    """Dynamic programming: each answer once, kept for those that need it."""
    a = b = 1
    for _ in range(n - 1):
        steps["kept"] += 1
        a, b = b, a + b
    return b


def find_by_halves(wanted, numbers):
    """Binary search: what is sorted can be halved. The number is among them."""
    low, high = 0, len(numbers)
    while low < high:
        steps["by halves"] += 1
        middle = (low + high) // 2
        low, high = (middle + 1, high) if numbers[middle] < wanted else (low, middle)
    return low


def coins_greedy(total, coins):
    """The largest coin first: right for some coins, wrong for others."""
    used = 0
    for coin in sorted(coins, reverse=True):
        used, total = used + total // coin, total % coin
    return used


def coins_fewest(total, coins):
    """Dynamic programming over all smaller totals; one of the coins is a 1."""
    fewest = [0]
    for t in range(1, total + 1):
        fewest.append(1 + min(fewest[t - coin] for coin in coins if coin <= t))
    return fewest[total]


for n in (10, 20, 30):
    steps.clear()
    print(f"{n} stairs: {stairs(n):,} ways, {stairs_kept(n):,} ways;", dict(steps))
for n in (1000, 1_000_000):
    steps.clear()
    found = find_by_halves(n - 1, range(n)) == n - 1
    print(f"the last of {n:,} found: {found}; one by one {n:,} steps,", dict(steps))
for coins in ((1, 5, 10), (1, 3, 4)):
    off = [t for t in range(1, 100) if coins_greedy(t, coins) != coins_fewest(t, coins)]
    print(f"coins {coins}: the largest first is wrong for {len(off)} of 99 totals {off[:3]}")
