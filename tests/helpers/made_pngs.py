"""PNGs written by hand, after the standard: every depth and colour type, with any further part."""

from __future__ import annotations

import struct
import zlib

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6


def chunk(name: bytes, content: bytes, *, is_whole: bool = True) -> bytes:
    """Returns a part of a PNG, with a wrong checksum where it is not to be whole."""
    checksum = zlib.crc32(name + content) ^ (0 if is_whole else 1)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def png(
    samples: np.ndarray, bits: int, colour: int, before: bytes = b"", after: bytes = b"", end: bool = True
) -> bytes:
    """Returns a file of samples (height, width, channels), with these parts before and after the pixels."""
    height, width = samples.shape[:2]
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    pixels = zlib.compress(b"".join(b"\0" + row for row in _rows(samples.reshape(height, -1), bits)))
    return SIGNATURE + header + before + chunk(b"IDAT", pixels) + after + (chunk(b"IEND", b"") if end else b"")


def _rows(samples: np.ndarray, bits: int) -> list[bytes]:
    if bits >= 8:
        return [row.astype(f">u{bits // 8}").tobytes() for row in samples]
    single = (samples[..., None].astype(int) >> np.arange(bits - 1, -1, -1) & 1).reshape(len(samples), -1)
    return [np.packbits(row.astype(np.uint8)).tobytes() for row in single]
