"""AVIF: by Pillow, once its metadata (EXIF, XMP) is given a name that nobody looks for.

The rotation is the picture's own (`irot`, `imir`); what EXIF says of it is not asked, as in browsers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from PIL import AvifImagePlugin, Image

from qtl_core.pictures.decoding.limits import OpenedPicture
from qtl_core.pictures.decoding.orientation import in_rgb, orientation_in, turned
from qtl_core.pictures.decoding.parts import joined

_LARGEST_DIRECTORY = 1 << 20  # bytes of the box that lists what is in the file
_MOST_BOXES = 1000
_METADATA = re.compile(rb"(infe[\2\3].{3}(?:..|....)..)(?:Exif|mime)", re.DOTALL)  # an entry: number, protection, kind


def open_avif(stream: BinaryIO) -> OpenedPicture:
    """Reads the header of an AVIF."""
    image = AvifImagePlugin.AvifImageFile(_without_metadata(stream))
    return OpenedPicture("AVIF", image.size, lambda: _decode_avif(image))


def _decode_avif(image: Image.Image) -> Image.Image:
    image.load()
    return turned(in_rgb(image), orientation_in(image.info.get("exif", b"")))  # made by Pillow of `irot` and `imir`


def _without_metadata(stream: BinaryIO) -> BinaryIO:
    end = stream.seek(0, 2)
    for start, length, name in _boxes(stream, end):
        if name == b"meta" and length <= _LARGEST_DIRECTORY:
            stream.seek(start)
            directory = _METADATA.sub(rb"\1none", stream.read(length))
            return joined(stream, [(0, start), directory, (start + length, end - start - length)])
    return joined(stream, [(0, end)])


def _boxes(stream: BinaryIO, end: int) -> Iterator[tuple[int, int, bytes]]:
    """Yields the start, length and name of every box of the file."""
    start = 0
    for _ in range(_MOST_BOXES):
        stream.seek(start)
        head = stream.read(16)
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8 or start + length > end:
            return
        yield start, length, head[4:8]
        start += length
