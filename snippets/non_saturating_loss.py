"""Why the generator minimises -log D(G(z)), and why D should end in a logit."""

import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def gradient(loss, at):
    """The slope of a loss of one logit: all that a fake ever learns from its judge."""
    logit = torch.tensor(at, requires_grad=True)
    loss(logit).backward()
    return logit.grad.item()


def minimax(logit):
    return -F.softplus(logit)  # log(1 - D)


def non_saturating(logit):
    return F.softplus(-logit)  # -log D


# Both slopes are negative: both tell the generator to raise the logit. They differ in how loudly.
print("D(G(z))   slope of log(1-D)   slope of -log D")
for logit in (2.0, 0.0, -2.0, -5.0, -10.0):
    probability = torch.sigmoid(torch.tensor(logit))
    slopes = [gradient(loss, logit) for loss in (minimax, non_saturating)]
    print(f"{probability:7.5f} {slopes[0]:15.5f} {slopes[1]:17.5f}")

# The same -log D by way of a probability. sigmoid(-120) is less than the smallest float32, so the
# logarithm is lost, and with it the slope: exactly where the generator needs it most.


def through_log(logit):
    return -torch.log(torch.sigmoid(logit))


def through_bce(logit):
    return F.binary_cross_entropy(torch.sigmoid(logit), torch.ones(()))  # clamps the log at -100


print("\n-log D at logit -120     loss     slope")
for name, loss in (
    ("log(sigmoid(x))", through_log),
    ("nn.BCELoss", through_bce),
    ("softplus(-x)", non_saturating),
):
    print(f"{name:20} {loss(torch.tensor(-120.0)):8.1f} {gradient(loss, -120.0):9.1f}")

# For a judge that is sure of "real" it happens much earlier: sigmoid(17) rounds to 1.
fake = torch.tensor(17.0)
bce = F.binary_cross_entropy(torch.sigmoid(fake), torch.zeros(()))
print(f"\n-log(1 - D) at logit 17: nn.BCELoss {bce:.1f}, softplus {F.softplus(fake):.1f}")
