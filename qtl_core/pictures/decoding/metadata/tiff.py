"""TIFF without metadata: the first page written anew, its tags for showing it and its strips or tiles as they are."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qtl_core.pictures.decoding.metadata.intricate import Intricate

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 16: 8, 17: 8}  # bytes, by type
_WIDE = {3: "H", 4: "I", 16: "Q"}
_KEPT = {
    *(
        254,
        256,
        257,
        258,
        259,
        262,
        266,
        273,
        274,
        277,
        278,
        279,
        282,
        283,
        284,
        292,
        293,
        296,
        301,
        317,
        318,
        319,
        320,
    ),
    *(322, 323, 324, 325, 332, 338, 339, 347, 529, 530, 531, 532, 34675),
}
_COMPRESSION, _PROFILE = 259, 34675
_BLOCKS = ((273, 279), (324, 325))  # tags of where strips, or tiles, are and how long
_OLD_JPEG = 6  # whose tables lie all over the file
_MOST_ENTRIES = 4096


@dataclass(frozen=True)
class _Entry:
    """A tag as it is written: its number, type and count, and its value."""

    tag: int
    kind: int
    count: int
    value: bytes

    def numbers(self, order: str) -> Sequence[int]:
        if self.kind not in _WIDE:
            raise Intricate
        return struct.unpack(f"{order}{self.count}{_WIDE[self.kind]}", self.value)


def tiff_without_metadata(content: bytes) -> bytes:
    """Returns a TIFF of the first page with what is needed to show it.

    Raises:
        Intricate: It is laid out in a way that is not rewritten here.
    """
    order, is_big = _byte_order(content)
    entries = {entry.tag: entry for entry in _entries(content) if entry.tag in _KEPT}
    if _COMPRESSION in entries and entries[_COMPRESSION].numbers(order)[:1] == (_OLD_JPEG,):
        raise Intricate
    where, lengths = next((pair for pair in _BLOCKS if set(pair) <= set(entries)), (0, 0))
    if not where:
        raise Intricate
    places = list(zip(entries[where].numbers(order), entries[lengths].numbers(order), strict=False))
    if sum(length for _, length in places) > len(content):  # blocks that overlap could grow without end
        raise Intricate
    return _written(order, is_big, entries, where, [content[start : start + length] for start, length in places])


def tiff_profile(content: bytes) -> bytes:
    """Returns the colour profile in a TIFF, or nothing."""
    try:
        return next((entry.value for entry in _entries(content) if entry.tag == _PROFILE), b"")
    except Intricate:
        return b""


def has_more_pages(content: bytes) -> bool:
    """Returns whether another page follows the first."""
    order, is_big = _byte_order(content)
    start, count, each = _directory(content, order, is_big)
    place = start + count * each
    return any(content[place : place + (8 if is_big else 4)])


def _byte_order(content: bytes) -> tuple[str, bool]:
    order = {b"II": "<", b"MM": ">"}[content[:2]]
    return order, struct.unpack_from(f"{order}H", content, 2)[0] == 43


def _directory(content: bytes, order: str, is_big: bool) -> tuple[int, int, int]:
    """Returns where the first page's entries begin, how many there are, and the length of each."""
    try:
        (start,) = (
            struct.unpack_from(f"{order}Q", content, 8) if is_big else struct.unpack_from(f"{order}I", content, 4)
        )
        (count,) = struct.unpack_from(f"{order}{'Q' if is_big else 'H'}", content, start)
    except struct.error as error:
        raise Intricate from error
    return start + (8 if is_big else 2), min(count, _MOST_ENTRIES), 20 if is_big else 12


def _entries(content: bytes) -> Iterator[_Entry]:
    order, is_big = _byte_order(content)
    start, count, each = _directory(content, order, is_big)
    head, inside = (f"{order}HHQ", 8) if is_big else (f"{order}HHI", 4)
    for place in range(start, start + count * each, each):
        if place + each > len(content):
            raise Intricate
        tag, kind, number = struct.unpack_from(head, content, place)
        size, at = _SIZES.get(kind, 0) * number, place + each - inside
        if size > inside:
            (at,) = struct.unpack_from(f"{order}{'Q' if is_big else 'I'}", content, at)
        if not size or at + size > len(content):
            continue  # of a type there is not, or cut off
        yield _Entry(tag, kind, number, content[at : at + size])


def _written(order: str, is_big: bool, entries: dict[int, _Entry], where: int, blocks: list[bytes]) -> bytes:
    """Returns the file: its header, the list of tags, their long values, the blocks."""
    place, each, inside = ("Q", 20, 8) if is_big else ("I", 12, 4)
    head = {"<": b"II", ">": b"MM"}[order]
    head += struct.pack(f"{order}HHHQ", 43, 8, 0, 16) if is_big else struct.pack(f"{order}HI", 42, 8)
    count = struct.pack(f"{order}{'Q' if is_big else 'H'}", len(entries))
    values_at = len(head) + len(count) + each * len(entries) + inside
    size = struct.calcsize(order + place)
    entries = entries | {where: _Entry(where, 16 if is_big else 4, len(blocks), bytes(size * len(blocks)))}
    at = values_at + sum(_even(len(entry.value)) for entry in entries.values() if len(entry.value) > inside)
    starts = []
    for block in blocks:
        starts.append(at)
        at += _even(len(block))
    entries[where] = _Entry(
        where, 16 if is_big else 4, len(blocks), struct.pack(f"{order}{len(starts)}{place}", *starts)
    )
    listed, values = bytearray(), bytearray()
    for entry in sorted(entries.values(), key=lambda entry: entry.tag):
        stored = entry.value.ljust(inside, b"\0")
        if len(entry.value) > inside:
            stored = struct.pack(order + place, values_at + len(values))
            values += _padded(entry.value)
        listed += struct.pack(f"{order}HH{place}", entry.tag, entry.kind, entry.count) + stored
    return b"".join([head, count, listed, bytes(inside), values, *map(_padded, blocks)])


def _even(length: int) -> int:
    return length + length % 2


def _padded(value: bytes) -> bytes:
    return value + bytes(len(value) % 2)
