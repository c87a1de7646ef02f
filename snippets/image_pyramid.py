"""The sizes of SinGAN's pyramid: a factor of 0.75 is asked for, and another one is used."""

import math

import torch
import torch.nn.functional as F


def pyramid(height, width, coarsest=25, longest=250, factor=0.75):
    """Sizes from coarse to fine, and the factor between them, as in the authors' code."""
    reduction = min(longest / max(height, width), 1)
    finest = [math.ceil(height * reduction), math.ceil(width * reduction)]
    # how many scales the whole photograph would have, less those that are larger than `longest`
    steps = math.ceil(math.log(coarsest / min(height, width), factor)) + 1
    steps -= math.ceil(math.log(reduction, factor))
    # With 0.75 the coarsest scale would have some odd size. So the number of steps is kept, and
    # the factor is derived again from where they begin and where they are to end.
    factor = math.pow(coarsest / min(finest), 1 / steps)
    return [
        tuple(math.ceil(s * factor ** (steps - i)) for s in finest) for i in range(steps + 1)
    ], factor


print("photograph    scales  factor   heights, from coarse to fine")
for height, width in ((250, 250), (167, 250), (188, 250), (750, 1000), (100, 100)):
    sizes, factor = pyramid(height, width)
    heights = " ".join(str(h) for h, _ in sizes)
    print(f"{height:4} x {width:<6} {len(sizes):6}   {factor:.4f}   {heights}")

# 100 x 100 ends at 26 pixels, not 25: the sides are rounded up, and floats are not exact.
_, factor = pyramid(100, 100)
print(f"\n100 * {factor:.6f} ** 6 = {100 * factor**6!r}, rounded up: {math.ceil(100 * factor**6)}")
# 750 x 1000 has 9 scales, but 10 if it is reduced to 188 x 250 before: two numbers are rounded up.
down, above, alone = (math.log(x, 0.75) for x in (25 / 750, 250 / 1000, 25 / 188))
print(f"steps from 750 to 25: {down:.2f}, above 250: {above:.2f}, from 188 to 25: {alone:.2f}")

# What a network that sees 11 x 11 pixels sees of the photograph, from coarse to fine
sizes, _ = pyramid(167, 250)
shares = [100 * 121 / (h * w) for h, w in sizes]
print(
    "\n11 x 11 pixels are this share of 167 x 250:", " ".join(f"{share:.1f} %" for share in shares)
)

# An image is smoothed before it shrinks, or fine stripes turn into coarse ones that are not there.
stripes = torch.sin(torch.arange(250) * 2.4).expand(1, 1, 167, 250)
for name, smooth in (("smoothed", True), ("not smoothed", False)):
    small = F.interpolate(stripes, sizes[0], mode="bicubic", antialias=smooth)
    contrast = small[..., 3:-3].std()
    print(f"stripes 2.6 pixels wide, reduced to {sizes[0]}, {name}: contrast {contrast:.2f}")
