"""Mock exam, problem 1 (easy): which checkpoints to delete. Names are read from the right."""

# --8<-- [start:examples]
EXAMPLES = [
    ((["gan-900", "gan-1000", "gan-80"], 2), ["gan-80"]),
    ((["wgan-gp-5", "wgan-5", "wgan-gp-10", "wgan-gp-7"], 1), ["wgan-gp-5", "wgan-gp-7"]),
    ((["vae-1"], 3), []),
]
# --8<-- [end:examples]


# --8<-- [start:solution]
def solution(names, keep):
    rounds = {}
    for name in names:
        run, number = name.rsplit("-", 1)  # a run's name may hold hyphens of its own
        rounds.setdefault(run, []).append(int(number))  # as text, 900 would come after 1000
    kept = {
        f"{run}-{number}" for run in rounds for number in sorted(rounds[run], reverse=True)[:keep]
    }
    return [name for name in names if name not in kept]


# --8<-- [end:solution]


def cases(dice):
    """Inputs to grade with, the last one as large as the limits allow."""
    runs = ("gan", "wgan", "wgan-gp", "vae")
    for count in (5, 20, 80, 100_000):
        numbers = dice.sample(range(1, 10 * count), count)
        yield [f"{dice.choice(runs)}-{number}" for number in numbers], dice.randint(1, 5)
