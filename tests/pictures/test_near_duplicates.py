"""Near duplicates: known again after every small edit, and no other picture is taken for one."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from qtl_core.common.errors import StoppedByUser
from qtl_core.pictures.findings.near_duplicates import ROWS, SAME, Likeness, near_duplicates
from qtl_core.pictures.sources.perceptual_hash import PLAIN_CONTRAST, SIDE, PerceptualHash
from tests.conftest import SHARED, needs_shared


def scene(seed: int, size: tuple[int, int] = (240, 160)) -> Image.Image:
    """A picture of soft blobs, as unlike another as two photos are."""
    coarse = np.random.default_rng(seed).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def look(image: Image.Image) -> PerceptualHash:
    return PerceptualHash("", np.asarray(image.convert("RGB").resize((SIDE, SIDE))).tobytes())


def compressed(image: Image.Image) -> Image.Image:
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=30)
    return Image.open(stream)


def cropped(image: Image.Image, share: float, left: float, top: float) -> Image.Image:
    width, height = image.size
    across, down = width * share, height * share
    return image.crop(
        (round(across * left), round(down * top), round(width - across * (1 - left)), round(height - down * (1 - top)))
    )


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "the same": lambda image: image,
    "half its size": lambda image: image.resize((120, 80)),
    "poor JPEG": compressed,
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "darker": lambda image: ImageEnhance.Brightness(image).enhance(0.6),
    "less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.6),
    "paler": lambda image: ImageEnhance.Color(image).enhance(0.6),
    "a corner cropped": lambda image: cropped(image, 0.1, 1, 1),
    "cropped off its grid": lambda image: cropped(image, 0.08, 0.3, 0.8),
    "all at once": lambda image: compressed(
        ImageEnhance.Brightness(cropped(image, 0.07, 0, 0.5)).enhance(1.15).resize((100, 70))
    ),
}
OTHERS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "other colours": lambda image: Image.merge("RGB", image.split()[::-1]),
    "its middle": lambda image: cropped(image, 0.5, 0.5, 0.5),
    "a negative": lambda image: image.point(lambda value: 255 - value),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_copy_is_found_whichever_comes_first(edit):
    for seed in range(20):
        edited = look(EDITS[edit](scene(seed)))
        for pair in ([look(scene(seed)), edited], [edited, look(scene(seed))]):
            (found,) = near_duplicates(pair)
            assert (found.one, found.other) == (0, 1)
            assert SAME < found.correlation < 1.00001


@pytest.mark.parametrize("other", OTHERS)
def test_another_picture_is_no_near_duplicate(other):
    for seed in range(20):
        assert not list(near_duplicates([look(scene(seed)), look(OTHERS[other](scene(seed)))]))


def test_scenes_are_no_near_duplicates_of_each_other():
    assert not list(near_duplicates([look(scene(seed)) for seed in range(120)]))


def test_a_pair_is_found_once_wherever_it_lies():
    """Also where the two are compared in different portions."""
    looks = [look(scene(seed)) for seed in range(3)]
    noise = np.random.default_rng(1).integers(0, 256, (ROWS, SIDE * SIDE * 3), dtype=np.uint8)
    found = list(near_duplicates([*looks, *(PerceptualHash("", row.tobytes()) for row in noise), looks[1]]))
    assert found == [Likeness(1, ROWS + 3, pytest.approx(1, abs=1e-4))]


def test_what_cannot_be_read_or_is_plain_is_like_nothing():
    plain = PerceptualHash("", bytes(SIDE * SIDE * 3), pixels="all black")
    assert PLAIN_CONTRAST > 0
    assert not list(near_duplicates([plain, plain, None, None, look(scene(0))]))
    assert not list(near_duplicates([]))


def test_it_stops_when_told():
    with pytest.raises(StoppedByUser):
        list(near_duplicates([look(scene(0)), look(scene(1))], should_stop=lambda: True))


@needs_shared
def test_twenty_near_duplicates_among_photos_are_found_and_no_other():
    """A planted leak: each fifth photo comes again, edited; `benchmarks/planted_faults.py` has more of it."""
    files = sorted((SHARED / "datasets/hymenoptera_data/train").rglob("*.jpg"))[::2][:100]
    photos = [Image.open(file).convert("RGB") for file in files]
    for photo in photos:
        photo.thumbnail((256, 256))
    edits = [edit for name, edit in EDITS.items() if name != "the same"]
    copies = [edits[number % len(edits)](photos[5 * number]) for number in range(20)]
    found = {(each.one, each.other) for each in near_duplicates([look(image) for image in (*photos, *copies)])}
    planted = {(5 * number, len(photos) + number) for number in range(20)}
    assert len(found & planted) >= 19
    assert found <= planted
