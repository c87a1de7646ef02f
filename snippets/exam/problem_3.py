"""Mock exam, problem 3 (medium): an even split. The answer itself is searched by halves."""

# --8<-- [start:examples]
EXAMPLES = [
    (([4, 1, 3, 2, 5], 2), 8),
    (([7, 7, 7], 3), 7),
    (([1, 9, 1], 1), 11),
]
# --8<-- [end:examples]


# --8<-- [start:solution]
def solution(sizes, devices):
    def parts(limit):
        """How many devices are needed if none may get more than `limit`."""
        count, load = 1, 0
        for size in sizes:
            if load + size > limit:
                count, load = count + 1, 0
            load += size
        return count

    low, high = max(sizes), sum(sizes)  # the answer is one of low, ..., high
    while low < high:
        middle = (low + high) // 2
        if parts(middle) <= devices:
            high = middle  # enough: the answer is this or less
        else:
            low = middle + 1
    return low


# --8<-- [end:solution]


def cases(dice):
    """Inputs to grade with, the last one as large as the limits allow."""
    for count, largest in ((4, 9), (9, 30), (10, 5), (100_000, 10**9)):
        sizes = [dice.randint(1, largest) for _ in range(count)]
        yield sizes, dice.randint(1, min(count, 1000))
