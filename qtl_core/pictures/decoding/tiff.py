"""TIFF: by Pillow where it has 8 bits a sample, by its own samples where it has more, is signed, or would be misread.

Grey (black or white is zero) and RGB with any further channels; 8 to 64 bits, whole numbers, signed or fractions;
strips or tiles, channels side by side or in planes, either byte order. Pillow unpacks LZW and the like: a strip is
given to it as a TIFF of plain bytes.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from PIL import Image, TiffImagePlugin

from qtl_core.pictures.decoding.deep_samples import BAND, Samples, shown
from qtl_core.pictures.decoding.limits import DAMAGED, MAX_PIXELS, OpenedPicture, UnreadablePicture
from qtl_core.pictures.decoding.orientation import in_rgb, turned
from qtl_core.pictures.decoding.tiff_tags import Tags, tags_of

_NONE, _LZW, _DEFLATE, _PACKED_BITS, _LZMA, _ZSTD = 1, 5, (8, 32946), 32773, 34925, 50000
_BY_PILLOW = (_LZW, _PACKED_BITS, _LZMA, _ZSTD)
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2  # photometric
_WHOLE, _SIGNED, _FRACTION = 1, 2, 3  # sample format
_DIFFERENCES, _FRACTION_DIFFERENCES = 2, 3  # predictor
_LARGEST_BLOCK = 4 * MAX_PIXELS  # bytes of a strip or tile, unpacked
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def can_be_sampled(tags: Tags) -> bool:
    """Returns whether `samples_of` reads this kind of TIFF."""
    bits, kinds = set(tags.values.get("bits", (1,))), set(tags.values.get("sample_format", (1,)))
    if len(bits) != 1 or len(kinds) != 1:
        return False
    (each,), (kind,) = bits, kinds
    return (
        tags.one("photometric", 0) in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB)
        and tags.one("channels") >= _colours(tags)
        and tags.one("compression") in (_NONE, *_DEFLATE, *_BY_PILLOW)
        and (
            (kind in (_WHOLE, _SIGNED) and each in (8, 16, 32, 64))
            or (kind == _WHOLE and 8 < each < 32 and tags.one("predictor") == 1)
            or (kind == _FRACTION and each in (16, 32, 64))
        )
    )


def samples_of(stream: BinaryIO, tags: Tags) -> Samples:
    """Returns the samples of the first page, which are read when their bands are."""
    extra, colours = tags.values.get("extra", ()), _colours(tags)
    channels, bits = tags.one("channels"), tags.one("bits")
    alpha = {1: "premultiplied", 2: "straight"}.get(extra[0] if extra else 0, "")
    if not extra and channels == 4 and colours == 3:
        alpha = "straight"  # as Pillow takes it
    layout = _Layout(stream, tags)
    return Samples(
        tags.size,
        layout.bands,
        colours,
        alpha=alpha if channels > colours else "",
        is_inverted=tags.one("photometric", 0) == _WHITE_IS_ZERO,
        most=2**bits - 1 if bits not in (8, 16, 32, 64) else 0,
    )


def _colours(tags: Tags) -> int:
    return 3 if tags.one("photometric", 0) == _RGB else 1


@dataclass(frozen=True)
class _Layout:
    """The layout of samples in the file: blocks (strips or tiles) row by row, of one plane after the other."""

    stream: BinaryIO
    tags: Tags

    def bands(self) -> Iterator[np.ndarray]:
        """Yields the rows in bands, (rows, width, channels)."""
        width, height = self.tags.size
        block_height = min(self._block[1], height)
        for row, top in enumerate(range(0, height, block_height)):
            rows = min(block_height, height - top)
            step = max(1, BAND // width) if self._may_be_cut else rows
            for begin in range(0, rows, step):
                count = min(step, rows - begin)
                planes = [self._across(plane, row, begin, count) for plane in range(self._planes)]
                yield planes[0] if len(planes) == 1 else np.concatenate(planes, axis=2)

    def _across(self, plane: int, row: int, begin: int, rows: int) -> np.ndarray:
        """Rows of all the blocks beside each other: (rows, width, channels of a plane)."""
        width, height = self.tags.size
        block_width, block_height = self._block
        columns, lines = -(-width // block_width), -(-height // min(block_height, height))
        first = (plane * lines + row) * columns
        blocks = [self._rows_of(first + column, begin, rows) for column in range(columns)]
        return (blocks[0] if columns == 1 else np.concatenate(blocks, axis=1))[:, :width]

    @property
    def _is_tiled(self) -> bool:
        return "tile_offsets" in self.tags.values

    @property
    def _block(self) -> tuple[int, int]:
        """Width and height of a strip or tile."""
        if self._is_tiled:
            return self.tags.one("tile_width", 0), self.tags.one("tile_height", 0)
        width, height = self.tags.size
        return width, self.tags.one("rows_per_strip", height) or height

    @property
    def _planes(self) -> int:
        return self.tags.one("channels") if self.tags.one("planar") == 2 else 1

    @property
    def _row_bytes(self) -> int:
        channels = 1 if self._planes > 1 else self.tags.one("channels")
        return -(-self._block[0] * channels * self.tags.one("bits") // 8)

    @property
    def _may_be_cut(self) -> bool:
        """True if a part of a block's rows can be read alone: one plain strip often holds the whole picture."""
        return self.tags.one("compression") == _NONE

    def _rows_of(self, number: int, begin: int, rows: int) -> np.ndarray:
        kind = "tile" if self._is_tiled else "strip"
        offset = self.tags.values[f"{kind}_offsets"][number]
        length = self._row_bytes * rows
        if length > _LARGEST_BLOCK:
            raise UnreadablePicture(
                "It is packed in one piece that takes more memory than is used here; save it in strips."
            )
        self.stream.seek(offset + (begin * self._row_bytes if self._may_be_cut else 0))
        packed = self.stream.read(length if self._may_be_cut else self.tags.values[f"{kind}_lengths"][number])
        if self.tags.one("fill_order") == 2:
            packed = packed.translate(_REVERSED)
        plain = _unpacked(packed, self.tags.one("compression"), self._row_bytes, rows)
        if len(plain) < length:
            raise UnreadablePicture(DAMAGED)
        return _as_samples(np.frombuffer(plain, np.uint8, length).reshape(rows, -1), self.tags, self._planes)


def _unpacked(packed: bytes, compression: int, row_bytes: int, rows: int) -> bytes:
    if compression == _NONE:
        return packed
    if compression in _DEFLATE:
        return zlib.decompressobj().decompress(packed, row_bytes * rows)
    image = TiffImagePlugin.TiffImageFile(io.BytesIO(_as_tiff(packed, compression, row_bytes, rows)))
    image.load()
    return image.tobytes()


def _as_tiff(packed: bytes, compression: int, width: int, height: int) -> bytes:
    """A packed strip as a TIFF of its own: grey, a byte a pixel."""
    tags = {
        256: width,
        257: height,
        258: 8,
        259: compression,
        262: _BLACK_IS_ZERO,
        273: 0,
        277: 1,
        278: height,
        279: len(packed),
    }
    tags[273] = 8 + 2 + 12 * len(tags) + 4
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags.items())
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4) + packed


def _as_samples(plain: np.ndarray, tags: Tags, planes: int) -> np.ndarray:
    """Bytes, (rows, bytes of a row), as samples, (rows, columns, channels)."""
    channels = 1 if planes > 1 else tags.one("channels")
    bits, predictor = tags.one("bits"), tags.one("predictor")
    if bits not in (8, 16, 32, 64):
        return _joined_bits(plain, bits)[:, : plain.shape[1] * 8 // bits // channels * channels].reshape(
            len(plain), -1, channels
        )
    if predictor == _FRACTION_DIFFERENCES:
        return _from_planes_of_bytes(plain, channels, bits // 8).reshape(len(plain), -1, channels)
    code = {_WHOLE: "u", _SIGNED: "i", _FRACTION: "f"}[tags.one("sample_format")]
    samples = plain.view(f"{tags.order}{'u' if predictor == _DIFFERENCES else code}{bits // 8}")
    samples = samples.astype(samples.dtype.newbyteorder("=")).reshape(len(plain), -1, channels)
    if predictor == _DIFFERENCES:
        samples = samples.cumsum(axis=1, dtype=samples.dtype).view(f"{code}{bits // 8}")
    return samples


def _joined_bits(plain: np.ndarray, bits: int) -> np.ndarray:
    """Samples of 9 to 31 bits that follow each other without a gap."""
    single = np.unpackbits(plain, axis=1)
    count = single.shape[1] // bits
    places = single[:, : count * bits].reshape(len(plain), count, bits)
    values = np.zeros((len(plain), count), np.uint16 if bits < 16 else np.uint32)
    for place in range(bits):
        values = values << 1 | places[:, :, place]
    return values


def _from_planes_of_bytes(plain: np.ndarray, channels: int, size: int) -> np.ndarray:
    """Undoes the predictor for fractions: differences of bytes, all first bytes of a row before all second ones."""
    rows = plain.reshape(len(plain), -1, channels).cumsum(axis=1, dtype=np.uint8).reshape(len(plain), size, -1)
    big_endian = np.ascontiguousarray(rows.transpose(0, 2, 1)).reshape(len(plain), -1)
    return big_endian.view(f">f{size}").astype(f"f{size}")


def open_tiff(stream: BinaryIO) -> OpenedPicture:
    """Reads the tags of a TIFF's first page."""
    tags = tags_of(stream)
    if tags.is_raw:
        raise UnreadablePicture(
            "It is a camera's raw file (DNG, NEF, ARW or the like), which is not read here; save it as JPEG or PNG."
        )
    return OpenedPicture("TIFF", tags.size, lambda: _decode_tiff(stream, tags))


def _decode_tiff(stream: BinaryIO, tags: Tags) -> Image.Image:
    is_deep = max(tags.values.get("bits", (1,))) > 8 or tags.one("sample_format") != 1
    if is_deep and can_be_sampled(tags):
        return turned(shown(samples_of(stream, tags)), tags.one("orientation"))
    try:
        image = TiffImagePlugin.TiffImageFile(tags.without_metadata(stream))
    except (SyntaxError, KeyError, OSError) as error:  # no entry for it in Pillow's tables
        if can_be_sampled(tags):
            return turned(shown(samples_of(stream, tags)), tags.one("orientation"))
        raise UnreadablePicture(_rare(tags)) from error
    image.load()  # turns it upright, too
    if image.mode == "P" and max(tags.values.get("palette", (256,))) < 256:  # some writers put 8 bits where 16 belong
        image.putpalette(_interleaved(tags.values["palette"]))
    return in_rgb(image)


def _interleaved(palette: tuple[int, ...]) -> list[int]:
    """All red, then all green, then all blue values as red, green, blue of every colour."""
    count = len(palette) // 3
    return [palette[channel * count + number] for number in range(count) for channel in range(3)]


def _rare(tags: Tags) -> str:
    bits = "/".join(map(str, tags.values.get("bits", (1,))[:4]))
    return (
        f"It is a TIFF of a rare kind ({bits} bits a sample, colours of type {tags.one('photometric', 0)}, compression"
        f" {tags.one('compression')}), which is not read here; save it as PNG or JPEG."
    )
