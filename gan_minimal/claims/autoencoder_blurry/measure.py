"""Are the images of an autoencoder blurrier than those of a GAN?"""

import torch
from torch import Tensor

from gan_minimal import data, zoo
from gan_minimal.claims import Claim, Statement, Values, at_most, below, device, in_parallel
from gan_minimal.claims.autoencoder_generates.measure import SEEDS, begin
from gan_minimal.models import sampling
from gan_minimal.models.dcgan import DCGAN
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses


def detail(images: Tensor) -> float:
    """Mean energy of images `(N, C, H, W)` in the upper half of the frequencies.

    Those are the waves shorter than four pixels across or down: edges and single pixels.
    """
    waves = torch.fft.fft2(images, norm="ortho").abs().square()
    high = torch.fft.fftfreq(images.shape[-1]).abs() > 0.25
    return waves[..., high[:, None] | high[None, :]].mean().item()


def trained(seed: int) -> tuple[float, float]:
    """Train a VAE; return the detail of what it draws and of its copies of the test split."""
    run, settings = begin("vae", seed, device())
    loop.train(run, data.load(settings.data), settings, quiet=True)
    model = run.sampler.cpu().eval()
    copies = model.reconstruct(data.tensors("faces16", "test")[0])
    return detail(sampling.sample(model, SAMPLES, seed)), detail(copies)


def measure() -> Values:
    """Train three VAEs, and draw three times from the recorded DCGAN."""
    real = detail(data.tensors("faces16", "test")[0])
    results = in_parallel(trained, [(seed,) for seed in SEEDS])
    dcgan = zoo.load("dcgan", DCGAN)
    return {
        "vae": [drawn / real for drawn, _ in results],
        "vae_copies": [copied / real for _, copied in results],
        "dcgan": [detail(sampling.sample(dcgan, SAMPLES, seed)) / real for seed in SEEDS],
        "floor": [detail(data.tensors("faces16", "train")[0]) / real] * len(SEEDS),
    }


def nearer(values: Values) -> list[float]:
    """Say by how much DCGAN's energy is closer to that of real images than the VAE's."""
    gan, vae = ([abs(1 - value) for value in values[name]] for name in ("dcgan", "vae"))
    return below(gan, vae)


def opening() -> list[float]:
    """Return the losses of the VAE's first rounds, and the detail of what DCGAN draws."""
    drawn = sampling.sample(zoo.load("dcgan", DCGAN), SAMPLES, SEEDS[0])
    return [*first_losses(*begin("vae", SEEDS[0], "cpu")), detail(drawn)]


CLAIM = Claim(
    __file__,
    place="lecture.md#autoencoder",
    family="autoencoders",
    measure=measure,
    statements=(
        Statement("vae", lambda values: at_most(values["vae"], 0.8)),
        Statement("gan", nearer, ours=True),
    ),
    opening=opening,
    plot=("vae", "vae_copies", "dcgan", "floor"),
    limits=lambda _: {"vae": 0.8},
)
