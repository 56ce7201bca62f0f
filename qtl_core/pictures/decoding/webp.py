"""WebP: only the parts that make the picture are read, as in a PNG; of an animation, those of all frames."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image, WebPImagePlugin

from qtl_core.pictures.decoding.limits import DAMAGED, OpenedPicture, UnreadablePicture
from qtl_core.pictures.decoding.orientation import in_rgb, orientation_in, turned
from qtl_core.pictures.decoding.parts import Chunk, joined

_CHUNKS_NEEDED = (b"VP8X", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L")
_METADATA_FLAGS = 0x2C  # in VP8X: profile, EXIF, XMP
_MOST_CHUNKS = 100_000
_LARGEST_EXIF = 1 << 16


def open_webp(stream: BinaryIO) -> OpenedPicture:
    """Reads the header of a WebP."""
    size = _size(stream)
    return OpenedPicture("WEBP", size, lambda: _decode_webp(stream))


def _chunks(stream: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yields the name, the start of the content and its length of every part."""
    at = 12
    for _ in range(_MOST_CHUNKS):
        stream.seek(at)
        head = stream.read(8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[4:], "little")
        yield head[:4], at + 8, length
        at += 8 + length + length % 2


def _size(stream: BinaryIO) -> tuple[int, int]:
    name, start, _ = next(_chunks(stream), (b"", 0, 0))
    stream.seek(start)
    head = stream.read(10)
    if len(head) == 10 and name == b"VP8X":
        return int.from_bytes(head[4:7], "little") + 1, int.from_bytes(head[7:10], "little") + 1
    if len(head) == 10 and name == b"VP8 ":
        width, height = struct.unpack("<HH", head[6:10])
        return width & 0x3FFF, height & 0x3FFF
    if len(head) == 10 and name == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    raise UnreadablePicture(DAMAGED)


def _decode_webp(stream: BinaryIO) -> Image.Image:
    parts: list[Chunk] = []
    exif = b""
    for name, start, length in _chunks(stream):
        stream.seek(start)
        if name == b"VP8X":
            content = stream.read(length)
            parts.append(_chunk(name, bytes([content[0] & ~_METADATA_FLAGS]) + content[1:]))
        elif name in _CHUNKS_NEEDED:
            parts.append((start - 8, 8 + length + length % 2))
        elif name == b"EXIF" and length <= _LARGEST_EXIF:
            exif = exif or stream.read(length)
    length = sum(len(part) if isinstance(part, bytes) else part[1] for part in parts)
    image = WebPImagePlugin.WebPImageFile(joined(stream, [b"RIFF" + struct.pack("<I", 4 + length) + b"WEBP", *parts]))
    image.load()
    return turned(in_rgb(image), orientation_in(exif))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
