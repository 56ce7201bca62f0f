"""PNG: only the parts that make the picture are read.

Of all parts that are not needed to show it (text, profiles, times, whatever a later version adds), neither size nor
damage matters. A transparent colour or a rotation whose checksum is wrong is left out, as browsers do, and a
transparent colour that does not fit the kind of picture as well.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
from PIL import Image, PngImagePlugin

from qtl_core.pictures.decoding.deep_samples import BAND, Samples, shown
from qtl_core.pictures.decoding.limits import DAMAGED, OpenedPicture, UnreadablePicture
from qtl_core.pictures.decoding.orientation import in_rgb, orientation_in, turned
from qtl_core.pictures.decoding.parts import Chunk, joined

_SIGNATURE, _PNG_END = b"\x89PNG\r\n\x1a\n", b"\0\0\0\0IEND\xaeB`\x82"
_MOST_PNG_CHUNKS = 1_000_000  # 8 KB of a picture each is usual; a file of nothing but headers would take for ever
_LARGEST_NEEDED = 1 << 16  # bytes of a palette (768), a transparent colour (256) or EXIF
_SMALL = (b"IHDR", b"PLTE", b"tRNS", b"eXIf")
_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6  # a header's colour types


def open_png(stream: BinaryIO) -> OpenedPicture:
    """Reads the header of a PNG."""
    stream.seek(len(_SIGNATURE))
    head = _PngChunk(stream)
    if head.name != b"IHDR" or head.length != 13 or not head.is_whole:
        raise UnreadablePicture(DAMAGED)
    width, height, bits, colour = struct.unpack(">IIBB", head.content[:10])
    return OpenedPicture("PNG", (width, height), lambda: _decode_png(stream, head.content, bits, colour))


class _PngChunk:
    """The part of a PNG at the stream's position: its length and name; its content and checksum where it is small."""

    def __init__(self, stream: BinaryIO) -> None:
        self.start = stream.tell()
        begin = stream.read(8)
        if len(begin) < 8:
            raise EOFError
        self.length, self.name = int.from_bytes(begin[:4], "big"), begin[4:]
        self.content, self.is_whole = b"", False
        if self.name in _SMALL and self.length <= _LARGEST_NEEDED:
            self.content, checksum = stream.read(self.length), stream.read(4)
            self.is_whole = checksum == zlib.crc32(self.name + self.content).to_bytes(4, "big")


def _png_chunks(stream: BinaryIO) -> Iterator[_PngChunk]:
    """Yields the parts up to the end mark, or to where the file ends."""
    stream.seek(len(_SIGNATURE))
    for _ in range(_MOST_PNG_CHUNKS):
        try:
            chunk = _PngChunk(stream)
        except EOFError:
            return
        if chunk.name == b"IEND":
            return
        yield chunk
        stream.seek(chunk.start + 12 + chunk.length)


def _needed(stream: BinaryIO, header: bytes, colour: int) -> tuple[list[Chunk], dict[bytes, bytes]]:
    """Returns a PNG of the needed parts alone, with this header, and the small ones by name."""
    parts: list[Chunk] = [_SIGNATURE + _png_chunk(b"IHDR", header)]
    small: dict[bytes, bytes] = {}
    for chunk in _png_chunks(stream):
        if chunk.name == b"IDAT":
            parts.append((chunk.start, 12 + chunk.length))
        elif chunk.name == b"PLTE" and not chunk.is_whole:
            raise UnreadablePicture(DAMAGED)
        elif chunk.name in (b"PLTE", b"tRNS", b"eXIf") and chunk.is_whole:
            small.setdefault(chunk.name, chunk.content)
    if not _fits(small.get(b"tRNS", b""), colour, len(small.get(b"PLTE", b"")) // 3):
        small.pop(b"tRNS", None)
    parts[1:1] = [_png_chunk(name, small[name]) for name in (b"PLTE", b"tRNS") if name in small]
    return [*parts, _PNG_END], small


def _fits(transparent: bytes, colour: int, palette: int) -> bool:
    """Returns whether a transparent colour has the length of this kind: a sample a channel, or a byte an entry."""
    if colour == _PALETTE:
        return len(transparent) <= palette
    return len(transparent) == {_GREY: 2, _COLOUR: 6}.get(colour)


def _png_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def _decode_png(stream: BinaryIO, header: bytes, bits: int, colour: int) -> Image.Image:
    if bits == 16 and colour in (_GREY, _GREY_ALPHA):
        header = _as_bytes(header, colour)
    parts, small = _needed(stream, header, colour)
    if bits == 16:
        image = shown(_sixteen_bits(stream, parts, colour, small.get(b"tRNS", b"")))
    else:
        image = in_rgb(_eight_bits(stream, parts, bits, colour))
    return turned(image, orientation_in(small.get(b"eXIf", b"")))


def _eight_bits(stream: BinaryIO, parts: list[Chunk], bits: int, colour: int) -> Image.Image:
    image = _loaded_png(stream, parts)
    seen_through = image.info.get("transparency")
    if colour == _GREY and bits < 8 and seen_through is not None:
        image = image.convert("L")  # Pillow scales the samples to 255 and leaves the transparent one as it was
        image.info["transparency"] = seen_through * 255 // (2**bits - 1)
    return image


def _loaded_png(stream: BinaryIO, parts: list[Chunk], unpack: str = "") -> Image.Image:
    """Decodes a PNG; `unpack` names how Pillow is to take samples from its bytes, where it is not the usual way."""
    image = PngImagePlugin.PngImageFile(joined(stream, parts))
    if unpack:
        image.tile = [tile._replace(args=unpack) for tile in image.tile]
    image.load()
    return image


def _as_bytes(header: bytes, colour: int) -> bytes:
    """The header of grey (and alpha) in 16 bits, changed so that high and low bytes become channels of 8 bits.

    The bytes and their filters are the same: grey in 16 bits is stored as grey and alpha in 8, grey and alpha as RGBA.
    """
    twin = {_GREY: _GREY_ALPHA, _GREY_ALPHA: _COLOUR_ALPHA}[colour]
    return header[:8] + bytes([8, twin]) + header[10:]


def _sixteen_bits(stream: BinaryIO, parts: list[Chunk], colour: int, transparent: bytes) -> Samples:
    if colour in (_GREY, _GREY_ALPHA):
        layers = [_loaded_png(stream, parts)]
    else:
        # Pillow keeps one byte of two, and can be told which.
        kind = {_COLOUR: "RGB", _COLOUR_ALPHA: "RGBA"}[colour]
        layers = [_loaded_png(stream, parts, f"{kind};16B"), _loaded_png(stream, parts, f"{kind};16L")]
    return Samples(
        layers[0].size,
        bands=lambda: map(_joined, *map(_rows, layers)),
        colours=1 if colour in (_GREY, _GREY_ALPHA) else 3,
        alpha="straight" if colour in (_GREY_ALPHA, _COLOUR_ALPHA) else "",
        transparent=_transparent_colour(transparent, {_GREY: 1, _COLOUR: 3}.get(colour, 0)),
    )


def _rows(image: Image.Image) -> Iterator[np.ndarray]:
    """Yields the pixels in bands, uint8 (rows, width, channels)."""
    step = max(1, BAND // image.width)
    for top in range(0, image.height, step):
        yield np.asarray(image.crop((0, top, image.width, min(top + step, image.height))))


def _joined(high: np.ndarray, low: np.ndarray | None = None) -> np.ndarray:
    """High and low bytes as uint16; without `low` they stand side by side as channels."""
    if low is None:
        return high.view(">u2").astype(np.uint16)
    return high.astype(np.uint16) << 8 | low


def _transparent_colour(content: bytes, channels: int) -> tuple[int, ...] | None:
    return struct.unpack(f">{channels}H", content) if channels and len(content) == 2 * channels else None
