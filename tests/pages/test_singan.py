"""What SinGAN's page says of the recordings is so."""

from gan_minimal import claims, zoo


def values(name: str) -> dict[str, list[float]]:
    record = claims.read(claims.get(name))
    assert record is not None
    return record["values"]


def test_samples_are_a_little_farther_away_than_the_mirror_image_and_vary():
    scores = zoo.read("singan")["metrics"]

    distance = scores["patches"]
    assert distance["floor"] < distance["value"] < 1.5 * distance["floor"]
    assert scores["diversity"]["value"] > 0.2


def test_the_layout_is_moved_by_the_coarsest_noise_alone():
    found = values("singan-coarse-places")

    for layout in zip(*(found[f"layout_{i}"] for i in range(4)), strict=True):
        assert layout[0] > 20 * max(layout[1:])


def test_at_this_size_adding_and_drawing_anew_do_not_part():
    found = values("singan-residual")

    assert max(found["residual"]) > min(found["plain"])
    assert max(found["plain"]) > min(found["residual"])


def test_images_that_know_the_spectrum_only_are_three_times_as_far_away():
    found = values("singan-one-image")

    assert min(found["texture"]) > 3 * max(found["samples"])


def test_the_last_two_scales_begin_above_zero():
    """The discriminator's loss sinks in each of six pieces and jumps up when the next begins."""
    run = zoo.read("singan")
    rounds = run["settings"]["model"]["rounds"]
    pieces: dict[int, list[float]] = {}
    for step, loss in zip(run["losses"]["step"], run["losses"]["discriminator"], strict=True):
        pieces.setdefault((step - 1) // rounds, []).append(loss)

    assert len(pieces) == 6
    assert all(piece[-1] < piece[0] for piece in pieces.values())
    assert all(pieces[i + 1][0] > pieces[i][-1] for i in range(5))
    assert min(pieces[4][0], pieces[5][0]) > 0
