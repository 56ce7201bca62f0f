"""PNG without metadata: the parts that make the first picture, its colours and its rotation."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from qtl_core.pictures.decoding.metadata.intricate import exif_of, is_profile
from qtl_core.pictures.decoding.orientation import orientation_in

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"}
_KEPT_SMALL = {b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"cICP"}
_LARGEST_SMALL = 12 + 32  # bytes with their frame; a longer one holds something else
_LARGEST_PROFILE = 8 << 20  # bytes, unpacked; profiles of printers reach 3 MB


def png_without_metadata(content: bytes) -> bytes:
    """Returns the file with what is needed to show it; of an animation, the picture that is shown without it."""
    parts, orientation, seen = [_SIGNATURE], 1, False
    for name, start, end in _chunks(content):
        if name == b"eXIf" and not seen:
            seen, orientation = True, orientation_in(content[start + 8 : end - 4])
        elif name == b"iCCP":
            parts.append(_profile_chunk(content[start + 8 : end - 4]))
        elif name in _KEPT or (name in _KEPT_SMALL and end - start <= _LARGEST_SMALL):
            parts.append(content[start:end])
    if exif := exif_of(orientation):
        parts.insert(2, _chunk(b"eXIf", exif))
    return b"".join(parts)


def _profile_chunk(part: bytes) -> bytes:
    """Returns the part of a colour profile under a name that tells nothing, or nothing where it holds none."""
    packed = part.partition(b"\0")[2][1:]
    unpacking = zlib.decompressobj()
    try:
        profile = unpacking.decompress(packed, _LARGEST_PROFILE)
    except zlib.error:
        return b""
    if not is_profile(profile) or not unpacking.eof:
        return b""
    return _chunk(b"iCCP", b"icc\0\0" + packed[: len(packed) - len(unpacking.unused_data)])


def _chunk(name: bytes, part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))


def png_profile(content: bytes) -> bytes:
    """Returns the colour profile in a PNG, or nothing."""
    for name, start, end in _chunks(content):
        if name == b"iCCP":
            packed = content[start + 8 : end - 4].partition(b"\0")[2][1:]
            try:
                return zlib.decompressobj().decompress(packed, _LARGEST_PROFILE)
            except zlib.error:
                return b""
    return b""


def is_animated_png(content: bytes) -> bool:
    """Returns whether a PNG holds further pictures."""
    return any(name == b"acTL" for name, _, _ in _chunks(content))


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yields the name, the start and the end of every part up to the end mark."""
    at = len(_SIGNATURE)
    while at + 12 <= len(content):
        name, end = content[at + 4 : at + 8], at + 12 + int.from_bytes(content[at : at + 4], "big")
        yield name, at, end
        if name == b"IEND":
            return
        at = end
