"""The refusal that the writers of every kind share, and the smallest EXIF there is."""

from __future__ import annotations

import struct


class Intricate(Exception):
    """The file cannot be rewritten without decoding it."""


def exif_of(orientation: int) -> bytes:
    """Returns EXIF that names the rotation and nothing else; none for a picture that is upright as it is."""
    if orientation == 1:
        return b""
    return b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def is_profile(content: bytes) -> bool:
    """Returns whether this is a colour profile, by the mark that each has: what is none may tell anything."""
    return content[36:40] == b"acsp"
