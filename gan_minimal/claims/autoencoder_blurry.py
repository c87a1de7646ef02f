"""Are the images of an autoencoder blurrier than those of a GAN?"""

import torch
from torch import Tensor

from gan_minimal import data, zoo
from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.claims.autoencoder_generates import SEEDS, begin
from gan_minimal.scoring.evaluate import SAMPLES, images_of
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
    model = run.sampler.cpu()
    copies: Tensor = model.reconstruct(images_of("faces16", "test"))  # type: ignore[operator]
    return detail(loop.sample(model, SAMPLES, seed)), detail(copies)


def measure() -> Values:
    """Train three VAEs, and draw three times from the recorded DCGAN."""
    real = detail(images_of("faces16", "test"))
    results = spread(trained, [(seed,) for seed in SEEDS])
    dcgan = zoo.load("dcgan")
    return {
        "vae": [drawn / real for drawn, _ in results],
        "vae_copies": [copied / real for _, copied in results],
        "dcgan": [detail(loop.sample(dcgan, SAMPLES, seed)) / real for seed in SEEDS],
        "floor": [detail(images_of("faces16", "train")) / real] * len(SEEDS),
    }


def holds(values: Values) -> bool:
    """Apply the rule."""
    return max(values["vae"]) <= 0.8 and all(
        abs(1 - gan) < abs(1 - vae) for gan, vae in zip(values["dcgan"], values["vae"], strict=True)
    )


def opening() -> list[float]:
    """Return the losses of the VAE's first rounds, and the detail of what DCGAN draws."""
    drawn = loop.sample(zoo.load("dcgan"), SAMPLES, SEEDS[0])
    return [*first_losses(*begin("vae", SEEDS[0], "cpu")), detail(drawn)]


CLAIM = Claim(
    id="autoencoder-blurry",
    says=(
        "오토인코더가 만든 이미지는 흐릿하다. 곧 VAE의 그림에는 짧은 물결이 실제 이미지보다 "
        "적고, GAN의 그림은 실제에 더 가깝다.",
        "The images of an autoencoder are blurry: those of a VAE have less energy in short "
        "waves than real images have, and those of a GAN come closer.",
    ),
    place="lecture.md#autoencoder",
    measured=(
        "그림을 물결로 나누어(푸리에 변환) 파장이 4픽셀보다 짧은 물결의 에너지를 재고, 실제 "
        "얼굴(시험 데이터)의 것으로 나눈다. faces16에서 6,000라운드씩 시드 3개로 학습한 VAE가 "
        "뽑은 1,000장, 그 VAE가 되살린 시험 데이터, 기록된 DCGAN이 시드 3개로 뽑은 1,000장을 "
        "견준다. 데이터와 뽑은 장수가 같다. 네트워크의 구조, 잠재 벡터의 길이, 학습량은 같지 "
        "않다.",
        "Images are taken apart into waves (Fourier transform); the energy of those shorter "
        "than 4 pixels is measured and divided by that of real faces (test split). Compared: "
        "1,000 images drawn by VAEs trained on faces16 for 6,000 rounds with 3 seeds, the same "
        "VAEs' copies of the test split, and 1,000 images drawn by the recorded DCGAN with 3 "
        "seeds. Equal: data and number of images. Not equal: the kind of network, the length "
        "of the latent vector and the amount of training.",
    ),
    rule=(
        "세 시드 모두에서 VAE의 에너지가 실제의 80 % 이하이고, DCGAN의 것이 실제에 더 가까우면 "
        "성립한다.",
        "It holds if, for all three seeds, the VAE's energy is at most 80 % of the real images' "
        "and DCGAN's is closer to it.",
    ),
    labels={
        "vae": ("VAE가 뽑은 그림 / 실제", "Drawn by VAE / real"),
        "vae_copies": ("VAE가 되살린 그림 / 실제", "Copied by VAE / real"),
        "dcgan": ("DCGAN이 뽑은 그림 / 실제", "Drawn by DCGAN / real"),
        "floor": ("실제끼리(학습 / 시험)", "Real / real (training / test)"),
    },
    explanation=(
        "VAE가 뽑은 그림에는 짧은 물결이 실제보다 훨씬 적고, DCGAN의 그림은 실제에 가깝다. "
        "VAE가 되살린 그림에서도 모자라므로, 흐릿함은 뽑기 전에 이미 시작된다. 확신이 없을 때 "
        "픽셀 오차를 가장 작게 하는 답이 평균이기 때문이다. 새로 뽑은 그림은 더 흐리다. 학습한 "
        "얼굴들 사이에 떨어진 코드에서는 여러 얼굴이 섞여 그려진다. 다만 VAE는 완전 연결 층, "
        "DCGAN은 합성곱이고 학습량도 다르므로, 차이가 모두 손실 함수에서 왔다고는 말할 수 없다.",
        "What the VAE draws has far less energy in short waves than real images, and DCGAN "
        "comes close. The VAE's copies lack some of it too, so the blur begins before anything "
        "is drawn: where the network is unsure, the answer with the least error in pixels is an "
        "average. Drawn images are blurrier still, as a code that falls between those of "
        "training decodes to several faces in one. But the VAE is made of linear layers and "
        "DCGAN of convolutions, and they were not trained equally long: not all of the gap need "
        "come from the loss.",
    ),
    measure=measure,
    holds=holds,
    opening=opening,
    plot=("vae", "vae_copies", "dcgan", "floor"),
)
