"""Ways to change a picture, or to put something else in its place, that show what a network does not know.

Each is a function picture -> picture and a line in `PERTURBATIONS`; nothing here is drawn to make the network look bad,
and what it makes of each is asked of the network.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter, ImageOps

JPEG_QUALITY = 92


def _upside_down(picture: Image.Image) -> Image.Image:
    return ImageOps.flip(picture)


def _grey(picture: Image.Image) -> Image.Image:
    return ImageOps.grayscale(picture).convert("RGB")


def _blurred(picture: Image.Image) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(min(picture.size) / 28))


def _shuffled(picture: Image.Image) -> Image.Image:
    """The picture cut into sixteen tiles, in another order: no animal is left, all its surfaces are."""
    square = ImageOps.fit(picture, (224, 224))
    side, order = 56, np.random.default_rng(1).permutation(16)
    mixed = Image.new("RGB", square.size)
    for place, tile in enumerate(order):
        left, top = tile % 4 * side, tile // 4 * side
        mixed.paste(square.crop((left, top, left + side, top + side)), (place % 4 * side, place // 4 * side))
    return mixed


def _noise(picture: Image.Image) -> Image.Image:
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def _stripes(picture: Image.Image) -> Image.Image:
    """Yellow and black, as a bee is, and nothing else of a bee."""
    rows = (np.arange(224) // 28 % 2).astype(bool)
    pixels = np.where(rows[:, None, None], np.array([242, 190, 30], np.uint8), np.array([25, 22, 20], np.uint8))
    return Image.fromarray(np.broadcast_to(pixels, (224, 224, 3)).astype(np.uint8))


UNCHANGED = "as it is"
PERTURBATIONS: dict[str, Callable[[Image.Image], Image.Image]] = {
    UNCHANGED: lambda picture: picture,
    "upside down": _upside_down,
    "in grey": _grey,
    "blurred": _blurred,
    "in 16 pieces, mixed": _shuffled,
    "stripes, no animal": _stripes,
    "noise, no animal": _noise,
}
WITHOUT_ANIMAL = frozenset({"stripes, no animal", "noise, no animal"})


def perturb(picture: Image.Image, trick: str) -> bytes:
    """Returns the picture after one of `PERTURBATIONS`, as a JPEG."""
    jpeg = io.BytesIO()
    PERTURBATIONS[trick](picture.convert("RGB")).save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()
