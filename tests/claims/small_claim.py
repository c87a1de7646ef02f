"""A claim that takes no time to measure, for tests of the machinery around claims."""

from gan_minimal.claims import Claim

SMALL = Claim(
    id="small",
    says=("작다.", "It is small."),
    place="lecture.md#gan",
    measured=("크기를 잰다.", "Its size is measured."),
    rule=("2보다 작으면 성립한다.", "It holds below 2."),
    labels={"size": ("크기", "Size")},
    measure=lambda: {"size": [1.0, 1.2344]},
    holds=lambda values: max(values["size"]) < 2,
    explanation=("그래서 그렇다.", "So it is."),
)
