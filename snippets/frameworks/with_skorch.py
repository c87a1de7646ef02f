"""DCGAN in skorch: `fit` and its history stay, the step for one loss is replaced."""

from game import ADAM, loss_d, loss_g, players
from skorch import NeuralNet
from skorch.dataset import unpack_data
from torch import nn
from torch.optim import Adam


class DCGAN(NeuralNet):
    def initialize_module(self):
        self.generator_, self.discriminator_ = players()
        return self

    def initialize_optimizer(self):
        self.optimizer_d_ = Adam(self.discriminator_.parameters(), **ADAM)
        self.optimizer_g_ = Adam(self.generator_.parameters(), **ADAM)
        return self

    def train_step(self, batch, **fit_params):
        z, real = unpack_data(batch)
        fake = self.generator_(z)

        d = loss_d(self.discriminator_(real), self.discriminator_(fake.detach()))
        self.optimizer_d_.zero_grad()
        d.backward()
        self.optimizer_d_.step()

        g = loss_g(self.discriminator_(fake))
        self.optimizer_g_.zero_grad()
        g.backward(inputs=list(self.generator_.parameters()))
        self.optimizer_g_.step()
        self.history.record_batch("generator_loss", g.item())
        return {"loss": d, "y_pred": fake}


def train(batches):
    net = DCGAN(
        module=None,
        criterion=nn.Identity,  # one loss is asked for, though the step has two of its own
        max_epochs=1,
        train_split=None,
        verbose=0,
        dataset=lambda batches, targets: batches,  # they are batches already
        batch_size=None,
    )
    net.fit(batches)
    return net.history[-1, "batches", :, ("train_loss", "generator_loss")]
