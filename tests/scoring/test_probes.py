"""What linear classifiers find is what is there."""

import math

import pytest
import torch

from gan_minimal.scoring import probes


def test_features_are_brought_to_the_scale_of_others_and_get_a_constant():
    like = torch.tensor([[0.0, 5.0], [2.0, 5.0]])  # mean 1 and deviation 1; a constant

    found = probes.standardised(torch.tensor([[3.0, 5.0]]), like)

    assert found.dtype == torch.float64
    assert found[0].tolist() == pytest.approx([2, 0, 1], abs=1e-5)


def test_a_logistic_regression_is_fitted_to_convergence():
    """At the optimum no weight can be moved: the gradient of loss and decay is zero."""
    x = probes.standardised(torch.randn(500, 6), torch.randn(500, 6))
    y = (x[:, 0] + torch.randn(500) > 0.3).long()

    weights = probes.logistic(x, y)

    slope = x.T @ (torch.sigmoid(x @ weights) - y) / len(y) + 2e-5 * weights
    assert slope.abs().max() < 1e-5
    assert torch.equal(weights, probes.logistic(x, y))


def test_conditional_entropy_is_what_it_is_on_paper():
    """X is 0 in half of the cases, of which Y is 1 in half, and 1 in the others, where Y is 1."""
    given = torch.tensor([0, 0, 0, 0, 1, 1, 1, 1])
    y = torch.tensor([0, 0, 1, 1, 1, 1, 1, 1])

    assert probes.conditional_entropy(given, y) == pytest.approx(math.log(2) / 2)
    assert probes.conditional_entropy(y, y) == 0
    apart = 0.75 * math.log(0.75) + 0.25 * math.log(0.25)
    assert probes.conditional_entropy(torch.zeros_like(y), y) == pytest.approx(-apart)
    # H(X|Y) is another number: Y = 0 says X = 0, and of the six with Y = 1 two have X = 0
    third = -(math.log(1 / 3) / 3 + 2 * math.log(2 / 3) / 3)
    assert probes.conditional_entropy(y, given) == pytest.approx(0.75 * third)


def test_separability_is_one_where_planes_do_not_err_and_two_for_an_even_guess():
    x = torch.randn(4000, 5)
    plane = (3 * x[:, 0] - x[:, 1] > 0.5).long()
    coin = torch.randint(2, (4000,))

    assert probes.separability(x, {"plane": plane}) == pytest.approx(1, abs=0.02)
    assert probes.separability(x, {"coin": coin}) == pytest.approx(2, abs=0.01)
    both = probes.separability(x, {"plane": plane, "coin": coin})
    assert both == pytest.approx(2, abs=0.04)  # entropies are added before exp
    assert probes.separability(0 * x, {"coin": coin}) == pytest.approx(2, abs=0.01)


def test_what_no_plane_can_part_is_not_separable():
    x = torch.randn(4000, 2)
    corners = ((x[:, 0] > 0) == (x[:, 1] > 0)).long()

    assert probes.separability(x, {"corners": corners}) > 1.95


def test_probes_read_what_is_linear_and_guess_what_is_not_there():
    def examples(n):
        kind = torch.randint(3, (n,))
        x = 5 * torch.eye(3, 4)[kind] @ torch.ones(4, 4).triu() + torch.randn(n, 4)
        return x, {"kind": kind, "other": torch.randint(4, (n,))}

    found = probes.accuracies(examples(3000), examples(2000))

    assert found["kind"] > 0.97
    assert found["other"] == pytest.approx(0.25, abs=0.04)
