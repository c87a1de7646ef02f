"""CLIP's contrastive loss: what its temperature changes, and what it does not."""

import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)
N = 256  # pairs in a batch: row i of the texts belongs to row i of the images


def cosines(images, texts):
    return F.normalize(images, dim=1) @ F.normalize(texts, dim=1).T


def contrastive_loss(images, texts, temperature):
    """Find the text of each image among all, and the image of each text."""
    logits, own = cosines(images, texts) / temperature, torch.arange(len(images))
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def found(images, texts):
    return 100 * (cosines(images, texts).argmax(dim=1) == torch.arange(len(images))).float().mean()


def rivals(images, texts, temperature):
    """From how many wrong texts an image is pushed away: from all alike, or from the nearest."""
    wrong = cosines(images, texts).fill_diagonal_(-torch.inf) / temperature
    return torch.special.entr(wrong.softmax(dim=1)).sum(dim=1).exp().mean()


def pairs(n):
    """Images and texts have 12 causes in common, and each its own noise."""
    causes = torch.randn(n, 12)
    return causes @ look + 3.5 * torch.randn(n, 64), causes @ tell + 3.5 * torch.randn(n, 48)


images, same = torch.randn(N, 32), torch.ones(N, 32)
texts, chance = images + 1.5 * torch.randn(N, 32), torch.tensor(N).log()
print(f"all alike: loss {contrastive_loss(same, same, 0.07):.3f}, log {N} = {chance:.3f}\n")
print("temperature   loss   least possible   own text nearest   wrong texts that count")
for t in (1.0, 0.07, 0.01):
    least = (1 + (N - 1) * torch.tensor(-1 / t).exp()).log()  # own: cosine 1, all others: 0
    loss, count = contrastive_loss(images, texts, t), rivals(images, texts, t)
    print(f"{t:8.2f} {loss:10.3f} {least:12.3f} {found(images, texts):16.1f} % {count:18.1f}")

look, tell = torch.randn(12, 64), torch.randn(12, 48)
new = pairs(1000)
print("\ntemperature: at first, then   own text nearest, of 1,000 new ones")
for start, learned in ((1.0, False), (0.07, False), (0.01, False), (0.07, True)):
    image, text = torch.nn.Linear(64, 16), torch.nn.Linear(48, 16)
    scale = torch.nn.Parameter(-torch.tensor(start).log())  # log(1 / temperature), as in CLIP
    adam = torch.optim.Adam([*image.parameters(), *text.parameters(), scale][: 4 + learned], 1e-2)
    for _ in range(200):
        x, y = pairs(N)
        adam.zero_grad()
        contrastive_loss(image(x), text(y), 1 / scale.exp()).backward()
        adam.step()
    share = found(image(new[0]), text(new[1]))
    print(f"{start:8.2f} {1 / scale.exp():9.2f} {share:18.1f} %")
