"""Between two latent vectors the straight line leaves the shell on which Gaussians live."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)


def lerp(a, b, t):
    return (1 - t) * a + t * b


def slerp(a, b, t):
    """Along the great circle: the angle changes evenly."""
    angle = torch.acos(torch.cosine_similarity(a, b, dim=-1))[..., None]
    return (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / torch.sin(angle)


# In d dimensions the length of a Gaussian vector is close to sqrt(d), with a spread of about 0.7
# whatever d is: the larger d, the thinner the shell. Half-way along a straight line the length is
# about sqrt(d / 2); how often is a sample that short? |z|² is chi-squared, so this is exact.
print("   d   sqrt(d)   length of z   half-way: lerp   slerp   P(|z| < sqrt(d / 2))")
for d in (16, 64, 256, 1024):
    a, b = torch.randn(2, 5000, d)
    length = a.norm(dim=1)
    half = [between(a, b, 0.5).norm(dim=1).mean() for between in (lerp, slerp)]
    rare = torch.special.gammainc(torch.tensor(d / 2).double(), torch.tensor(d / 4).double())
    print(
        f"{d:4} {d**0.5:9.1f} {length.mean():8.1f} ± {length.std():.1f} "
        f"{half[0]:16.1f} {half[1]:7.1f}   {rare:10.0e}"
    )

a, b = torch.randn(2, 5000, 64)
print("\n   t   length / sqrt(d): lerp   slerp   (d = 64)")
for t in (0.0, 0.25, 0.5, 0.75, 1.0):
    lengths = [between(a, b, t).norm(dim=1).mean() / 8 for between in (lerp, slerp)]
    print(f"{t:4.2f} {lengths[0]:23.2f} {lengths[1]:7.2f}")
