"""DCGAN in fastai: its learner for GANs knows the two players and switches between them."""

from functools import partial

from fastai.callback.core import Callback
from fastai.data.core import DataLoaders
from fastai.optimizer import OptimWrapper
from fastai.vision.gan import FixedGANSwitcher, GANLearner, GANTrainer
from game import ADAM, loss_d, loss_g, players
from torch.optim import Adam
from torch.utils.data import DataLoader


class Losses(Callback):
    """Keeps each loss as it was: what the learner shows is smoothed."""

    run_after, run_before = GANTrainer, FixedGANSwitcher

    def before_fit(self):
        self.kept = []

    def after_batch(self):
        self.kept.append(self.loss.item())


def train(batches):
    # Each player's move takes a batch of its own here: with every batch twice, both see the same.
    twice = [batch for batch in batches for _ in range(2)]
    loader = DataLoader(twice, batch_size=None)
    keeper = Losses()
    learner = GANLearner(
        DataLoaders(loader, DataLoader([], batch_size=None)),
        *players(),
        gen_loss_func=lambda fake_logits, output, target: loss_g(fake_logits),
        crit_loss_func=loss_d,
        switcher=FixedGANSwitcher(n_crit=1, n_gen=1),
        switch_eval=False,  # by default the player at rest runs in eval mode: another game
        opt_func=partial(OptimWrapper, opt=Adam, betas=ADAM["betas"]),
        cbs=keeper,
    )
    with learner.no_bar(), learner.no_logging():
        learner.fit(1, lr=ADAM["lr"], wd=0.0)
    return list(zip(keeper.kept[::2], keeper.kept[1::2], strict=True))
