"""A small autoregressive model: an exact likelihood, paid for with one step a pixel."""

import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor draws the same pictures
torch.manual_seed(0)
N = 16  # pixels of a picture, read line by line


def every(n):  # all pictures of n pixels, black or white, (2^n, n)
    return (torch.arange(2**n)[:, None] >> torch.arange(n)).remainder(2).double()


bars = every(4)  # the data: 4x4 pictures of whole bars, either all lying or all standing
data = torch.cat([bars.repeat_interleave(4, 1), bars.repeat(1, 4)]).unique(dim=0)


class Autoregressive(nn.Module):
    """For each pixel, a small network that sees the pixels before it and nothing else."""

    def __init__(self, width=24):
        super().__init__()
        self.inner = nn.Parameter(torch.randn(N, width, N) / 4)
        self.outer = nn.Parameter(torch.randn(N, width) / 5)
        self.offset, self.start = (nn.Parameter(torch.zeros(N, w)) for w in (width, 1))

    def forward(self, x):
        before = self.inner * torch.ones(N, N).tril(-1)[:, None]
        hidden = torch.einsum("bj,iwj->biw", x, before) + self.offset
        return (hidden.tanh() * self.outer).sum(2) + self.start[:, 0]  # a logit for each pixel

    def log_likelihood(self, x):  # the sum of log p(pixel | those before), in one pass
        return -nn.functional.binary_cross_entropy_with_logits(self(x), x, reduction="none").sum(1)

    @torch.no_grad()
    def sample(self, n):
        x = torch.zeros(n, N)
        for i in range(N):  # each pixel has to wait for those before it
            x[:, i] = (torch.rand(n) < self(x)[:, i].sigmoid()).double()
        return x


model = Autoregressive()
adam = torch.optim.Adam(model.parameters(), 0.02)
print(f"{len(data)} of {2**N} are bars; the least loss is {torch.tensor(len(data)).log():.3f}")
print("rounds     loss    all likelihoods together    samples that are bars")
for rounds in range(301):
    loss = -model.log_likelihood(data).mean()
    if rounds in (0, 30, 100, 300):
        with torch.no_grad():
            total = model.log_likelihood(every(N)).exp().sum()
        good = 100 * (model.sample(2000)[:, None] == data).all(2).any(1).double().mean()
        print(f"{rounds:6} {loss:8.3f} {total:18.4f} {good:27.0f} %")
    adam.zero_grad()
    loss.backward()
    adam.step()
print(f"passes through the network: 1 to rate a picture, {N} to draw one")
PICTURES = (model.sample(10).view(-1, 1, 4, 4) * 2 - 1).expand(-1, 3, -1, -1)  # drawn on the page
