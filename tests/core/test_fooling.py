"""Changed pictures: each is what its name says, and can be read again."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from qtl_core.fooling import NO_ANIMAL, TRICKS, tricked

PICTURE = Image.fromarray(np.random.default_rng(3).integers(0, 256, (120, 160, 3), dtype=np.uint8)).resize((320, 240))


def pixels(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg))).astype(float)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_every_trick_gives_a_picture_in_colour_whatever_it_is_given(trick: str, mode: str):
    assert pixels(tricked(PICTURE.convert(mode), trick)).ndim == 3


@pytest.mark.parametrize("trick", sorted(NO_ANIMAL))
def test_where_there_is_no_animal_nothing_of_the_picture_is_left(trick: str):
    assert tricked(PICTURE, trick) == tricked(ImageOps.invert(PICTURE), trick)


def test_the_others_do_what_they_say():
    original = pixels(tricked(PICTURE, "as it is"))
    assert np.abs(pixels(tricked(PICTURE, "upside down"))[::-1] - original).mean() < 8
    grey = pixels(tricked(PICTURE, "in grey"))
    assert np.abs(grey - grey.mean(axis=2, keepdims=True)).max() < 3
    assert pixels(tricked(PICTURE, "blurred")).std() < original.std() / 3
    mixed = pixels(tricked(PICTURE, "in 16 pieces, mixed"))
    assert mixed.mean() == pytest.approx(pixels(tricked(ImageOps.fit(PICTURE, (224, 224)), "as it is")).mean(), abs=1)
