"""Minibatch standard deviation (PGGAN): the discriminator is told how alike a batch is."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)


def minibatch_stddev(x, group=4, unbiased=False):
    """Append one channel to `x`, `(N, C, H, W)`: the mean standard deviation within its group.

    Groups are strided: of N samples, number i is in group i modulo N / group.
    """
    n, c, h, w = x.shape
    y = x.reshape(group, n // group, c, h, w)
    deviation = (y.var(dim=0, unbiased=unbiased) + 1e-8).sqrt()  # (N / group, C, H, W)
    one_number = deviation.mean(dim=(1, 2, 3))  # for each group
    return torch.cat((x, one_number.repeat(group)[:, None, None, None].expand(n, 1, h, w)), dim=1)


def told(x, **options):
    """The appended numbers, one for each sample."""
    return minibatch_stddev(x, **options)[:, -1, 0, 0]


def planes(*values):
    return torch.tensor(values)[:, None, None, None].expand(-1, 3, 4, 4)


print("channels before and after:", 512, minibatch_stddev(torch.randn(8, 512, 4, 4)).shape[1])
print("four equal samples:       ", f"{told(planes(7.0, 7.0, 7.0, 7.0))[0]:.6f}", "= sqrt(1e-8)")
values = planes(0.0, 1.0, 2.0, 3.0)
print("planes 0, 1, 2, 3:        ", f"{told(values)[0]:.6f}", "= sqrt(5 / 4)")
print("  divided by 3, not by 4: ", f"{told(values, unbiased=True)[0]:.6f}", "= sqrt(5 / 3)")
eight = planes(*torch.arange(8.0).tolist())
print("planes 0 to 7:            ", f"{told(eight)[0]:.6f}", "= sqrt(5): 0 2 4 6 and 1 3 5 7")
neighbours = eight.reshape(2, 4, 3, 4, 4).transpose(0, 1).reshape(8, 3, 4, 4)
print(
    "  groups of neighbours:   ", f"{told(neighbours)[0]:.6f}", "= sqrt(5 / 4): 0 1 2 3, 4 5 6 7\n"
)

# Collapse: the data are 16 kinds of images. A generator that draws them perfectly, but only a few
# of the kinds, cannot be told from the data by looking at one image at a time.
kinds = torch.randn(16, 3, 4, 4)


def batches(count):
    """What 2,000 groups of 4 images are told if only `count` kinds are drawn."""
    images = kinds[torch.randint(count, (8000,))] + 0.1 * torch.randn(8000, 3, 4, 4)
    return told(images)[:2000]


real = batches(16)
line = real.quantile(0.1)  # a tenth of the real groups is below it
print("kinds drawn   told (mean)   lowest to highest   below 90 % of the real groups")
for count in (16, 8, 4, 2, 1):
    x = batches(count)
    share = 100 * (x < line).float().mean()
    print(f"{count:11} {x.mean():13.3f} {x.min():13.3f} {x.max():7.3f} {share:23.0f} %")
