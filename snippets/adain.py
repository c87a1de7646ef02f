"""AdaIN (Huang & Belongie 2017): a picture takes another one's statistics and stays what it is."""

import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)


def statistics(x):
    """Mean and (biased) standard deviation of each channel of each image, `(2, N, C, 1, 1)`."""
    mean, variance = x.mean((2, 3), keepdim=True), x.var((2, 3), unbiased=False, keepdim=True)
    return torch.stack([mean, variance.sqrt()])


def stylegan_style(x, scale, shift, eps=1e-8):
    """Normalise each channel, then style it; scale 0 and shift 0 leave it normalised."""
    mean, deviation = statistics(x)
    return (scale + 1) * (x - mean) / (deviation**2 + eps).sqrt() + shift


def adain(content, style):
    mean, deviation = statistics(style)  # StyleGAN computes the two from w instead
    return stylegan_style(content, deviation - 1, mean)


# The content is a grey ring, the style a weave in warm colours that turn bluish downwards.
y, x = torch.meshgrid(*[torch.linspace(-1, 1, 32)] * 2, indexing="ij")
ring = torch.where(((x**2 + y**2).sqrt() - 0.6).abs() < 0.2, 0.7, -0.5)
content = ring + 0.02 * torch.randn(1, 3, 32, 32)
threads = (20 * x).sin() * (20 * y).sin() + 0.3 * torch.randn(32, 32)
style = torch.stack([0.6 + 0.4 * threads, 0.3 * threads, 0.1 * y - 0.4])[None]

# Features: 4x4 patches seen from 48 random directions at right angles. They can be undone exactly.
turn = torch.linalg.qr(torch.randn(48, 48)).Q


def features(image):
    return torch.einsum("dp,nphw->ndhw", turn, F.pixel_unshuffle(image, 4))


def of_features(content, style):
    maps = adain(features(content), features(style))
    return F.pixel_shuffle(torch.einsum("dp,ndhw->nphw", turn, maps), 4)


WAYS = (adain, of_features)
results = [way(content, style) for way in WAYS]
names = ("content, as it is", "AdaIN of the pixels", "AdaIN of the features", "style, as it is")
print("                        statistics off the style's    brightness correlates with")
print("                        of pixels    of features        content       style")
for name, image in zip(names, (content, *results, style), strict=True):
    pairs = (image, style), (features(image), features(style))
    off = [(statistics(a) - statistics(b)).abs().max() for a, b in pairs]
    grey = torch.corrcoef(torch.cat([image, content, style]).mean(1).flatten(1))
    print(f"{name:21} {off[0]:11.4f} {off[1]:14.4f} {grey[0, 1]:15.3f} {grey[0, 2]:11.3f}")
shuffled = style.flatten(2)[..., torch.randperm(32 * 32)].view_as(style)
changes = [(w(content, shuffled) - r).abs().max() for w, r in zip(WAYS, results, strict=True)]
print(f"with the style's pixels shuffled they change by {changes[0]:.4f} and {changes[1]:.4f}")
PICTURES = torch.cat([content, style, *results])  # drawn on the page
