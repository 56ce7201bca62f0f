"""A file made of parts of another one, without copying it: how what a picture does not need is left out."""

from __future__ import annotations

import bisect
import io
from collections.abc import Sequence
from typing import BinaryIO, cast

Chunk = bytes | tuple[int, int]  # bytes that stand there, or (start, length) of the file behind


def joined(stream: BinaryIO, parts: Sequence[Chunk]) -> BinaryIO:
    """Returns parts as one file that can be read: see `Parts`."""
    return cast(BinaryIO, Parts(stream, parts))  # it has all of one that reading takes


class Parts(io.RawIOBase):
    """Reads parts one after the other as one file.

    Args:
        stream: The file behind; it must stay open and be read by nobody else meanwhile.
        parts: In order.
    """

    def __init__(self, stream: BinaryIO, parts: Sequence[Chunk]) -> None:
        super().__init__()
        self._stream, self._parts = stream, [part for part in parts if _length(part)]
        self._starts, self._size, self._at = [], 0, 0
        for part in self._parts:
            self._starts.append(self._size)
            self._size += _length(part)

    def readable(self) -> bool:
        """Says yes."""
        return True

    def seekable(self) -> bool:
        """Says yes."""
        return True

    def tell(self) -> int:
        """Returns the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a position and returns it."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Returns as many bytes as asked for, or all that are left."""
        left = self._size - self._at if size is None or size < 0 else size
        pieces = []
        while left > 0 and (piece := self._piece(left)):
            pieces.append(piece)
            self._at += len(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _piece(self, most: int) -> bytes:
        """Up to `most` bytes of the part at the position; none at the end, or where the file behind ends early."""
        number = bisect.bisect_right(self._starts, self._at) - 1
        if number < 0 or self._at >= self._size:
            return b""
        part, inside = self._parts[number], self._at - self._starts[number]
        if isinstance(part, bytes):
            return part[inside : inside + most]
        start, length = part
        self._stream.seek(start + inside)
        return self._stream.read(min(most, length - inside))


def _length(part: Chunk) -> int:
    return len(part) if isinstance(part, bytes) else part[1]
