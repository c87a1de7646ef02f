"""What does a narrow layer cost, and what does it find when everything is linear?"""

import torch
from torch import Tensor

from gan_minimal import data
from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.models.autoencoder import Autoencoder
from gan_minimal.scoring.evaluate import images_of
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than those with which the settings were tried
CODES = (2, 8, 32)
LINEAR = 8  # length of the code of the linear autoencoder
ROUNDS = 3000


def begin(code: int, linear: bool, seed: int, where: str) -> tuple[loop.Run, loop.Settings]:
    """Build an autoencoder with one hidden layer on each side of the code, or with none."""
    settings = loop.Settings(
        data="faces16", batch=256, steps=ROUNDS, seed=seed, ema=0.99, device=where
    )
    torch.manual_seed(seed)
    model = Autoencoder(
        size=16,
        channels=3,
        hidden=() if linear else (256,),
        code=code,
        binary=False,
        lr=1e-2 if linear else 2e-3,
    )
    return loop.start(model, settings), settings


def trained(code: int, linear: bool, seed: int) -> tuple[float, float]:
    """Train an autoencoder; return its error and its angle to PCA.

    Returns:
        Squared error of a number of the test split, and the largest angle in degrees between the
        space that the decoder's last layer spans and that of as many principal axes (for a linear
        one; else 0).
    """
    run, settings = begin(code, linear, seed, device())
    loop.train(run, data.load(settings.data), settings, quiet=True)
    model = run.sampler.cpu()
    test = images_of("faces16", "test")
    error = (model.reconstruct(test) - test).square().mean().item()  # type: ignore[operator]
    if not linear:
        return error, 0.0
    weights: Tensor = model.get_parameter("decoder.0.weight").detach()
    cosines = torch.linalg.svdvals(torch.linalg.qr(weights).Q.T @ axes(code)[0])
    return error, torch.rad2deg(cosines.clamp(max=1).arccos()).max().item()


def axes(length: int) -> tuple[Tensor, Tensor]:
    """Return the first principal axes of the training split, `(768, length)`, and its mean."""
    faces = images_of("faces16", "train").flatten(1)
    return torch.linalg.eigh(torch.cov(faces.T)).eigenvectors[:, -length:], faces.mean(0)


def pca_error(length: int) -> float:
    """Squared error of a number of the test split after PCA to `length` and back."""
    principal, mean = axes(length)
    test = images_of("faces16", "test").flatten(1)
    copies = mean + (test - mean) @ principal @ principal.T
    return (copies.clamp(-1, 1) - test).square().mean().item()  # clipped as the networks' are


def measure() -> Values:
    """Train three of each length of code, and three linear ones."""
    calls = [(code, False, seed) for code in CODES for seed in SEEDS]
    results = spread(trained, calls + [(LINEAR, True, seed) for seed in SEEDS])
    errors = [error for error, _ in results]
    values = {f"error_{code}": errors[3 * i : 3 * i + 3] for i, code in enumerate(CODES)}
    values |= {f"pca_{code}": [pca_error(code)] * len(SEEDS) for code in CODES}
    return values | {
        f"linear_{LINEAR}": errors[-3:],
        "angle": [angle for _, angle in results[-3:]],
    }


def holds(values: Values) -> bool:
    """Apply the rule."""
    errors = zip(*(values[f"error_{code}"] for code in CODES), strict=True)
    falls = all(short > middle > long for short, middle, long in errors)
    return falls and max(values["angle"]) <= 10


def opening() -> list[float]:
    """Return the losses of each autoencoder's first rounds."""
    kinds = [*((code, False) for code in CODES), (LINEAR, True)]
    return [loss for kind in kinds for loss in first_losses(*begin(*kind, SEEDS[0], "cpu"))]


CLAIM = Claim(
    id="autoencoder-bottleneck",
    says=(
        "오토인코더는 입출력층의 차원이 같고 은닉층이 더 작다. 곧 코드가 짧을수록 잃는 것이 "
        "많고, 선형이면 PCA와 같은 부분공간을 찾는다.",
        "An autoencoder has input and output layers of the same width and a smaller hidden "
        "layer: the shorter the code, the more is lost, and a linear one finds the subspace of "
        "PCA.",
    ),
    place="lecture.md#autoencoder",
    measured=(
        "faces16 얼굴(768개의 수)을 길이 2, 8, 32인 코드로 줄였다가 되살린 제곱 오차를 시험 "
        "데이터에서 시드 3개로 재고, 같은 길이까지 줄인 PCA와 견준다. 은닉층도 활성화 함수도 "
        "없는 선형 오토인코더(코드 8)는 디코더가 펼치는 공간과 주성분 8개의 공간이 이루는 가장 "
        "큰 각을 잰다. 데이터, 배치 256, 3,000라운드, 가중치 평균이 같고, 학습률은 선형일 때만 "
        "다르다.",
        "Faces of faces16 (768 numbers) are squeezed into codes of length 2, 8 and 32 and "
        "unfolded again; squared error on the test split over 3 seeds, beside PCA to the same "
        "length. For a linear autoencoder (no hidden layers, no activation function, code of "
        "8): the largest angle between the space its decoder spans and that of 8 principal "
        "axes. Equal: data, batch of 256, 3,000 rounds, averaging of weights; only the learning "
        "rate of the linear one is another.",
    ),
    rule=(
        "세 시드 모두에서 코드가 길어질 때마다 오차가 줄고, 선형 오토인코더의 가장 큰 각이 10도 "
        "이하이면 성립한다.",
        "It holds if, for all three seeds, the error falls with every longer code and the "
        "linear autoencoder's largest angle is at most 10 degrees.",
    ),
    labels={
        **{
            f"error_{code}": (
                f"오토인코더의 오차, 코드 {code}",
                f"Error of autoencoder, code of {code}",
            )
            for code in CODES
        },
        **{
            f"pca_{code}": (f"PCA의 오차, {code}차원", f"Error of PCA, {code} axes")
            for code in CODES
        },
        f"linear_{LINEAR}": (
            f"선형 오토인코더의 오차, 코드 {LINEAR}",
            f"Error of linear autoencoder, code of {LINEAR}",
        ),
        "angle": ("PCA와 이루는 가장 큰 각(도)", "Largest angle to PCA (degrees)"),
    },
    explanation=(
        "코드가 길수록 덜 잃는다. 선형 오토인코더는 PCA와 사실상 같은 공간을 찾고 오차도 같다. "
        "그렇다고 주성분을 하나씩 찾는 것은 아니다. 같은 공간을 펼치는 축은 얼마든지 있고, "
        "손실은 그 가운데 어느 것이든 같게 본다. 활성화 함수와 은닉층을 더하면 같은 길이의 "
        "코드로 PCA보다 훨씬 적게 잃는다. 얼굴이 곧은 공간이 아니라 휘어진 곳에 모여 있다는 "
        "뜻이다.",
        "The longer the code, the less is lost. The linear autoencoder finds practically the "
        "same space as PCA, at the same error. It does not find the principal axes one by one: "
        "any axes that span the space are as good to the loss. With hidden layers and "
        "activation functions far less is lost at the same length: the faces lie on something "
        "bent, not on a flat space.",
    ),
    measure=measure,
    holds=holds,
    opening=opening,
    plot=tuple(f"{kind}_{code}" for code in CODES for kind in ("error", "pca")),
)
