"""A claim that takes no time to measure, for tests of the machinery around claims."""

from gan_minimal.claims import Claim, Statement, above, below

CLAIM = Claim(
    __file__,
    place="lecture.md#gan",
    measure=lambda: {"size": [1.0, 1.2344]},
    statements=(
        Statement("below", lambda values: below(values["size"], 2)),
        Statement("above", lambda values: above(values["size"], 0.5), ours=True),
    ),
)
