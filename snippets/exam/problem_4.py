"""Mock exam, problem 4 (hard): a network with coupons. A place is a node and what is left."""

import heapq

# --8<-- [start:examples]
EXAMPLES = [
    ((3, [[1, 2, 10], [2, 3, 10], [1, 3, 30]], 1), 15),
    ((4, [[1, 2, 2], [2, 3, 2], [3, 4, 2], [1, 4, 20]], 0), 6),
    ((3, [[1, 2, 4]], 2), -1),
]
# --8<-- [end:examples]


# --8<-- [start:solution]
def solution(n, links, coupons):
    near = [[] for _ in range(n + 1)]
    for a, b, time in links:
        near[a].append((b, time))
        near[b].append((a, time))
    best = {(1, coupons): 0}
    queue = [(0, 1, coupons)]
    while queue:
        spent, node, left = heapq.heappop(queue)
        if node == n:
            return spent  # whatever leaves the queue first is nearest
        if spent > best[node, left]:
            continue
        for other, time in near[node]:
            for used, cost in ((0, time), (1, time // 2))[: 1 + (left > 0)]:
                place = (other, left - used)
                if spent + cost < best.get(place, float("inf")):
                    best[place] = spent + cost
                    heapq.heappush(queue, (spent + cost, *place))
    return -1


# --8<-- [end:solution]


def cases(dice):
    """Inputs to grade with, the last one as large as the limits allow."""
    for n, count, coupons in ((4, 5, 1), (6, 9, 2), (7, 6, 1), (10_000, 30_000, 5)):
        ends = [dice.sample(range(1, n + 1), 2) for _ in range(count)]
        yield n, [[a, b, 2 * dice.randint(1, 500)] for a, b in ends], coupons
