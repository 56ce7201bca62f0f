"""JPEGs: metadata costs nobody a picture, one without its end mark is read, a huge one in reduced form."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qtl_core.pictures.decoding import jpeg
from qtl_core.pictures.decoding.limits import UnreadablePicture
from qtl_core.pictures.decoding.reading import opened_picture, read_picture
from qtl_core.pictures.features.transforms import centre_view
from qtl_core.settings.backbones import BACKBONES


def photo(width: int = 120, height: int = 88) -> Image.Image:
    """Soft noise: no stretch of it is like another, and it loses little as a JPEG."""
    coarse = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def stored(image: Image.Image, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


KINDS = {
    f"{mode}, {'progressive' if progressive else 'baseline'}, subsampling {subsampling}": stored(
        photo().convert(mode), progressive=progressive, subsampling=subsampling, quality=90
    )
    for mode in ("RGB", "L", "CMYK")
    for progressive in (False, True)
    for subsampling in (0, 2)
}
every_kind = pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)


def read(data: bytes) -> np.ndarray:
    return np.asarray(read_picture(io.BytesIO(data)))


def by_pillow(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def segment(marker: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


@every_kind
def test_a_file_that_lacks_only_its_end_mark_is_read(data):
    assert data.endswith(b"\xff\xd9")
    for cut in (1, 2):
        assert np.array_equal(read(data[:-cut]), by_pillow(data))


@every_kind
@pytest.mark.parametrize("cut", [10, 30, 100, 1000])
def test_a_file_that_lacks_pixels_is_damaged(data, cut):
    with pytest.raises(UnreadablePicture, match="damaged or cut short"):
        read(data[:-cut])


def test_a_progressive_file_cut_between_two_scans_is_damaged():
    data = KINDS["RGB, progressive, subsampling 0"]
    starts = [place for place in range(len(data)) if data[place : place + 2] == b"\xff\xda"]
    assert len(starts) > 5
    for start in starts[1:]:
        with pytest.raises(UnreadablePicture, match="damaged or cut short"):
            read(data[:start])


@given(
    data=st.sampled_from(list(KINDS.values())),
    marker=st.sampled_from([*range(0xE0, 0xF0), 0xFE]),
    begin=st.sampled_from(
        [
            b"Exif\0\0",
            b"JFIF\0",
            b"JFXX\0",
            b"ICC_PROFILE\0",
            b"http://ns.adobe.com/xap/1.0/\0",
            b"MPF\0",
            b"Photoshop 3.0\x008BIM",
            b"",
        ]
    ),
    content=st.binary(max_size=40),
)
def test_damaged_metadata_does_not_matter(data, marker, begin, content):
    broken = data[:2] + segment(marker, begin + content) + data[2:]
    if data is KINDS["RGB, baseline, subsampling 0"] or marker not in (0xE0, 0xEE):
        assert read(broken).size == by_pillow(data).size  # its rotation may be turned by chance


def test_metadata_of_any_size_does_not_matter():
    data = KINDS["RGB, baseline, subsampling 2"]
    huge = b"".join(segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65000)) for _ in range(200))
    assert np.array_equal(read(data[:2] + huge + segment(0xFE, bytes(60_000)) + data[2:]), by_pillow(data))


def test_bytes_behind_the_end_do_not_matter():
    data = KINDS["RGB, baseline, subsampling 2"]
    assert np.array_equal(read(data + b"a film of three seconds" * 10_000), by_pillow(data))


def test_a_file_of_nothing_but_metadata_is_damaged():
    with pytest.raises(UnreadablePicture, match="damaged or cut short"):
        read(b"\xff\xd8" + segment(0xE1, bytes(100)) * 3)


@pytest.mark.parametrize(("marker", "bits"), [(0xC3, 8), (0xC1, 12), (0xF7, 8), (0xC5, 8)])
def test_kinds_for_medicine_and_archives_are_named(marker, bits):
    frame = struct.pack(">BHHB", bits, 8, 8, 1) + b"\1\x11\0"
    with pytest.raises(UnreadablePicture, match="medicine and archives"):
        read(b"\xff\xd8" + segment(marker, frame) + segment(0xDA, b"\1\1\0\0\x3f\0"))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_huge_one_is_read_in_reduced_form_and_looks_the_same(progressive, monkeypatch):
    """The bound is lowered instead of the picture made huge."""
    image = photo(96, 72).resize((1203, 907), Image.Resampling.BICUBIC)  # as soft as a telephone's 108 megapixels
    data = stored(image, progressive=progressive, quality=92)
    whole = read(data)
    for fits in (2, 4, 8):
        monkeypatch.setattr(jpeg, "MAX_PIXELS", 1203 * 907 // fits**2 + 1)
        reduced = read_picture(io.BytesIO(data))
        assert reduced.size == (-(-1203 // fits), -(-907 // fits))
    monkeypatch.setattr(jpeg, "MAX_PIXELS", 1203 * 907 // 2)
    spec = BACKBONES["resnet18"].transform
    views = [
        centre_view(picture, spec).astype(int) for picture in (Image.fromarray(whole), read_picture(io.BytesIO(data)))
    ]
    assert np.abs(views[0] - views[1]).mean() < 1 and np.abs(views[0] - views[1]).max() <= 12


def claiming(width: int, height: int, frame: int, sampling: tuple[int, ...]) -> io.BytesIO:
    """The header of a JPEG of this size."""
    channels = b"".join(bytes([number + 1, factors, 0]) for number, factors in enumerate(sampling))
    head = segment(frame, struct.pack(">BHHB", 8, height, width, len(sampling)) + channels)
    scan = bytes([len(sampling)]) + b"".join(bytes([number + 1, 0]) for number in range(len(sampling))) + b"\0\x3f\0"
    return io.BytesIO(b"\xff\xd8" + head + segment(0xDA, scan))


BASELINE, PROGRESSIVE = 0xC0, 0xC2
SUBSAMPLED, FULL = (0x22, 0x11, 0x11), (0x11, 0x11, 0x11)


@pytest.mark.parametrize(
    ("width", "height", "frame", "sampling", "reason"),
    [
        (12_000, 9_000, BASELINE, FULL, ""),
        (16_320, 12_240, BASELINE, SUBSAMPLED, ""),
        (12_000, 9_000, PROGRESSIVE, SUBSAMPLED, ""),
        (8_000, 8_000, PROGRESSIVE, FULL, ""),
        (12_000, 9_000, PROGRESSIVE, FULL, "It is a progressive JPEG of 12000 x 9000 pixels"),
        (16_320, 12_240, PROGRESSIVE, SUBSAMPLED, "It is a progressive JPEG"),
        (16_001, 16_000, BASELINE, FULL, "It has 16001 x 16000 pixels; up to 256 million"),
    ],
)
def test_what_is_too_large_is_said_by_the_header_alone(width, height, frame, sampling, reason):
    if not reason:
        assert opened_picture(claiming(width, height, frame, sampling)).size == (width, height)
        return
    with pytest.raises(UnreadablePicture, match=reason):
        opened_picture(claiming(width, height, frame, sampling))
