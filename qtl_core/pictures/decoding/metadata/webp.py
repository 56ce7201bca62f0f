"""WebP without metadata: the parts that make the picture, its colour profile and its rotation."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from qtl_core.pictures.decoding.metadata.intricate import Intricate, exif_of
from qtl_core.pictures.decoding.orientation import orientation_in

_KEPT = {b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"}
_HAS_EXIF, _HAS_XMP = 0x08, 0x04  # flags in VP8X


def webp_without_metadata(content: bytes) -> bytes:
    """Returns the file with what is needed to show it.

    Raises:
        Intricate: It names a rotation where there is no place for one.
    """
    parts = {name: part for name, part in _chunks(content) if name == b"EXIF"}
    exif = exif_of(orientation_in(parts.get(b"EXIF", b"")))
    kept: list[bytes] = []
    for name, part in _chunks(content):
        if name == b"VP8X":
            flags = part[0] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if exif else 0)
            kept.append(_chunk(name, bytes([flags]) + part[1:]))
        elif name in _KEPT:
            kept.append(_chunk(name, part))
    if exif:
        if not kept or not kept[0].startswith(b"VP8X"):
            raise Intricate
        kept.append(_chunk(b"EXIF", exif))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def webp_profile(content: bytes) -> bytes:
    """Returns the colour profile in a WebP, or nothing."""
    return next((part for name, part in _chunks(content) if name == b"ICCP"), b"")


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at + 8 <= len(content):
        length = int.from_bytes(content[at + 4 : at + 8], "little")
        yield content[at : at + 4], content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _chunk(name: bytes, part: bytes) -> bytes:
    return name + struct.pack("<I", len(part)) + part + bytes(len(part) % 2)
