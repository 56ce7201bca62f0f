"""JPEG without metadata: the segments that make the picture, its rotation and its colour profile.

Whatever stands behind the picture's end mark goes too: further pictures (MPO), a video, a camera maker's notes. Where
there is no end mark, nothing says where such things begin, unless the last bytes of the file are needed to decode it.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

from qtl_core.pictures.decoding.limits import UnreadablePicture
from qtl_core.pictures.decoding.metadata.intricate import Intricate, exif_of, is_profile
from qtl_core.pictures.decoding.orientation import orientation_in
from qtl_core.pictures.decoding.reading import read_picture

_MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd8])")  # all but those without a length, and a stored 0xFF
_SCAN, _END = 0xDA, 0xD9
_NEEDED = {*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD} - {0xC8}  # frames, tables, scans, heights, restarts
_JFIF, _EXIF, _ICC, _ADOBE = (0xE0, b"JFIF\0"), (0xE1, b"Exif\0\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
_JFIF_LENGTH, _ADOBE_LENGTH = 12, 12  # bytes of them that count: the first without its small copy


def jpeg_without_metadata(content: bytes) -> bytes:
    """Returns the file with what is needed to show it.

    Raises:
        Intricate: It is not clear where the picture ends.
    """
    parts: list[bytes] = []
    orientation, end = 1, b""
    has_profile = is_profile(jpeg_profile(content))
    for marker, segment, pixels in _segments(content):
        if marker == _END:
            end = b"\xff\xd9"
        elif _is(_EXIF, marker, segment):
            orientation = orientation_in(segment)
        elif b"\xff\xd8" in pixels:  # another picture begins before the end mark of this one
            raise Intricate
        elif _is(_ICC, marker, segment) and not has_profile:
            continue
        elif kept := _kept(marker, segment):
            parts.append(struct.pack(">BBH", 0xFF, marker, len(kept) + 2) + kept + pixels)
    if not end and not _needs_its_tail(content):
        raise Intricate
    exif = exif_of(orientation)
    if exif:
        parts.insert(0, struct.pack(">BBH", *(0xFF, 0xE1), len(exif) + 8) + b"Exif\0\0" + exif)
    return b"\xff\xd8" + b"".join(parts) + end


def jpeg_profile(content: bytes) -> bytes:
    """Returns the colour profile in a JPEG, or nothing."""
    skip = len(_ICC[1]) + 2  # its number, and how many there are
    parts = [segment for marker, segment, _ in _segments(content) if _is(_ICC, marker, segment)]
    return b"".join(part[skip:] for part in sorted(parts, key=lambda part: part[skip - 2 : skip - 1]))


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yields the marker and content of every segment up to the end mark, and what follows it where it is a scan."""
    at = 2
    while found := _MARKER.search(content, at):
        marker, start = found[1][0], found.end()
        if marker == _END:
            yield marker, b"", b""
            return
        end = start + max(2, int.from_bytes(content[start : start + 2], "big"))
        at = end
        if marker == _SCAN:
            after = _MARKER.search(content, end)
            at = after.start() if after else len(content)
        yield marker, content[start + 2 : end], content[end:at]


def _kept(marker: int, segment: bytes) -> bytes:
    if _is(_JFIF, marker, segment):
        return segment[:_JFIF_LENGTH].ljust(_JFIF_LENGTH, b"\0") + b"\0\0"
    if _is(_ADOBE, marker, segment):
        return segment[:_ADOBE_LENGTH]
    return segment if marker in _NEEDED or _is(_ICC, marker, segment) else b""


def _needs_its_tail(content: bytes) -> bool:
    """Returns whether a picture without an end mark cannot be decoded without its last bytes."""
    try:
        read_picture(io.BytesIO(content[:-2]))
    except UnreadablePicture:
        return True
    return False


def _is(kind: tuple[int, bytes], marker: int, segment: bytes) -> bool:
    return marker == kind[0] and segment.startswith(kind[1])
