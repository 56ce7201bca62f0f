"""Reads the tags of a TIFF's first page: only those that are needed to show it, whatever the others hold."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from qtl_core.pictures.decoding.limits import DAMAGED, UnreadablePicture
from qtl_core.pictures.decoding.parts import joined

_FORMATS = {1: "B", 3: "H", 4: "I", 16: "Q"}  # of whole numbers, by the tag's type
_TAG_NAMES = {
    254: "page_kind",
    256: "width",
    257: "height",
    258: "bits",
    259: "compression",
    262: "photometric",
    266: "fill_order",
    271: "make",
    273: "strip_offsets",
    274: "orientation",
    277: "channels",
    278: "rows_per_strip",
    279: "strip_lengths",
    284: "planar",
    317: "predictor",
    320: "palette",
    322: "tile_width",
    323: "tile_height",
    324: "tile_offsets",
    325: "tile_lengths",
    330: "sub_pages",
    338: "extra",
    339: "sample_format",
    50706: "dng_version",
}
# What Pillow may need besides: fax options, inks, JPEG in a TIFF, how YCbCr is stored.
_FOR_PILLOW = {292, 293, 332, 347, *range(512, 522), *range(529, 533)} | {
    number for number, name in _TAG_NAMES.items() if name not in ("make", "sub_pages", "dng_version")
}
_MOST_ENTRIES = 4096  # tags of one page
_MOST_VALUES = 4_000_000  # of one tag: strips or tiles
_RAW_PHOTOMETRIC = (32803, 34892)  # a camera's colour filter, and linear raw


@dataclass(frozen=True)
class Tags:
    """The values of the first page by name, those of the standard where a tag is missing.

    Attributes:
        order: "<" or ">", for `struct` and NumPy.
        values: See `_TAG_NAMES`.
        is_big: Whether it is a BigTIFF.
        entries: The tags that are needed to decode it, as the file has them.
    """

    order: str
    values: dict[str, tuple[int, ...]]
    is_big: bool
    entries: tuple[bytes, ...]

    def one(self, name: str, default: int = 1) -> int:
        """Returns a tag's first value."""
        return (self.values.get(name) or (default,))[0]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as stored."""
        return self.one("width", 0), self.one("height", 0)

    @property
    def is_raw(self) -> bool:
        """True if it is a camera's raw file, whose first page is a small preview at best."""
        is_preview = self.one("page_kind", 0) & 1 and "sub_pages" in self.values and "make" in self.values
        return bool("dng_version" in self.values or self.one("photometric") in _RAW_PHOTOMETRIC or is_preview)

    def without_metadata(self, stream: BinaryIO) -> BinaryIO:
        """Returns the file with a new list of tags behind its end, which names nothing but what is needed."""
        end = stream.seek(0, 2)
        if self.is_big:
            head = struct.pack(f"{self.order}HHHQ", 43, 8, 0, end)
        else:
            head = struct.pack(f"{self.order}HI", 42, end)
        count = struct.pack(f"{self.order}{'Q' if self.is_big else 'H'}", len(self.entries))
        start = 2 + len(head)
        mark = {"<": b"II", ">": b"MM"}[self.order]
        return joined(stream, [mark + head, (start, end - start), count + b"".join(self.entries) + bytes(8)])


def tags_of(stream: BinaryIO) -> Tags:
    """Reads the first page's tags.

    Raises:
        UnreadablePicture: There are none, or they cannot be followed.
    """
    try:
        return _tags(stream)
    except struct.error as error:  # the file ends before
        raise UnreadablePicture(DAMAGED) from error


def _tags(stream: BinaryIO) -> Tags:
    stream.seek(0)
    head = stream.read(16)
    order = {b"II": "<", b"MM": ">"}[head[:2]]
    is_big = struct.unpack_from(f"{order}H", head, 2)[0] == 43
    start = struct.unpack_from(f"{order}Q", head, 8)[0] if is_big else struct.unpack_from(f"{order}I", head, 4)[0]
    count_format, entry_format = ("Q", "HHQ8s") if is_big else ("H", "HHI4s")
    stream.seek(start)
    (count,) = struct.unpack(order + count_format, stream.read(struct.calcsize(order + count_format)))
    length = struct.calcsize(order + entry_format)
    entries = stream.read(min(count, _MOST_ENTRIES) * length)
    if len(entries) < min(count, _MOST_ENTRIES) * length:
        raise UnreadablePicture(DAMAGED)
    values: dict[str, tuple[int, ...]] = {}
    needed: list[bytes] = []
    for at in range(0, len(entries) - length + 1, length):
        tag, kind, number, content = struct.unpack_from(order + entry_format, entries, at)
        if tag in _FOR_PILLOW:
            needed.append(entries[at : at + length])
        if tag in _TAG_NAMES and kind in (2, *_FORMATS, 13, 18):
            values.setdefault(_TAG_NAMES[tag], _values(stream, order, kind, number, content))
    if not {"width", "height"} <= values.keys() or not {"strip_offsets", "tile_offsets"} & values.keys():
        raise UnreadablePicture(DAMAGED)
    return Tags(order, values, is_big, tuple(needed))


def _values(stream: BinaryIO, order: str, kind: int, number: int, content: bytes) -> tuple[int, ...]:
    """The numbers of one tag, which stand in it or where it points; of a text, nothing but that it is there."""
    if kind == 2:
        return (number,)
    each = {13: "I", 18: "Q"}.get(kind) or _FORMATS[kind]  # 13, 18: places of other pages
    size = struct.calcsize(f"{order}{each}") * min(number, _MOST_VALUES)
    if size > len(content):
        stream.seek(struct.unpack(f"{order}{'Q' if len(content) == 8 else 'I'}", content)[0])
        content = stream.read(size)
    return struct.unpack(f"{order}{min(number, _MOST_VALUES)}{each}", content[:size])
