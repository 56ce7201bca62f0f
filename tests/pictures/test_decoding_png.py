"""PNGs: nothing that does not make the picture can cost it; transparency and 16 bits are as in the twin of 8 bits."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qtl_core.pictures.decoding.limits import UnreadablePicture
from qtl_core.pictures.decoding.reading import read_picture
from tests.helpers.made_pngs import GREY, GREY_ALPHA, RGB, RGB_ALPHA, chunk, png

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
UNNEEDED = [
    b"tEXt",
    b"zTXt",
    b"iTXt",
    b"iCCP",
    b"gAMA",
    b"cHRM",
    b"sRGB",
    b"sBIT",
    b"bKGD",
    b"hIST",
    b"pHYs",
    b"sPLT",
    b"tIME",
    b"eXIf",
    b"acTL",
    b"fcTL",
    b"cICP",
    b"mDCV",
    b"caBX",
    b"vpAg",
]


def read(data: bytes) -> np.ndarray:
    return np.asarray(read_picture(io.BytesIO(data))).astype(int)


@given(
    name=st.sampled_from(UNNEEDED),
    content=st.binary(max_size=60),
    is_whole=st.booleans(),
    behind=st.booleans(),
    colour=st.sampled_from([(8, RGB, 1), (16, RGB, 257)]),
)
def test_no_part_that_is_not_needed_matters(name, content, is_whole, behind, colour):
    part = chunk(name, content, is_whole=is_whole)
    bits, kind, factor = colour
    data = png(PIXELS.astype(int) * factor, bits, kind, *((b"", part) if behind else (part, b"")))
    assert np.array_equal(read(data), PIXELS)


def test_text_and_profiles_of_any_size():
    """Pillow's limits are 1 MB a text and profile, and 64 MB of text in all."""
    text = chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(3 << 20)))
    profile = chunk(b"iCCP", b"p\0\0" + zlib.compress(bytes(2 << 20)))
    assert np.array_equal(read(png(PIXELS, 8, RGB, profile + 30 * text, text)), PIXELS)


@pytest.mark.parametrize("behind", [False, True])
def test_the_rotation_is_read_before_and_behind_the_pixels(behind):
    exif = chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")
    data = png(PIXELS, 8, RGB, *((b"", exif) if behind else (exif, b"")))
    assert np.array_equal(read(data), np.rot90(PIXELS, -1))


def test_a_file_whose_pixels_are_all_there_needs_no_end():
    whole = png(PIXELS, 8, RGB, end=False)
    for cut in (0, 4, 8):  # the checksum of the last part, and that of the packed pixels
        assert np.array_equal(read(whole[: len(whole) - cut]), PIXELS)
    with pytest.raises(UnreadablePicture, match="damaged or cut short"):
        read(whole[:-40])


@pytest.mark.parametrize("name", [b"IHDR", b"PLTE"])
def test_a_needed_part_must_be_whole(name):
    drawing = Image.fromarray(PIXELS).quantize(8)
    file = io.BytesIO()
    drawing.save(file, "PNG")
    data = bytearray(file.getvalue())
    data[data.index(name) + 5] ^= 1
    with pytest.raises(UnreadablePicture, match="damaged or cut short"):
        read(bytes(data))


@given(bits=st.sampled_from([1, 2, 4, 8, 16]), share=st.floats(0, 1))
def test_a_transparent_grey_is_white_at_every_depth(bits, share):
    most = 2**bits - 1
    samples = np.random.default_rng(bits).integers(0, most + 1, (12, 16, 1))
    seen_through = round(share * most)
    samples[3:9, 3:9] = seen_through
    wanted = np.round(samples / most * 255)
    wanted[samples == seen_through] = 255
    found = read(png(samples, bits, GREY, chunk(b"tRNS", struct.pack(">H", seen_through))))
    assert np.abs(found - wanted).max() <= 1


@pytest.mark.parametrize(("bits", "factor"), [(8, 1), (16, 257)])
def test_a_transparent_colour_is_white_and_its_neighbour_is_not(bits, factor):
    samples = PIXELS.astype(int) * factor
    samples[:8, :8] = np.array((3, 4, 5)) * factor
    samples[0, 0, 0] += 1  # with 16 bits: the same colour once it is cut to 8
    wanted = samples // factor
    wanted[:8, :8] = 255
    wanted[0, 0] = (4 if bits == 8 else 3, 4, 5)
    mark = chunk(b"tRNS", struct.pack(">HHH", *(value * factor for value in (3, 4, 5))))
    assert np.abs(read(png(samples, bits, RGB, mark)) - wanted).max() <= 1


def test_a_transparent_colour_with_a_wrong_checksum_is_none():
    mark = chunk(b"tRNS", struct.pack(">HHH", *map(int, PIXELS[0, 0])), is_whole=False)
    assert np.array_equal(read(png(PIXELS, 8, RGB, mark)), PIXELS)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize(("colour", "channels"), [(GREY, 1), (RGB, 3), (GREY_ALPHA, 2), (RGB_ALPHA, 4)])
@pytest.mark.parametrize("length", [0, 1, 3, 5, 7, 8, 300])
def test_a_transparent_colour_of_no_fitting_length_is_none(bits, colour, channels, length):
    samples = np.random.default_rng(length).integers(1, 2**bits, (6, 8, channels))
    samples[0, 0] = 2**bits - 1
    mark = chunk(b"tRNS", bytes(length))
    assert np.array_equal(read(png(samples, bits, colour, mark)), read(png(samples, bits, colour)))


def test_a_palette_may_have_fewer_transparent_entries_and_no_more():
    drawing = Image.fromarray(PIXELS).quantize(8)
    few, many = (saved_with_transparency(drawing, bytes(length)) for length in (1, 200))
    assert (read(few) != read(saved_with_transparency(drawing, b""))).any()
    assert np.array_equal(read(many), read(saved_with_transparency(drawing, b"")))


def saved_with_transparency(drawing: Image.Image, transparent: bytes) -> bytes:
    """A PNG of eight colours with this part behind its palette."""
    file = io.BytesIO()
    drawing.save(file, "PNG")
    begin, mark, rest = file.getvalue().partition(b"IDAT")
    return begin[:-4] + (chunk(b"tRNS", transparent) if transparent else b"") + begin[-4:] + mark + rest


@pytest.mark.parametrize(("colour", "channels"), [(GREY, 1), (RGB, 3), (GREY_ALPHA, 2), (RGB_ALPHA, 4)])
def test_sixteen_bits_are_as_eight(colour, channels):
    samples = np.random.default_rng(channels).integers(0, 256, (24, 32, channels))
    assert np.abs(read(png(samples * 257, 16, colour)) - read(png(samples, 8, colour))).max() <= 1


@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
@pytest.mark.parametrize(("colour", "channels"), [(GREY, 1), (RGB, 3)])
def test_fewer_bits_in_sixteen(bits, colour, channels):
    samples = np.random.default_rng(bits).integers(0, 256, (24, 32, channels))
    stored = np.round(samples / 255 * (2**bits - 1)).astype(int)
    assert np.abs(read(png(stored, 16, colour)) - samples).max() <= 1


def test_a_dark_picture_widened_to_sixteen_bits_stays_dark():
    samples = np.random.default_rng(0).integers(0, 12, (24, 32, 3))
    assert np.array_equal(read(png(samples * 257, 16, RGB)), samples)
