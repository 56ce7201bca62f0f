"""JPEG without metadata: the segments that make the picture, its rotation and its colour profile.

Whatever stands behind the picture's end mark goes too: further pictures (MPO), a video, a camera maker's notes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from qtl_core.pictures.decoding.metadata.intricate import exif_of
from qtl_core.pictures.decoding.orientation import orientation_in

_MARKER = re.compile(rb"\xff([^\x00\x01\xff\xd0-\xd8])")  # all but those without a length, and a stored 0xFF
_SCAN, _END, _COMMENT = 0xDA, 0xD9, 0xFE
_JFIF, _EXIF, _ICC, _ADOBE = (0xE0, b"JFIF\0"), (0xE1, b"Exif\0\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe")
_JFIF_LENGTH, _ADOBE_LENGTH = 12, 12  # bytes of them that count: the first without its small copy


def jpeg_without_metadata(content: bytes) -> bytes:
    """Returns the file with what is needed to show it."""
    parts: list[bytes] = []
    orientation, end = 1, b""
    for marker, segment, pixels in _segments(content):
        if marker == _END:
            end = b"\xff\xd9"
        elif _is(_EXIF, marker, segment):
            orientation = orientation_in(segment)
        elif kept := _kept(marker, segment):
            parts.append(struct.pack(">BBH", 0xFF, marker, len(kept) + 2) + kept + pixels)
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
    is_metadata = 0xE0 <= marker <= 0xEF or marker == _COMMENT
    return b"" if is_metadata and not _is(_ICC, marker, segment) else segment


def _is(kind: tuple[int, bytes], marker: int, segment: bytes) -> bool:
    return marker == kind[0] and segment.startswith(kind[1])
