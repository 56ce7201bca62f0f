"""A picture as it is kept: without metadata, and no larger than agreed.

| kind | how it is kept |
| --- | --- |
| JPEG, MPO, PNG, WebP, TIFF, HEIC, AVIF, BMP | its pixels as they came, byte for byte; of many pages, the first |
| all others, and what is laid out so that it cannot be rewritten | decoded once, and written as a JPEG of quality 95 |
| more pixels or bytes than agreed | scaled down, as a JPEG of quality 92 |

Where anything but metadata changes, `CleanPicture.note` says so.
"""

from __future__ import annotations

import io
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from qtl_core.pictures.decoding.limits import OpenedPicture, UnreadablePicture
from qtl_core.pictures.decoding.metadata.bmp import bmp_without_metadata
from qtl_core.pictures.decoding.metadata.intricate import Intricate
from qtl_core.pictures.decoding.metadata.iso_media import iso_media_without_metadata
from qtl_core.pictures.decoding.metadata.jpeg import jpeg_profile, jpeg_without_metadata
from qtl_core.pictures.decoding.metadata.png import is_animated_png, png_profile, png_without_metadata
from qtl_core.pictures.decoding.metadata.tiff import has_more_pages, tiff_profile, tiff_without_metadata
from qtl_core.pictures.decoding.metadata.webp import webp_profile, webp_without_metadata
from qtl_core.pictures.decoding.reading import opened_picture, read_picture

SUFFIXES = {
    "JPEG": ".jpg",
    "PNG": ".png",
    "WEBP": ".webp",
    "TIFF": ".tif",
    "HEIF": ".heic",
    "AVIF": ".avif",
    "BMP": ".bmp",
    "GIF": ".gif",
}
QUALITY, SCALED_QUALITY = 95, 92  # of a JPEG that is made of what cannot be kept, or of what was scaled down
_SMALLER = 0.7  # of the width, where a scaled picture still takes too many bytes
_SMALLEST = 256  # pixels of the short side, which is what a network is shown
_STRIPPERS: dict[str, Callable[[bytes], bytes]] = {
    "JPEG": jpeg_without_metadata,
    "PNG": png_without_metadata,
    "WEBP": webp_without_metadata,
    "TIFF": tiff_without_metadata,
    "HEIF": iso_media_without_metadata,
    "AVIF": iso_media_without_metadata,
    "BMP": bmp_without_metadata,
}
_PROFILES: dict[str, Callable[[bytes], bytes]] = {
    "JPEG": jpeg_profile,
    "PNG": png_profile,
    "WEBP": webp_profile,
    "TIFF": tiff_profile,
}


@dataclass(frozen=True)
class CleanPicture:
    """A picture file without metadata.

    Attributes:
        content: The file.
        kind: What it is now, e.g. "JPEG"; `SUFFIXES` has its ending.
        size: Width and height in pixels, as stored.
        note: What changed besides its metadata, a sentence, or "".
    """

    content: bytes
    kind: str
    size: tuple[int, int]
    note: str = ""


def without_metadata(content: bytes) -> bytes:
    """Returns a picture file without what says where, when and with what it was taken.

    Raises:
        UnreadablePicture: It is no picture that is read here.
    """
    return cleaned(content).content


def cleaned(content: bytes, *, most_pixels: int = 0, most_bytes: int = 0) -> CleanPicture:
    """Returns a picture file without metadata, scaled down where it is larger than agreed.

    Only a file that cannot be rewritten, or is too large, is decoded: of others, whether their pixels are whole shows
    when they are.

    Args:
        content: The file.
        most_pixels: How many it may have, 0 for as many as are read.
        most_bytes: How many it may take, 0 for as many as are read.

    Raises:
        UnreadablePicture: It is no picture that is read here, or has to be decoded and is damaged.
    """
    opened = opened_picture(io.BytesIO(content))
    width, height = opened.size
    if most_pixels and width * height > most_pixels:
        had, most = _millions(width * height), _millions(most_pixels)
        note = f"It had {had} million pixels, more than the {most} million that are kept"
        return _scaled(content, opened.kind, note, most_pixels, most_bytes)
    try:
        kept = _stripped(content, opened)
    except Intricate:
        image = read_picture(io.BytesIO(content))
        note = "Its metadata could not be taken out as the file was, so it is kept as a JPEG of high quality."
        kept = CleanPicture(_as_jpeg(image, _profile(content, opened.kind), QUALITY), "JPEG", image.size, note)
    if most_bytes and len(kept.content) > most_bytes:
        note = f"It took {_megabytes(len(kept.content))} MB, more than the {_megabytes(most_bytes)} that are kept"
        return _scaled(content, opened.kind, note, most_pixels or width * height, most_bytes)
    return kept


def _stripped(content: bytes, opened: OpenedPicture) -> CleanPicture:
    """Rewrites a file and looks at what came of it, so that no slip of ours spoils a picture."""
    if opened.kind not in _STRIPPERS:
        raise Intricate
    try:
        written = _STRIPPERS[opened.kind](content)
        again = opened_picture(io.BytesIO(written))
    except (UnreadablePicture, struct.error, IndexError, KeyError, ValueError, OverflowError) as error:
        raise Intricate from error
    if (again.kind, again.size) != (opened.kind, opened.size):
        raise Intricate
    return CleanPicture(written, opened.kind, opened.size, _first_alone(content, opened.kind))


def _first_alone(content: bytes, kind: str) -> str:
    if kind == "TIFF" and has_more_pages(content):
        return "It has several pages, of which the first is kept."
    if kind == "PNG" and is_animated_png(content):
        return "It is an animation, of which the first picture is kept."
    return ""


def _scaled(content: bytes, kind: str, why: str, most_pixels: int, most_bytes: int) -> CleanPicture:
    image, profile = read_picture(io.BytesIO(content)), _profile(content, kind)
    share = min(1.0, math.sqrt(most_pixels / (image.width * image.height)))
    while True:
        size = max(1, int(image.width * share)), max(1, int(image.height * share))
        small = image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0) if share < 1 else image
        written = _as_jpeg(small, profile, SCALED_QUALITY)
        if not most_bytes or len(written) <= most_bytes or min(size) <= _SMALLEST:
            return CleanPicture(written, "JPEG", size, f"{why}: it is kept as a JPEG of {size[0]} x {size[1]}.")
        share *= _SMALLER


def _as_jpeg(image: Image.Image, profile: bytes, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality, subsampling=0, icc_profile=profile or None)
    return file.getvalue()


def _profile(content: bytes, kind: str) -> bytes:
    """Returns the colour profile of a file whose pixels are decoded, if it is one of RGB, as they are then."""
    if kind in ("HEIF", "AVIF"):
        return _iso_media_profile(content, kind)
    profile = _PROFILES[kind](content) if kind in _PROFILES else b""
    return profile if profile[16:20] == b"RGB " else b""


def _iso_media_profile(content: bytes, kind: str) -> bytes:
    if kind == "AVIF":
        return Image.open(io.BytesIO(content), formats=["AVIF"]).info.get("icc_profile") or b""
    from pillow_heif import open_heif

    return open_heif(io.BytesIO(content)).info.get("icc_profile") or b""


def _millions(count: int) -> str:
    return f"{count / 1e6:.0f}" if count >= 10_000_000 else f"{count / 1e6:.1f}"


def _megabytes(count: int) -> str:
    return f"{count / 2**20:.1f}"
