"""What the claim on AdaIN measures with: the operation, the pairs and the dressed reader."""

import pytest
import torch
import torch.nn.functional as F

from gan_minimal import models
from gan_minimal.claims.adain_style import measure
from gan_minimal.models.classifier import AttributeClassifier


@pytest.fixture
def reader():
    torch.manual_seed(0)
    fresh = AttributeClassifier(**models.preset("classifier", "jamo")["model"])
    fresh.train()(torch.randn(8, 1, 32, 32))  # so that batch normalisation has statistics
    return fresh.eval()


def test_statistics_are_mean_and_biased_deviation():
    maps = torch.tensor([1.0, 3.0, 1.0, 3.0]).reshape(1, 1, 2, 2)

    assert measure.statistics(maps).flatten().tolist() == [2, 1]


def test_dressed_maps_have_the_styles_statistics_and_the_contents_pattern():
    torch.manual_seed(0)
    content, style = torch.randn(2, 3, 8, 8), 5 * torch.randn(2, 3, 4, 4) + 7

    dressed = measure.adain(content, style)

    expected = measure.statistics(style)
    torch.testing.assert_close(measure.statistics(dressed), expected, rtol=1e-4, atol=1e-4)
    together = torch.stack([dressed.flatten(), F.instance_norm(content).flatten()])
    for ours, theirs in together.reshape(2, 6, 64).transpose(0, 1):
        assert torch.corrcoef(torch.stack([ours, theirs]))[0, 1] > 0.9999


def test_maps_dressed_in_their_own_statistics_stay_what_they_are():
    torch.manual_seed(0)
    maps = torch.randn(2, 3, 8, 8)

    torch.testing.assert_close(measure.adain(maps, maps), maps)


def test_a_flat_channel_cannot_be_stretched():
    content, style = torch.full((1, 1, 4, 4), 3.0), torch.randn(1, 1, 4, 4)

    torch.testing.assert_close(
        measure.adain(content, style), style.mean().expand(1, 1, 4, 4), rtol=0, atol=1e-5
    )


def test_content_and_style_are_another_syllable_in_another_hand():
    content, style, of_content, of_style = measure.pairs(10)

    assert content.shape == style.shape == (measure.PAIRS, 1, 32, 32)
    assert (of_content[:, 3] != of_style[:, 3]).all()
    assert not (of_content == of_style)[:, :3].all(dim=1).any()
    again, *_ = measure.pairs(10)
    other, *_ = measure.pairs(11)
    assert torch.equal(content, again)
    assert not torch.equal(content, other)


def test_a_style_that_is_the_content_changes_no_reading(reader):
    content, *_ = measure.pairs(10)

    read, off = measure.read_in_style(reader, content[:16], content[:16])

    assert off < 0.01
    for way in ("first", "all", "style"):
        assert torch.equal(read[way], read["plain"])


def test_undressed_and_copied_glyphs_are_read_as_they_are(reader):
    content, style, *_ = measure.pairs(10)

    read, off = measure.read_in_style(reader, content[:16], style[:16])

    alone = reader.read(torch.cat([content[:16], style[:16]]))
    heads = [alone[name] for name in (*measure.LETTERS, "hand")]
    assert torch.equal(torch.cat([read["plain"], read["style"]]), torch.stack(heads, dim=1))
    assert off < 0.01


def test_six_convolutions_are_dressed_or_the_first_two(reader, monkeypatch):
    dressed = []
    monkeypatch.setattr(
        measure, "adain", lambda content, _: dressed.append(content.shape[-1]) or content
    )

    measure.read_in_style(reader, torch.randn(2, 1, 32, 32), torch.randn(2, 1, 32, 32))

    assert sorted(dressed) == [8] * 2 + [16] * 2 + [32] * 4
