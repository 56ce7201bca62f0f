"""From a stream to a picture: what the file is, how large it is, and the reader of its kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from PIL import BmpImagePlugin, GifImagePlugin, Image

from qtl_core.pictures.decoding.avif import open_avif
from qtl_core.pictures.decoding.heic import open_heic
from qtl_core.pictures.decoding.jpeg import open_jpeg
from qtl_core.pictures.decoding.limits import DAMAGED, OpenedPicture, UnreadablePicture, check_size
from qtl_core.pictures.decoding.orientation import in_rgb
from qtl_core.pictures.decoding.png import open_png
from qtl_core.pictures.decoding.signatures import HEAD, kind_of, what_instead
from qtl_core.pictures.decoding.tiff import open_tiff
from qtl_core.pictures.decoding.webp import open_webp

MAX_BYTES = 512 << 20  # of a file: 64 million pixels of 8 bytes are as many; some readers take the whole file at once


def read_picture(stream: BinaryIO) -> Image.Image:
    """Returns the picture in RGB, upright.

    Args:
        stream: A file that can be sought in; it is read from its beginning and stays open.

    Raises:
        UnreadablePicture: It is no picture, of no kind read here, damaged, too large, or too long.
    """
    opened = opened_picture(stream)
    try:
        return opened.decode()
    except UnreadablePicture:
        raise
    except MemoryError as error:
        raise UnreadablePicture("There is not enough memory to decode it.") from error
    except Exception as error:  # Pillow's readers raise whatever they stumble upon
        raise UnreadablePicture(DAMAGED) from error


def opened_picture(stream: BinaryIO) -> OpenedPicture:
    """Reads a picture's header alone, and turns down what would be too large to decode.

    Raises:
        UnreadablePicture: See `read_picture`.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    kind = kind_of(head)
    if not kind:
        raise UnreadablePicture(what_instead(head))
    if stream.seek(0, 2) > MAX_BYTES:
        raise UnreadablePicture(f"The file is larger than the {MAX_BYTES >> 20} MB that are read here.")
    stream.seek(0)
    try:
        opened = _OPENERS[kind](stream)
    except (UnreadablePicture, MemoryError):
        raise
    except Exception as error:
        raise UnreadablePicture(DAMAGED) from error
    check_size(opened)
    return opened


def _open_by_pillow(plugin: Callable[[BinaryIO], Image.Image]) -> Callable[[BinaryIO], OpenedPicture]:
    """An opener of a kind whose metadata does no harm to the reader in Pillow, named so that no other one is tried."""

    def opener(stream: BinaryIO) -> OpenedPicture:
        image = plugin(stream)
        return OpenedPicture(image.format or "", image.size, lambda: _decode_loaded(image))

    return opener


def _decode_loaded(image: Image.Image) -> Image.Image:
    image.load()
    return in_rgb(image)


_OPENERS: dict[str, Callable[[BinaryIO], OpenedPicture]] = {
    "JPEG": open_jpeg,
    "PNG": open_png,
    "WEBP": open_webp,
    "TIFF": open_tiff,
    "GIF": _open_by_pillow(GifImagePlugin.GifImageFile),
    "BMP": _open_by_pillow(BmpImagePlugin.BmpImageFile),
    "AVIF": open_avif,
    "HEIF": open_heic,
}
