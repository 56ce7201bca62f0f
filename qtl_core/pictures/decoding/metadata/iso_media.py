"""HEIC and AVIF without metadata: the main picture and what it is made of stay where they are, all else becomes zeros.

Places in such a file are counted from its beginning, so nothing in it moves. EXIF, XMP, small copies and further
pictures are overwritten, their entries in the list renamed; what lies behind the last byte that is needed (a video,
notes of a maker) is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from qtl_core.pictures.decoding.metadata.intricate import Intricate

_PROPERTIES = {  # of a picture, that are needed to show it
    *(b"ispe", b"pixi", b"hvcC", b"av1C", b"avcC", b"vvcC", b"j2kH", b"lhvC", b"colr", b"irot", b"imir", b"clap"),
    *(b"pasp", b"auxC", b"clli", b"mdcv", b"cclv", b"amve", b"tols", b"rref", b"lsel", b"a1op", b"a1lx", b"cmpd"),
    b"uncC",
}
_LISTS = {b"pitm", b"iinf", b"iref", b"iprp", b"iloc", b"idat", b"dinf", b"grpl"}
_MOST_BOXES = 100_000
_IN_FILE, _IN_IDAT = 0, 1  # what places of an item count from


@dataclass(frozen=True)
class _Box:
    """A box: its name, where it begins, where its content begins, and where it ends."""

    name: bytes
    start: int
    inside: int
    end: int


@dataclass
class _Directory:
    """The list of what is in the file: its items by number.

    Attributes:
        main: The number of the main picture.
        kinds: Where the four letters of an item's kind stand, and where its entry, with a name behind them, ends.
        references: (kind, from, to) of all.
        extents: (what it counts from, start, length) of an item's parts.
    """

    main: int = -1
    kinds: dict[int, tuple[int, int]] = field(default_factory=dict)
    references: list[tuple[bytes, int, int]] = field(default_factory=list)
    extents: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)


def iso_media_without_metadata(content: bytes) -> bytes:
    """Returns the file with what is needed to show its main picture.

    Raises:
        Intricate: It is a sequence, or laid out in a way that is not rewritten here.
    """
    top = list(_boxes(content, 0, len(content)))
    metas = [box for box in top if box.name == b"meta"]
    if len(metas) != 1 or any(box.name == b"moov" for box in top):
        raise Intricate
    (meta,) = metas
    lists = {box.name: box for box in _boxes(content, meta.inside + 4, meta.end)}
    directory = _directory(content, lists)
    kept = _kept_items(directory, content)
    ranges = _ranges(directory, kept, lists, len(content))
    last = max([meta.end, *(end for _, end in ranges)])
    written = bytearray(len(content))
    for box in top:
        _copy_head(written, content, box, is_known=box.name in (b"ftyp", b"meta", b"mdat"))
        if box.name == b"ftyp":
            written[box.inside : box.end] = content[box.inside : box.end]
    _copy_lists(written, content, meta, directory, kept)
    for start, end in ranges:
        written[start:end] = content[start:end]
    return bytes(written[: _cut(top, last, written)])


def _cut(top: list[_Box], last: int, written: bytearray) -> int:
    """Returns where the file can end: behind the box with the last byte needed, which is shortened if it is plain."""
    box = next(box for box in top if box.start < last <= box.end)
    if box.name == b"mdat" and box.inside - box.start == 8:
        written[box.start : box.start + 4] = (last - box.start).to_bytes(4, "big")
        return last
    return box.end


def _boxes(content: bytes, start: int, end: int) -> Iterator[_Box]:
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        length, inside = int.from_bytes(content[start : start + 4], "big"), start + 8
        if length == 1:
            length, inside = int.from_bytes(content[start + 8 : start + 16], "big"), start + 16
        stop = end if length == 0 else start + length
        if stop < inside or stop > end:
            raise Intricate
        yield _Box(content[start + 4 : start + 8], start, inside, stop)
        start = stop
    raise Intricate


def _copy_head(written: bytearray, content: bytes, box: _Box, *, is_known: bool) -> None:
    """Copies a box's length and name; one that is not known becomes empty space."""
    written[box.start : box.inside] = content[box.start : box.inside]
    if not is_known:
        written[box.start + 4 : box.start + 8] = b"free"


def _copy_lists(written: bytearray, content: bytes, meta: _Box, directory: _Directory, kept: set[int]) -> None:
    """Copies what the file lists, without names, properties and kinds that tell more than how to show it."""
    written[meta.inside : meta.inside + 4] = content[meta.inside : meta.inside + 4]
    for box in _boxes(content, meta.inside + 4, meta.end):
        _copy_head(written, content, box, is_known=box.name in _LISTS | {b"hdlr"})
        if box.name == b"hdlr":
            written[box.inside : box.inside + 24] = content[box.inside : box.inside + 24]  # all but its name
        elif box.name == b"iprp":
            _copy_properties(written, content, box)
        elif box.name in _LISTS - {b"idat"}:
            written[box.inside : box.end] = content[box.inside : box.end]
    for number, (place, end) in directory.kinds.items():
        written[place + 4 : end] = bytes(end - place - 4)
        if number not in kept:
            written[place : place + 4] = b"none"


def _copy_properties(written: bytearray, content: bytes, properties: _Box) -> None:
    for box in _boxes(content, properties.inside, properties.end):
        _copy_head(written, content, box, is_known=True)
        if box.name != b"ipco":
            written[box.inside : box.end] = content[box.inside : box.end]
            continue
        for each in _boxes(content, box.inside, box.end):
            is_known = each.name in _PROPERTIES
            _copy_head(written, content, each, is_known=is_known)
            if is_known:
                written[each.inside : each.end] = content[each.inside : each.end]


def _directory(content: bytes, lists: dict[bytes, _Box]) -> _Directory:
    if not {b"pitm", b"iinf", b"iloc"} <= lists.keys():
        raise Intricate
    found = _Directory()
    main = _Numbers(content, lists[b"pitm"])
    found.main = main.next(4 if main.version else 2)
    listed = _Numbers(content, lists[b"iinf"])
    listed.next(4 if listed.version else 2)
    for box in _boxes(content, listed.at, listed.end):
        entry = _Numbers(content, box)
        if box.name != b"infe" or entry.version not in (2, 3):
            raise Intricate
        number = entry.next(4 if entry.version == 3 else 2)
        found.kinds[number] = (entry.at + 2, entry.end)
    if b"iref" in lists:
        references = _Numbers(content, lists[b"iref"])
        width = 4 if references.version else 2
        for box in _boxes(content, references.at, references.end):
            each = _Numbers(content, box, is_full=False)
            source, count = each.next(width), each.next(2)
            found.references += [(box.name, source, each.next(width)) for _ in range(count)]
    _read_places(found, _Numbers(content, lists[b"iloc"]))
    return found


class _Numbers:
    """Reads numbers of a box one after the other; its version and flags first, if it has them."""

    def __init__(self, content: bytes, box: _Box, *, is_full: bool = True) -> None:
        self.content, self.at, self.end = content, box.inside, box.end
        self.version = self.next(4) >> 24 if is_full else 0

    def next(self, width: int) -> int:
        """Returns the next number of so many bytes; 0 for none."""
        if self.at + width > self.end:
            raise Intricate
        self.at += width
        return int.from_bytes(self.content[self.at - width : self.at], "big")


def _read_places(found: _Directory, places: _Numbers) -> None:
    widths = places.next(2)
    offset, length, base, index = (widths >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if places.version == 2 else 2
    for _ in range(places.next(wide)):
        number = places.next(wide)
        method = places.next(2) & 15 if places.version else _IN_FILE
        is_elsewhere, begin = places.next(2), places.next(base)
        extents = []
        for _ in range(places.next(2)):
            places.next(index if places.version else 0)
            extents.append((method, begin + places.next(offset), places.next(length)))
        if is_elsewhere or method not in (_IN_FILE, _IN_IDAT):
            raise Intricate
        found.extents[number] = extents


def _kept_items(directory: _Directory, content: bytes) -> set[int]:
    """Returns the main picture, what it is made of, and what lies over it: transparency, depth, brightness."""
    kept, waiting = {directory.main}, [directory.main]
    while waiting:
        one = waiting.pop()
        more = {target for _, source, target in directory.references if source == one}
        for kind, source, target in directory.references:
            place, _ = directory.kinds.get(source, (0, 0))
            if target == one and (kind == b"auxl" or content[place : place + 4] == b"tmap"):
                more.add(source)
        waiting += sorted(more - kept)
        kept |= more
    return kept


def _ranges(directory: _Directory, kept: set[int], lists: dict[bytes, _Box], size: int) -> list[tuple[int, int]]:
    """Returns (start, end) of all bytes of the items that are kept."""
    found = []
    for number in kept:
        for method, start, length in directory.extents.get(number, ()):
            if method == _IN_IDAT:
                if b"idat" not in lists:
                    raise Intricate
                start += lists[b"idat"].inside
            if not length or start + length > size:  # none: up to the end of the file
                raise Intricate
            found.append((start, start + length))
    return found
