"""The base of every picture reader: its limits, its refusal, and what it hands on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

MAX_PIXELS = 64_000_000  # the 50 megapixels of today's telephones fit; decoding takes a quarter of a gigabyte a copy
MAX_REDUCED = 256_000_000  # of a JPEG, which is decoded at a half to an eighth: telephones take 108 and 200 megapixels
MAX_SIDE_RATIO = 20  # the short side becomes 256 pixels and the middle 224 are seen: of a longer strip, next to nothing
DAMAGED = "It is damaged or cut short."


class UnreadablePicture(Exception):
    """The message is the sentence that says why a file cannot be used as a picture."""


@dataclass(frozen=True)
class OpenedPicture:
    """A file whose header has been read.

    Attributes:
        kind: What it is, e.g. "JPEG".
        size: Width and height in pixels, as stored.
        decode: Returns the picture in RGB, upright; raises whatever its library does where it is damaged.
        most_pixels: Up to how many it may have.
    """

    kind: str
    size: tuple[int, int]
    decode: Callable[[], Image.Image]
    most_pixels: int = MAX_PIXELS


def check_size(opened: OpenedPicture) -> None:
    """Turns down what would be too large to decode, or of which next to nothing would be seen.

    Raises:
        UnreadablePicture: It is.
    """
    width, height = opened.size
    if width < 1 or height < 1:
        raise UnreadablePicture(DAMAGED)
    if width * height > opened.most_pixels:
        raise UnreadablePicture(
            f"It has {width} x {height} pixels; up to {opened.most_pixels // 10**6} million are read here."
        )
    if max(width, height) > MAX_SIDE_RATIO * min(width, height):
        raise UnreadablePicture(
            f"It is a strip of {width} x {height} pixels, longer than {MAX_SIDE_RATIO} times its breadth."
        )
