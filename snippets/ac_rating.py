"""The tier of a person by solved.ac's formula, from the problems that the person has solved."""

NAMES = [f"{t} {n}" for t in ("bronze", "silver", "gold", "platinum") for n in (5, 4, 3, 2, 1)]
STARTS = [30, 60, 90, 120, 150, 200, 300, 400, 500, 650]
STARTS += [800, 950, 1100, 1250, 1400, 1600, 1750, 1900, 2000, 2100]  # diamond begins at 2200


def rating(levels, contributions=0, classes=0):
    """The AC rating, as the help page of solved.ac gives it.

    levels: the level of each problem solved, 1 for bronze 5 to 30 for ruby 1.
    contributions: how many levels of problems the person has voted on.
    classes: the bonus for CLASS, sets of problems to solve.
    """
    hardest = sum(sorted(levels, reverse=True)[:100])
    amount = round(175 * (1 - 0.995 ** len(levels)))
    return hardest + amount + round(25 * (1 - 0.9**contributions)) + classes


def tier(points):
    reached = [name for name, start in zip(NAMES, STARTS, strict=True) if points >= start]
    return "diamond or above" if points >= 2200 else reached[-1] if reached else "unrated"


print("solved                           rating   tier of the person")
for name, level in (("silver 1", 10), ("gold 3", 13), ("gold 2", 14), ("platinum 5", 16)):
    for n in (30, 100, 500):
        points = rating([level] * n)
        print(f"{n:4} problems of {name:10} {points:9}     {tier(points)}")

print("\nhow many problems of one level it takes to reach platinum 5, without other bonuses")
for name, level in (("gold 3", 13), ("gold 2", 14), ("gold 1", 15), ("platinum 5", 16)):
    enough = [n for n in range(1, 2000) if tier(rating([level] * n)) == "platinum 5"]
    print(f"  of {name:10} {enough[0] if enough else 'no number is enough'}")

mixed = [10] * 60 + [12] * 60 + [14] * 30
print(f"\n60 silver 1, 60 gold 4, 30 gold 2: {rating(mixed)}, {tier(rating(mixed))}")
print(f"and 100 more of silver 1:          {rating(mixed + [10] * 100)}")
