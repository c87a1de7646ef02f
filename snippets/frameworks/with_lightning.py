"""DCGAN in Lightning: two optimisers need manual optimisation, so the moves are written out."""

import lightning
from game import ADAM, loss_d, loss_g, players
from torch.optim import Adam
from torch.utils.data import DataLoader


class DCGAN(lightning.LightningModule):
    automatic_optimization = False

    def __init__(self):
        super().__init__()
        self.generator, self.discriminator = players()
        self.losses = []

    def configure_optimizers(self):
        return [
            Adam(self.discriminator.parameters(), **ADAM),
            Adam(self.generator.parameters(), **ADAM),
        ]

    def training_step(self, batch):
        z, real = batch
        optimizer_d, optimizer_g = self.optimizers()
        fake = self.generator(z)

        self.toggle_optimizer(optimizer_d)  # only its parameters want gradients
        d = loss_d(self.discriminator(real), self.discriminator(fake.detach()))
        optimizer_d.zero_grad()
        self.manual_backward(d)
        optimizer_d.step()
        self.untoggle_optimizer(optimizer_d)

        self.toggle_optimizer(optimizer_g)
        g = loss_g(self.discriminator(fake))
        optimizer_g.zero_grad()
        self.manual_backward(g)
        optimizer_g.step()
        self.untoggle_optimizer(optimizer_g)
        self.losses.append((d.item(), g.item()))


def train(batches):
    model = DCGAN()
    quiet = {"logger": False, "enable_progress_bar": False, "enable_model_summary": False}
    trainer = lightning.Trainer(
        accelerator="cpu", max_epochs=1, enable_checkpointing=False, **quiet
    )
    trainer.fit(model, DataLoader(batches, batch_size=None))
    return model.losses
