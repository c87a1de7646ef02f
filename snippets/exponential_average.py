"""An exponential moving average of the weights: by hand, and from torch.optim.swa_utils."""

import copy

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.manual_seed(0)
torch.set_num_threads(1)
DECAY = 0.99

# A noisy problem whose solution is known: y = 2 a - 3 b, seen through noise. The normalisation
# behind the linear layer takes no part in the loss; it is there for its running statistics.
solution = torch.tensor([[2.0, -3.0]])
linear, norm = nn.Linear(2, 1, bias=False), nn.BatchNorm1d(1, affine=False)
model = nn.Sequential(linear, norm)
optimizer = torch.optim.SGD(linear.parameters(), 0.1)

# With use_buffers=True the running statistics are averaged like the weights they belong to.
average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(DECAY), use_buffers=True)
by_hand = copy.deepcopy(model)
distances = []

for step in range(1000):
    x = torch.randn(8, 2)
    loss = (linear(x) - x @ solution.T - 2 * torch.randn(8, 1)).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    model(x)  # the normalisation sees the batch

    average.update_parameters(model)
    with torch.no_grad():
        for mean, now in zip(by_hand.parameters(), model.parameters(), strict=True):
            # The first time there is nothing to average yet.
            mean.copy_(now if step == 0 else DECAY * mean + (1 - DECAY) * now)
    if step >= 500:
        both = (linear.weight, average.module[0].weight)
        distances.append([(weight.detach() - solution).norm().item() for weight in both])

same = torch.allclose(by_hand[0].weight, average.module[0].weight, atol=1e-5)
last, averaged = torch.tensor(distances).mean(0).tolist()
print(f"by hand and by torch the same weights: {same}")
print(f"distance from the solution: {last:.2f} with the weights of the moment")
print(f"                            {averaged:.2f} with their average, decay {DECAY}")
print(f"running variance: {norm.running_var.item():.0f} at the moment")
print(f"                  {average.module[1].running_var.item():.0f} averaged by torch")
print(f"                  {by_hand[1].running_var.item():.0f} by hand: parameters() has no buffers")
