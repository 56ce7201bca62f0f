"""Changed pictures: each is what its name says, and can be read again."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from qtl_core.explain.perturbations import PERTURBATIONS, WITHOUT_ANIMAL, perturb

PICTURE = Image.fromarray(np.random.default_rng(3).integers(0, 256, (120, 160, 3), dtype=np.uint8)).resize((320, 240))


def pixels(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg))).astype(float)


@pytest.mark.parametrize("trick", PERTURBATIONS)
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA"])
def test_every_trick_gives_a_picture_in_colour_whatever_it_is_given(trick: str, mode: str):
    assert pixels(perturb(PICTURE.convert(mode), trick)).ndim == 3


@pytest.mark.parametrize("trick", sorted(WITHOUT_ANIMAL))
def test_where_there_is_no_animal_nothing_of_the_picture_is_left(trick: str):
    assert perturb(PICTURE, trick) == perturb(ImageOps.invert(PICTURE), trick)


def test_the_others_do_what_they_say():
    original = pixels(perturb(PICTURE, "as it is"))
    assert np.abs(pixels(perturb(PICTURE, "upside down"))[::-1] - original).mean() < 8
    grey = pixels(perturb(PICTURE, "in grey"))
    assert np.abs(grey - grey.mean(axis=2, keepdims=True)).max() < 3
    assert pixels(perturb(PICTURE, "blurred")).std() < original.std() / 3
    mixed = pixels(perturb(PICTURE, "in 16 pieces, mixed"))
    assert mixed.mean() == pytest.approx(pixels(perturb(ImageOps.fit(PICTURE, (224, 224)), "as it is")).mean(), abs=1)
