"""Picture files of every kind become upright RGB pictures, or a sentence saying why not.

Every picture of the studio, from a folder or uploaded, passes through here once. What is read is a stranger's file:
its kind is told by its content, its size is looked at before it is decoded, and whatever goes wrong is its own fault.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from qtl_core import paths
from qtl_core.errors import UserError

# Named one by one: Pillow left to itself would also hand PostScript to Ghostscript.
FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF")
MAX_PIXELS = 64_000_000  # the 50 megapixels of today's telephones fit; decoding takes a quarter of a gigabyte a copy
MAX_SIDE_RATIO = 20  # the short side becomes 256 pixels and the middle 224 are seen: of a longer strip, next to nothing
TAIL = 4096  # bytes at the end of a file in which its end mark is looked for; some cameras write a little behind it
END_MARKS = {"JPEG": b"\xff\xd9", "MPO": b"\xff\xd9", "PNG": b"IEND"}  # MPO: a telephone's JPEG with a second picture


class _Unusable(Exception):
    """The message is the sentence that says why."""


def open_picture(source: Path | bytes | BinaryIO) -> Image.Image:
    """Returns the picture in RGB, upright.

    The camera's rotation (EXIF) is applied, transparency is laid on white, 16 bits are scaled to 8, and of an
    animation the first frame is taken.

    Raises:
        UserError: It is no picture, of no kind read here, damaged, too large, or too long; `why` says which.
    """
    name = source.name if isinstance(source, Path) else str(getattr(source, "name", "The picture"))
    try:
        with _stream(source) as stream, _identified(stream) as image:
            return _decoded(image)
    except _Unusable as error:
        raise UserError(f"{name} cannot be used as a picture.", str(error)) from error


def check_picture(path: Path) -> str | None:
    """Returns why a file cannot be trained on, or None: the quick look that a whole folder can be given.

    Only the first bytes and the last are read (0.1 ms), so damage in the middle shows when it is decoded. A GIF is
    turned down, as torchvision's ImageFolder does: the one in the public ants-and-bees archive is no ant but the words
    "We're sorry, this image could not be found".
    """
    try:
        with _stream(path) as stream, _identified(stream) as image:
            if image.format == "GIF":
                return "It is a GIF, a format for drawings and animations; only photo formats are trained on."
            if _seems_cut_short(stream, image.format):
                _decoded(image)
    except _Unusable as error:
        return str(error)
    return None


@contextmanager
def _stream(source: Path | bytes | BinaryIO) -> Iterator[BinaryIO]:
    """The source as a seekable stream; closed afterwards only if it was opened here."""
    if isinstance(source, Path) and not paths.may_read(source):
        raise _Unusable("It lies outside the app's data folder, and this server is open to others.")
    try:
        if isinstance(source, bytes):
            opened = io.BytesIO(source)
        else:
            opened = source.open("rb") if isinstance(source, Path) else nullcontext(source)
    except OSError as error:
        raise _Unusable(f"The file cannot be read: {error.strerror or error}.") from error
    with opened as stream:
        yield stream


def _identified(stream: BinaryIO) -> Image.Image:
    """Reads the header alone, and turns down what would be too large to decode."""
    try:
        image = Image.open(stream, formats=FORMATS)
    except UnidentifiedImageError as error:
        raise _Unusable(_what_instead(stream)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Unusable(f"It has more pixels than the {MAX_PIXELS // 10**6} million that are read here.") from error
    except Exception as error:  # Pillow's readers raise whatever they stumble upon
        raise _Unusable("It is damaged or cut short.") from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise _Unusable(f"It has {width} x {height} pixels; up to {MAX_PIXELS // 10**6} million are read here.")
    if max(width, height) > MAX_SIDE_RATIO * min(width, height):
        raise _Unusable(f"It is a strip of {width} x {height} pixels, longer than {MAX_SIDE_RATIO} times its breadth.")
    return image


def _what_instead(stream: BinaryIO) -> str:
    """A sentence on what the file is, where it is none of the formats."""
    stream.seek(0)
    head = stream.read(512)
    if not head:
        return "The file is empty."
    if head[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "It is an HEIC picture, which is not read here; save it as JPEG."
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "It is a web page, not a picture."
    return "It is not a picture of a kind read here (JPEG, PNG, WebP, BMP, TIFF, GIF or AVIF)."


def _seems_cut_short(stream: BinaryIO, kind: str | None) -> bool:
    mark = END_MARKS.get(kind or "")
    if mark is None:
        return False
    size = stream.seek(0, io.SEEK_END)
    stream.seek(max(0, size - TAIL))
    return mark not in stream.read(TAIL)


def _decoded(image: Image.Image) -> Image.Image:
    """Decodes the first frame and makes it upright RGB."""
    try:
        image.load()
        with suppress(Exception):  # rotation data that cannot be understood is no reason to lose the picture
            ImageOps.exif_transpose(image, in_place=True)
        return _rgb(image)
    except Exception as error:
        raise _Unusable("It is damaged or cut short.") from error


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode[0] in "IF":  # 16 and 32 bits a pixel: Pillow's convert would clip everything above 255 to white
        image = _eight_bit(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    layers = image.convert("RGBA")
    white = Image.new("RGB", image.size, "white")
    white.paste(layers, mask=layers)
    return white


def _eight_bit(image: Image.Image) -> Image.Image:
    """Scales 0..65535 to 0..255; 32-bit values have no agreed white, so their own lowest and highest are taken."""
    import numpy as np

    values = np.array(image, dtype=np.float32)
    np.nan_to_num(values, copy=False)
    low, high = (0, 65535) if image.mode.startswith("I;16") else (values.min(), values.max())
    values -= low  # in place: a large picture takes a quarter of a gigabyte here
    values *= 255 / (high - low) if high > low else 0
    return Image.fromarray(values.round(out=values).astype(np.uint8))
