"""What the pages on image-to-image models say of the recordings is so."""

import pytest
import torch

from gan_minimal import data, zoo
from gan_minimal.data import domains
from gan_minimal.models import sampling
from gan_minimal.scoring.face_edits import KINDS
from tests.pages.helpers import mean, metrics, quarters, says, values

FALL_SHORT = {"glasses_no", "hat_no", "mouth_sad"}  # of StarGAN's edits


# Pix2Pix


def test_brush_writing_meets_one_aim_and_falls_short_of_the_other():
    says(
        "models/pix2pix",
        ko=(
            "떼어 둔 음절이 90 % 읽히고, 오차가 입력을 그대로 둔 것의 절반 이하일 것. 오차의 "
            "목표는 이루었고 글씨체는 모두 붓으로 읽히지만, 자모를 읽는 목표에는 크게 못 미쳤다. "
            "절반 남짓만"
        ),
        en=(
            "90 % of the held-out syllables read, and an error of at most half of leaving the "
            "input as it is. The error meets its aim, and every hand is read as the brush; but "
            "reading the letters falls far short: all three are read in little more than half"
        ),
    )
    found = metrics("pix2pix")

    assert found["relative_nanum-brush"] < 0.5
    assert 0.5 < found["read_nanum-brush"] < 0.6  # "little more than half", aimed at 0.9
    assert found["hand_nanum-brush"] == 1


def test_painted_faces_keep_what_the_map_says_and_vary_less_than_the_data():
    says(
        "models/pix2pix",
        ko=(
            "지도가 말하는 것은 거의 다 지킨다. 가장 처지는 입은…머리색이 얼굴마다 다른 정도는 "
            "데이터의 3분의 1에 못 미치고, 피부색은 그보다도 작다"
        ),
        en=(
            "What the map says is kept almost always. Mouths lag behind…hair varies less than a "
            "third as much, and skin even less"
        ),
    )
    found, floor = metrics("pix2pix_faces"), metrics("pix2pix_faces", "floor")

    kept = {name: found[f"accuracy_{name}"] for name in ("glasses", "hat", "beard")}
    assert min(kept.values()) > 0.99
    assert found["accuracy_mouth"] < min(kept.values())
    hair, skin = (found[f"spread_{x}"] / floor[f"spread_{x}"] for x in ("hair", "skin"))
    assert skin < hair < 1 / 3


def test_the_discriminator_wins_and_the_generator_of_faces_loses_ground():
    says(
        "models/pix2pix",
        ko=(
            "두 실행 모두 판별자의 손실이 0.693에서 시작해 계속 내려간다. …붓글씨에서는…생성자의 "
            "곡선이 그래도 내려가지만…얼굴에서는 뒤로 갈수록 올라간다"
        ),
        en=(
            "In both runs the discriminator's loss begins at 0.693 and goes on falling…For brush "
            "writing…the generator's curve falls all the same; for faces…it rises towards the end"
        ),
    )
    for name in ("pix2pix", "pix2pix_faces"):
        falling = quarters(name, "discriminator")
        assert falling == sorted(falling, reverse=True)
        assert falling[0] < 0.693
    assert quarters("pix2pix", "generator")[3] < quarters("pix2pix", "generator")[0]
    assert quarters("pix2pix_faces", "generator")[3] > quarters("pix2pix_faces", "generator")[0]


def test_even_the_median_face_is_farther_than_what_pix2pix_paints():
    says(
        "_generated/claim-pix2pix-image-is-condition",
        ko=(
            "픽셀마다 중앙값을 취한 얼굴도 Pix2Pix보다 멀다. L1만 쓰면 오차는 더 작지만…색이 두 배 "
            "넘게 다양해지지만, 데이터만큼은 아니다"
        ),
        en=(
            "the median of all faces at each pixel, is farther away than Pix2Pix, too. With L1 "
            "alone the error is smaller…vary more than twice as much, though not as much as in the "
            "data"
        ),
    )
    faces, held_out = (data.load("faces16", split).tensors[0] for split in ("train", "test"))
    median = (held_out - faces.median(dim=0).values).abs().mean().item()
    found = values("pix2pix-image-is-condition")

    assert max(found["pix2pix_error_face"]) < median < min(found["blind_error_face"])
    assert max(found["l1_error_face"]) < min(found["pix2pix_error_face"])
    for region in ("hair", "skin"):
        ours, alone = (mean(found[f"{way}_spread_{region}"]) for way in ("pix2pix", "l1"))
        assert 2 * alone < ours < metrics("pix2pix_faces", "floor")[f"spread_{region}"]


# CycleGAN


def test_the_brush_is_learned_and_the_letters_are_not():
    says(
        "models/cyclegan",
        ko=(
            "붓글씨로 옮긴 것은 거의 모두 붓으로 읽히지만, 자모까지 다 읽히는 것은 다섯에 하나가 "
            "못 된다. 인쇄체로 옮긴 것은 그보다 조금 많다. 정답과의 오차는 붓글씨에서는 그대로 둔 "
            "것보다 작고, 인쇄체에서는 오히려 크다. 왕복의 오차는 그 몇 분의 일"
        ),
        en=(
            "Nearly all brush writing is read as the brush, but less than one syllable in five has "
            "all its letters read; of print, some more. The error to the target is smaller than "
            "that of leaving the input alone for brush writing, and larger for print. The error of "
            "the round trip is a fraction"
        ),
    )
    found = metrics("cyclegan")

    assert found["hand_nanum-brush"] > 0.95
    assert found["read_nanum-brush"] < 0.2
    assert found["read_nanum-brush"] < found["read_noto-sans"] < 0.4
    assert found["relative_nanum-brush"] < 1 < found["relative_noto-sans"]
    for font in ("noto-sans", "nanum-brush"):
        errors = [found[f"error_{each}"] for each in ("noto-sans", "nanum-brush")]
        assert found[f"cycle_{font}"] < min(errors) / 4


def test_pairs_are_worth_half_the_error():
    says(
        "models/cyclegan",
        ko="Pix2Pix는 같은 음절이 절반 남짓 읽히고 오차도 절반쯤이다",
        en=(
            "Pix2Pix, which learned from pairs, has little more than half of the same syllables "
            "read, and about half the error"
        ),
    )
    paired, unpaired = metrics("pix2pix"), metrics("cyclegan")

    ratio = paired["error_nanum-brush"] / unpaired["error_nanum-brush"]
    assert ratio == pytest.approx(0.5, abs=0.06)


def test_discriminators_always_tell_fakes():
    says(
        "models/cyclegan",
        ko=(
            "판별자의 곡선은 처음부터 끝까지 찍을 때의 값인 0.5보다 아래에 있다. …생성자의 곡선은 "
            "처음에 가파르게, 뒤로 갈수록 천천히 내려간다"
        ),
        en=(
            "The discriminators' curve is below 0.5, the value of guessing, from beginning to "
            "end…The generators' curve falls steeply at first and slowly later"
        ),
    )
    assert max(zoo.read("cyclegan")["losses"]["discriminators"]) < 0.5
    falling = quarters("cyclegan", "generators")
    assert falling[0] - falling[1] > falling[1] - falling[3] > 0


def test_the_cycle_loss_brings_back_and_keeps_letters_but_not_pixels():
    says(
        "_generated/claim-cyclegan-round-trip",
        ko=(
            "없으면 갔다 온 오차가 세 배쯤 된다. 그런데 진짜 짝과의 오차는 순환 손실이 있는 쪽이 "
            "오히려 조금 크다. …자모가 모두 읽히는 비율은 순환 손실이 있는 쪽이 높다"
        ),
        en=(
            "without it the error of the round trip is about three times as large. But the error "
            "to the true partner is even a little larger with it. …letters are all read are more "
            "frequent with the cycle loss"
        ),
    )
    found = values("cyclegan-round-trip")

    assert mean(found["cycle_without"]) / mean(found["cycle_with"]) == pytest.approx(3, abs=0.5)
    assert min(found["error_with"]) > max(found["error_without"])
    assert min(found["read_with"]) > max(found["read_without"])


# StarGAN


def test_all_edits_but_three_reach_the_aim():
    says(
        "models/stargan",
        ko=(
            "목표는 기록하기 전에 편집마다 95 %로 정했다. 안경 벗기, 모자 벗기, 슬픈 입을 뺀 모든 "
            "편집이 목표를 넘겼다. 가장 안 되는 것은 안경 벗기로, 심판은 절반이 넘는 얼굴에서"
        ),
        en=(
            "was 95 % for each edit. All reach it but taking off glasses, taking off hats and sad "
            "mouths. The worst is taking off glasses: in more than half of the faces"
        ),
    )
    found = metrics("stargan")

    short = {kind for kind in KINDS if found[f"reached_{kind}"] < 0.95}
    assert short == FALL_SHORT
    assert min(KINDS, key=lambda kind: found[f"reached_{kind}"]) == "glasses_no"
    assert found["reached_glasses_no"] < 0.5


def test_errors_of_edits_are_as_the_page_says():
    says(
        "models/stargan",
        ko=(
            "머리색은 여덟 가운데 연갈색을 빼고 모두 그대로 둔 것보다 정답에 가깝다. 안경은 쓰기도 "
            "벗기도, 모자는 쓰기가, 입은 둘 다 그대로 둔 것보다 멀다. 입이 가장 크게 뒤지는데"
        ),
        en=(
            "All eight hair colours but light brown come closer to the exact picture than leaving "
            "the face alone. Glasses, on or off, putting on hats and both mouths are farther from "
            "it. Mouths fall behind most"
        ),
    )
    says(
        "models/stargan",
        ko="입처럼 바뀌는 픽셀이 몇 개뿐인 편집에서는 이 흔들림이 오차의 거의 전부다",
        en=(
            "edits that change only a few pixels, such as mouths, this wavering is nearly all of "
            "the error"
        ),
    )
    found, floor = metrics("stargan"), metrics("stargan", "floor")
    farther = {kind for kind in KINDS if found[f"off_{kind}"] > floor[f"off_{kind}"]}

    assert farther == {
        *("light_brown", "glasses_yes", "glasses_no", "hat_yes", "mouth_happy", "mouth_sad")
    }
    behind = sorted(KINDS, key=lambda kind: found[f"off_{kind}"] - floor[f"off_{kind}"])
    assert set(behind[-2:]) == {"mouth_happy", "mouth_sad"}
    for kind in ("mouth_happy", "mouth_sad"):
        assert found[f"outside_{kind}"] > 0.85 * found[f"off_{kind}"]
    assert found["kept"] > 0.95


def test_its_own_discriminator_sees_no_glasses_where_the_judge_does():
    says(
        "models/stargan",
        ko="read에게 같은 그림을 보이면 모두 안경이 없다고 읽는다",
        en="read, shown the same pictures, reads no glasses in any of them",
    )
    model, known = zoo.load("stargan"), domains.edits()
    glasses = domains.FACE_DOMAINS.index("glasses")
    wearing = known.labels[:, glasses] == 1

    drawn = sampling.translate(
        model, known.images[wearing], 1, labels=known.wanted[wearing, glasses]
    )

    assert model.read(drawn)[:, glasses].sum() == 0
    judged = zoo.load("attributes").read(drawn)["glasses"]
    assert judged.float().mean() > 0.5
    assert (model.read(known.images) == known.labels).float().mean() > 0.99  # real faces it reads


def test_little_is_written_down_in_a_bare_head():
    says(
        "models/stargan",
        ko="첫 줄과 둘째 줄이 거의 같고, 셋째 줄보다 조금 작을 뿐이다. 적어 둔 것이 거의 없다",
        en=(
            "the first two lines are almost the same and only a little smaller than the third: "
            "hardly anything was written down"
        ),
    )
    model, known = zoo.load("stargan"), domains.edits()
    hat = domains.FACE_DOMAINS.index("hat")
    wearing = known.labels[:, hat] == 1
    faces, worn, exact = (x[wearing] for x in (known.images, known.labels, known.targets[:, hat]))
    off = model.translate(faces, known.wanted[wearing, hat])
    torch.manual_seed(0)
    noisy = off + 0.05 * torch.randn_like(off)

    drawn, disturbed, unknown = (
        (model.translate(bare, worn) - faces).abs().mean().item() for bare in (off, noisy, exact)
    )

    assert disturbed == pytest.approx(drawn, rel=0.05)
    assert 0.8 * unknown < drawn < unknown


def test_the_losses_of_stargan_are_as_the_page_says():
    says(
        "models/stargan",
        ko=(
            "판별자의 손실은 처음에 0 가까이에서 시작해 곧 0 아래로 내려가 거기 머문다. …생성자의 "
            "손실은…뒤의 절반에서도 계속 내려간다"
        ),
        en=(
            "The discriminator's loss starts near 0, soon falls below it and stays there. …The "
            "generator's loss goes on falling in the second half"
        ),
    )
    discriminator, generator = (quarters("stargan", p) for p in ("discriminator", "generator"))

    assert max(discriminator) < 0
    assert generator == sorted(generator, reverse=True)


def test_two_bars_of_one_network_for_all_are_missed():
    says(
        "_generated/claim-stargan-one-network",
        ko=(
            "파라미터는 훨씬 적고…우리의 두 기준에는 못 미친다. 가장 안 되는 편집이 세 시드 "
            "모두에서 95%에 못 미쳤고, 정답과의 오차의 평균이 그대로 둔 것보다 크다"
        ),
        en=(
            "The parameters are far fewer…Our two bars are missed: for all three seeds the edit "
            "that works least stays below 95%, and the mean error to the exact picture is larger "
            "than that of leaving the face alone"
        ),
    )
    found = values("stargan-one-network")

    assert max(found["reached_least"]) < 0.95
    assert min(found["off"]) > max(found["untouched"])
    assert 50 * found["parameters_one"][0] < found["parameters_many"][0]
