"""BMP without what programs put before and behind its pixels: its headers, its palette, and its rows."""

from __future__ import annotations

import struct

from qtl_core.pictures.decoding.metadata.intricate import Intricate

_FILE_HEADER, _CORE = 14, 12  # bytes; the second of the oldest kind of header, in which sizes have two bytes
_HEADERS = (12, 40, 52, 56, 108, 124)
_PLAIN, _MASKS = 0, 3  # how rows are stored: one after the other, in the second with masks that say where colours are
_PROFILE_AT = 112  # where the longest header says where a profile lies, and how long it is


def bmp_without_metadata(content: bytes) -> bytes:
    """Returns the file with what is needed to show it.

    Raises:
        Intricate: It is packed, or carries a profile.
    """
    start, length = struct.unpack_from("<II", content, 10)
    if length not in _HEADERS or len(content) < _FILE_HEADER + length:
        raise Intricate
    header = bytearray(content[_FILE_HEADER : _FILE_HEADER + length])
    if length == _CORE:
        width, height, _, bits = struct.unpack_from("<HHHH", header, 4)
        stored, used, each = _PLAIN, 0, 3
    else:
        width, height, _, bits, stored = struct.unpack_from("<iiHHI", header, 4)
        used, each = struct.unpack_from("<I", header, 32)[0], 4
    if stored not in (_PLAIN, _MASKS) or (length == 124 and any(header[_PROFILE_AT : _PROFILE_AT + 8])):
        raise Intricate
    colours = (used or 2**bits) if bits <= 8 else 0
    head = _FILE_HEADER + length + (12 if stored == _MASKS and length == 40 else 0) + each * min(colours, 256)
    size = (abs(width) * bits + 31) // 32 * 4 * abs(height)
    if head > start or start + size > len(content):
        raise Intricate
    if length != _CORE:
        struct.pack_into("<I", header, 20, size)
        struct.pack_into("<II", header, 32, colours, 0)
    before = bytes(header) + content[_FILE_HEADER + length : head]
    return struct.pack("<2sIHHI", b"BM", head + size, 0, 0, head) + before + content[start : start + size]
