"""FID, KID, precision and recall of graded damage, and what too few images do to them."""

import torch
import torch.nn.functional as F

torch.manual_seed(0)
LAYERS = [torch.randn(o, i, 3, 3) / (9 * i) ** 0.5 for i, o in ((3, 16), (16, 24))]
N = 1000


def images(n, kinds=4):
    """Squares, discs, crosses and stripes of random place, size and colour, `(n, 3, 16, 16)`."""
    y, x = (torch.arange(16.0).view(s) - 4 - 7 * torch.rand(n, 1, 1) for s in ((16, 1), (1, 16)))
    r = 2 + 2 * torch.rand(n, 1, 1)
    inside = (x.abs() < r) & (y.abs() < r)
    shapes = (inside, x**2 + y**2 < r**2, inside & (x.abs().minimum(y.abs()) < 1), inside & (y > 0))
    shape = torch.stack(shapes)[torch.randint(kinds, (n,)), torch.arange(n)]
    return shape[:, None] * (0.2 + 0.8 * torch.rand(n, 3, 1, 1))


def features(x):
    """Vectors of a network: here a random one, which sees patterns but knows no names."""
    for weight in LAYERS:
        x = F.avg_pool2d(F.conv2d(x, weight, padding=1).relu(), 2)
    return 10 * torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1).double()


def fid(a, b):
    values, vectors = torch.linalg.eigh(a.T.cov())
    root = vectors @ values.clamp(min=0).sqrt().diag() @ vectors.T
    mixed = torch.linalg.eigvalsh(root @ b.T.cov() @ root).clamp(min=0).sqrt().sum()
    return (a.mean(0) - b.mean(0)).square().sum() + (a.T.cov() + b.T.cov()).trace() - 2 * mixed


def kid(a, b):  # unbiased, by a cubic kernel: no image is compared with itself
    aa, bb, ab = (((x @ y.T) / a.shape[1] + 1) ** 3 for x, y in ((a, a), (b, b), (a, b)))
    own = [(k.sum() - k.trace()) / (len(k) * (len(k) - 1)) for k in (aa, bb)]
    return own[0] + own[1] - 2 * ab.mean()


def within(points, others, k=3):
    """The share of points that lie nearer to one of the others than its k-th neighbour does."""
    reach = torch.cdist(others, others).kthvalue(k + 1).values
    return 100 * (torch.cdist(points, others) <= reach).any(1).double().mean()


damaged = {"none": images(N)}
damaged |= {f"noise of {s}": images(N) + s * torch.randn(N, 3, 16, 16) for s in (0.05, 0.1, 0.2)}
damaged |= {"blurred": F.avg_pool2d(images(N), 3, 1, 1), "one kind lost": images(N, 3)}
damaged |= {"two kinds lost": images(N, 2), "20 images only": images(20).repeat(50, 1, 1, 1)}
print("damage             FID      KID   precision   recall")
real = features(images(N))
for name, fake in ((name, features(x)) for name, x in damaged.items()):
    scores = fid(real, fake), kid(real, fake), within(fake, real), within(real, fake)
    print("{:15} {:6.2f} {:8.2f} {:9.0f} % {:6.0f} %".format(name, *scores))
print("\nimages    FID and KID of two sets without any damage")
for a, b in ((features(images(n)), features(images(n))) for n in (50, 500, 5000)):
    print(f"{len(a):6} {fid(a, b):8.3f} {kid(a, b):8.3f}")
PICTURES = torch.cat([x[:1] for x in damaged.values()]) * 2 - 1  # drawn on the page
