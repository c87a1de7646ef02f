"""Mock exam, problem 2 (medium): regions of a colour, by a queue."""

from collections import deque

# --8<-- [start:examples]
EXAMPLES = [
    ((["RRB", "RBB", "GGB"],), [3, 4]),
    ((["ABAB", "BABA"],), [8, 1]),
    ((["ZZZZ"],), [1, 4]),
]
# --8<-- [end:examples]


# --8<-- [start:solution]
def solution(picture):
    height, width = len(picture), len(picture[0])
    seen, sizes = set(), []
    for start in [(y, x) for y in range(height) for x in range(width)]:
        if start in seen:
            continue
        seen.add(start)  # when it enters the queue, not when it leaves
        queue, size = deque([start]), 0
        while queue:
            y, x = queue.popleft()
            size += 1
            for v, u in ((y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)):
                inside = 0 <= v < height and 0 <= u < width
                if inside and (v, u) not in seen and picture[v][u] == picture[y][x]:
                    seen.add((v, u))
                    queue.append((v, u))
        sizes.append(size)
    return [len(sizes), max(sizes)]


# --8<-- [end:solution]


def cases(dice):
    """Inputs to grade with, the last one as large as the limits allow."""
    for height, width, colours in ((3, 4, "AB"), (8, 8, "AB"), (20, 15, "RGB")):
        yield (["".join(dice.choices(colours, k=width)) for _ in range(height)],)
    yield (["A" * 500] * 500,)  # one region: a recursion would go 250,000 calls deep
