"""JPEG: only the segments that make the picture are read; huge ones in reduced form.

- Segments of cameras and editors (EXIF, XMP, profiles, previews, comments) are passed over, whatever their size and
  damage; the rotation is taken from EXIF.
- A file that ends early is read if nothing that shows is missing: it is decoded twice with different bytes in place of
  its missing end, and the two must be equal to the pixel. Of a progressive one all refinements must have begun, too.
- Above `MAX_PIXELS` it is decoded at a half, a quarter or an eighth, which takes that much less memory. A progressive
  one keeps two bytes a coefficient of the whole picture meanwhile, up to what one of `MAX_PIXELS` takes without
  subsampling (384 MB): 108 megapixels pass as telephones store colours (4:2:0), 200 do not.
"""

from __future__ import annotations

import random
import re
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from PIL import Image, JpegImagePlugin

from qtl_core.pictures.decoding.limits import DAMAGED, MAX_PIXELS, MAX_REDUCED, OpenedPicture, UnreadablePicture
from qtl_core.pictures.decoding.orientation import in_rgb, orientation_in, turned
from qtl_core.pictures.decoding.parts import Chunk, joined

_MOST_COEFFICIENTS = 6 * MAX_PIXELS  # bytes: three channels of two
_MOST_SEGMENTS = 100_000  # 64 KB of metadata each; a file of nothing else would take for ever
_LARGEST_HEADER = 1 << 20  # bytes of tables, which take some hundreds
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # markers that begin a frame, by how it is coded
_READ_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
_PROGRESSIVE = {0xC2, 0xCA}
_SCAN, _END, _APP0, _APP1, _APP14 = 0xDA, 0xD9, 0xE0, 0xE1, 0xEE
_NEEDED = {*range(0xC0, 0xD0), 0xDB, 0xDC, 0xDD} - {0xC8}  # frames, tables, heights, restarts
_JFIF = b"\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0"
# What stands in for a missing end: as many bits as a decoder looks ahead and more, none of them a marker.
_FILLINGS = (bytes(64), bytes(random.Random(0).choices(range(255), k=64)))


@dataclass
class _Header:
    """The segments before the pixels.

    Attributes:
        kept: The segments that are needed to decode them.
        orientation: As in EXIF.
        frame: The frame's marker, 0 as long as there is none.
        size: Width and height.
        sampling: Horizontal and vertical factor of every channel.
        scanned: How many channels the first scan has.
        pixels_at: Where the first scan begins in the file.
    """

    kept: bytearray = field(default_factory=lambda: bytearray(b"\xff\xd8"))
    orientation: int = 1
    frame: int = 0
    size: tuple[int, int] = (0, 0)
    sampling: tuple[tuple[int, int], ...] = ()
    scanned: int = 0
    pixels_at: int = 0


def open_jpeg(stream: BinaryIO) -> OpenedPicture:
    """Reads the header of a JPEG, or of the first picture of an MPO."""
    header = _header(stream)
    if _coefficients(header) > _MOST_COEFFICIENTS:
        raise UnreadablePicture(
            f"It is a progressive JPEG of {header.size[0]} x {header.size[1]} pixels, which takes more memory than is"
            " used here; save it as an ordinary JPEG, or smaller."
        )
    return OpenedPicture("JPEG", header.size, lambda: _decode_jpeg(stream, header), MAX_REDUCED)


def _header(stream: BinaryIO) -> _Header:
    header = _Header()
    stream.seek(2)
    for _ in range(_MOST_SEGMENTS):
        marker = _next_marker(stream)
        start = stream.tell() - 2
        length = int.from_bytes(stream.read(2), "big")
        if length < 2 or marker == _END or len(header.kept) > _LARGEST_HEADER:
            break
        if marker == _SCAN:
            header.scanned, header.pixels_at = stream.read(1)[0], start
            if header.frame:
                return header
            break
        _take(header, marker, stream.read(length - 2))
    raise UnreadablePicture(DAMAGED)


def _next_marker(stream: BinaryIO) -> int:
    """Reads up to a marker that is followed by a length, and returns it; 0xD9, the end mark, where there is none."""
    for _ in range(_LARGEST_HEADER):
        byte = stream.read(1)
        if not byte:
            break
        if byte != b"\xff":
            continue
        while byte == b"\xff":
            byte = stream.read(1)
        if byte and byte[0] not in (0, 1, *range(0xD0, 0xD9)):
            return byte[0]
    return _END


def _take(header: _Header, marker: int, content: bytes) -> None:
    if marker == _APP1 and content.startswith(b"Exif\0\0"):
        header.orientation = orientation_in(content)
    elif marker == _APP0 and content.startswith(b"JFIF\0"):
        header.kept += _JFIF  # that it is there says how colours are stored; its numbers do not matter
    elif marker == _APP14 and content.startswith(b"Adobe") and len(content) >= 12:
        header.kept += b"\xff\xee\0\x0e" + content[:12]
    elif marker in _NEEDED:  # of others, readers of all kinds make something else
        header.kept += struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content
    if marker in _FRAMES or marker == 0xF7:  # 0xF7: JPEG-LS
        _take_frame(header, marker, content)


def _take_frame(header: _Header, marker: int, content: bytes) -> None:
    if marker not in _READ_FRAMES or content[0] != 8:
        raise UnreadablePicture(
            "It is a JPEG of a kind for medicine and archives (lossless, or more than 8 bits), which is not"
            " read here; save it as an ordinary JPEG or PNG."
        )
    height, width, count = struct.unpack_from(">HHB", content, 1)
    factors = content[7 : 6 + 3 * count : 3]
    header.frame, header.size = marker, (width, height)
    header.sampling = tuple((factor >> 4, factor & 15) for factor in factors)


def _coefficients(header: _Header) -> int:
    """Returns how many bytes of coefficients are kept while it is decoded."""
    if header.frame not in _PROGRESSIVE and header.scanned == len(header.sampling):
        return 0  # row by row
    widest, highest = (max((pair[axis] for pair in header.sampling), default=1) or 1 for axis in (0, 1))
    share = sum(across * down for across, down in header.sampling) / (widest * highest)
    return round(2 * share * header.size[0] * header.size[1])


def _decode_jpeg(stream: BinaryIO, header: _Header) -> Image.Image:
    end = stream.seek(0, 2)
    parts: list[Chunk] = [bytes(header.kept), (header.pixels_at, end - header.pixels_at)]
    try:
        image = _loaded(stream, parts)
    except OSError:
        image = _without_its_end(stream, header, end)
    return turned(in_rgb(image), header.orientation)


def _loaded(stream: BinaryIO, parts: list[Chunk]) -> Image.Image:
    image = JpegImagePlugin.JpegImageFile(joined(stream, parts))
    scale = 1
    while image.width * image.height > MAX_PIXELS * scale**2:
        scale *= 2
    if scale > 1:
        image.draft(image.mode, (image.width // scale, image.height // scale))
    image.load()
    return image


def _without_its_end(stream: BinaryIO, header: _Header, end: int) -> Image.Image:
    """Decodes a file that ends early; see the top."""
    stream.seek(header.pixels_at)
    pixels = stream.read(end - header.pixels_at)
    length = len(pixels.rstrip(b"\xff"))  # half an end mark would make a marker of what follows
    first, second = (
        _loaded(stream, [bytes(header.kept), (header.pixels_at, length), filling + b"\xff\xd9"])
        for filling in _FILLINGS
    )
    if not _is_refined(pixels, len(header.sampling)) or first.tobytes() != second.tobytes():
        raise UnreadablePicture(DAMAGED)
    return first


def _is_refined(pixels: bytes, channels: int) -> bool:
    """Returns whether scans have begun that bring all 64 coefficients of every channel to their last bit."""
    refined: dict[int, set[int]] = {}
    for scan in re.finditer(rb"\xff\xda..([\1-\4])", pixels, re.DOTALL):
        count, begin = scan[1][0], scan.end()
        spectrum = pixels[begin + 2 * count : begin + 2 * count + 3]
        if len(spectrum) == 3 and spectrum[2] & 15 == 0:  # bits that later scans refine
            for channel in pixels[begin : begin + 2 * count : 2]:
                refined.setdefault(channel, set()).update(range(spectrum[0], spectrum[1] + 1))
    return len(refined) == channels and all(len(found) == 64 for found in refined.values())
