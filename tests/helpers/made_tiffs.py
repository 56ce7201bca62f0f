"""TIFFs written by hand, of kinds that Pillow does not write: after the standard, and by nothing of the app."""

from __future__ import annotations

import struct
import zlib

import numpy as np

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB = 0, 1, 2
FORMATS = {"u": 1, "i": 2, "f": 3}


def tiff(
    samples: np.ndarray,
    photometric: int = BLACK_IS_ZERO,
    *,
    order: str = "<",
    planar: bool = False,
    tile: tuple[int, int] | None = None,
    rows_per_strip: int = 7,
    deflate: bool = False,
    predictor: int = 1,
    extra: tuple[int, ...] = (),
    big: bool = False,
    tags: dict[int, tuple[int, ...]] | None = None,
) -> bytes:
    """Returns a file of samples (height, width, channels), in strips or in tiles of (height, width)."""
    height, width, channels = samples.shape
    planes = [samples[..., [channel]] for channel in range(channels)] if planar else [samples]
    step = tile or (rows_per_strip, width)
    blocks = [
        _block(_cut(plane, top, left, step, whole=tile is not None), order, predictor)
        for plane in planes
        for top in range(0, height, step[0])
        for left in range(0, width, step[1])
    ]
    packed = [zlib.compress(block) if deflate else block for block in blocks]
    bits = samples.dtype.itemsize * 8
    where, lengths = (324, 325) if tile else (273, 279)
    described = {
        256: (width,),
        257: (height,),
        258: (bits,) * channels,
        259: (8 if deflate else 1,),
        262: (photometric,),
        277: (channels,),
        284: (2 if planar else 1,),
        317: (predictor,),
        338: extra,
        339: (FORMATS[samples.dtype.kind],) * channels,
        lengths: tuple(map(len, packed)),
        where: (),
    }
    described |= {322: (tile[1],), 323: (tile[0],)} if tile else {278: (rows_per_strip,)}
    return assembled(described | (tags or {}), packed, where, order, big)


def assembled(tags: dict[int, tuple[int, ...]], blocks: list[bytes], where: int, order: str, big: bool) -> bytes:
    """Returns a file: the head, the blocks, the values of long tags, and the tags; `where` is the tag of the blocks."""
    word, size = ("Q", 8) if big else ("I", 4)
    body = bytearray(16 if big else 8)
    places = []
    for block in blocks:
        places.append(len(body))
        body += block
    entries = b""
    kept = {tag: values for tag, values in sorted((tags | {where: tuple(places)}).items()) if values}
    for tag, values in kept.items():
        content = struct.pack(f"{order}{len(values)}{word}", *values)
        if len(content) > size:
            place = len(body)
            body += content
            content = struct.pack(order + word, place)
        entries += struct.pack(f"{order}HH{word}", tag, 16 if big else 4, len(values)) + content
    mark = b"II" if order == "<" else b"MM"
    head = struct.pack(f"{order}HHHQ", 43, 8, 0, len(body)) if big else struct.pack(f"{order}HI", 42, len(body))
    body[: 2 + len(head)] = mark + head
    return bytes(body) + struct.pack(order + ("Q" if big else "H"), len(kept)) + entries + bytes(size)


def _cut(plane: np.ndarray, top: int, left: int, step: tuple[int, int], *, whole: bool) -> np.ndarray:
    """A block; a tile at the edge is filled up with zeros."""
    block = plane[top : top + step[0], left : left + step[1]]
    missing = (step[0] - block.shape[0], step[1] - block.shape[1])
    return np.pad(block, ((0, missing[0]), (0, missing[1]), (0, 0))) if whole else block


def _block(block: np.ndarray, order: str, predictor: int) -> bytes:
    size = block.dtype.itemsize
    if predictor == 2:
        block = block.copy().view(f"u{size}")
        block[:, 1:] = block[:, 1:] - block[:, :-1]
    if predictor == 3:
        rows, columns, channels = block.shape
        parts = block.astype(f">f{size}").view(np.uint8).reshape(rows, columns * channels, size)
        parts = parts.transpose(0, 2, 1).reshape(rows, -1, channels)
        return np.diff(parts, axis=1, prepend=np.zeros((rows, 1, channels), np.uint8)).astype(np.uint8).tobytes()
    return block.astype(block.dtype.newbyteorder(order)).tobytes()
