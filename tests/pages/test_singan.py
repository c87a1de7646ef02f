"""What SinGAN's page says of the recordings is so."""

from gan_minimal import zoo
from tests.pages.helpers import curve, metrics, says, values


def test_samples_are_a_little_farther_away_than_the_mirror_image_and_vary():
    says(
        "models/singan",
        ko="표본의 조각은 뒤집은 사진의 조각보다 조금 더 멀다. …다양성과 함께 읽어야 한다",
        en=(
            "The samples' patches are a little farther away than those of the mirrored photograph. "
            "…read it together with the diversity"
        ),
    )
    found, floor = metrics("singan"), metrics("singan", "floor")

    assert floor["patches"] < found["patches"] < 1.5 * floor["patches"]
    assert found["diversity"] > 0.2


def test_the_layout_is_moved_by_the_coarsest_noise_alone():
    says(
        "models/singan",
        ko="배치를 흔드는 것은 사실상 0번 층뿐이다",
        en="What moves the layout is practically scale 0 alone",
    )
    found = values("singan-coarse-places")

    for layout in zip(*(found[f"layout_{i}"] for i in range(4)), strict=True):
        assert layout[0] > 20 * max(layout[1:])


def test_at_this_size_adding_and_drawing_anew_do_not_part():
    says(
        "models/singan",
        ko="이 크기에서는 두 쪽이 갈리지 않았다",
        en="at this size the two do not part",
    )
    found = values("singan-residual")

    assert max(found["residual"]) > min(found["plain"])
    assert max(found["plain"]) > min(found["residual"])


def test_images_that_know_the_spectrum_only_are_three_times_as_far_away():
    says(
        "_generated/claim-singan-one-image",
        ko="스펙트럼만 아는 그림은…세 배 넘게 멀다",
        en="Images that know the spectrum only…are more than three times as far away",
    )
    found = values("singan-one-image")

    assert min(found["texture"]) > 3 * max(found["samples"])


def test_the_last_two_scales_begin_above_zero():
    says(
        "models/singan",
        ko=(
            "층이 여섯이라 곡선도 여섯 토막이다. 토막마다 판별자의 손실이 내려가다가 다음 층이 "
            "시작되면 0 쪽으로 튄다. …마지막 두 층이 0을 넘겨 시작하는 것은"
        ),
        en=(
            "six scales, hence six pieces. In each the discriminator's loss sinks, and it jumps "
            "towards 0 when the next scale begins. …That the last two begin above 0"
        ),
    )
    rounds = zoo.read("singan")["settings"]["model"]["rounds"]
    pieces: dict[int, list[float]] = {}
    for step, loss in curve("singan", "discriminator").items():
        pieces.setdefault((step - 1) // rounds, []).append(loss)

    assert len(pieces) == 6
    assert all(piece[-1] < piece[0] for piece in pieces.values())
    assert all(pieces[i + 1][0] > pieces[i][-1] for i in range(5))
    assert min(pieces[4][0], pieces[5][0]) > 0
