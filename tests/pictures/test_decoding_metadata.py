"""Metadata goes, and the pixels, their rotation and their colour profile stay, in every kind of picture."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pillow_heif import from_pillow, open_heif

from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.thumbnails import thumbnail
from qtl_core.pictures.decoding.limits import UnreadablePicture
from qtl_core.pictures.decoding.metadata import cleaned, without_metadata
from qtl_core.pictures.decoding.metadata.jpeg import jpeg_profile
from qtl_core.pictures.decoding.metadata.png import png_profile
from qtl_core.pictures.decoding.metadata.tiff import tiff_profile
from qtl_core.pictures.decoding.metadata.webp import webp_profile
from qtl_core.pictures.decoding.reading import opened_picture, read_picture
from tests.helpers import pictures_with_metadata as made

KEPT_AS_THEY_ARE = {
    "JPEG": made.jpeg(),
    "progressive JPEG": made.jpeg(8, progressive=True),
    "JPEG without its end mark": made.jpeg(3, behind=b"")[:-2],
    "grey JPEG": made.jpeg(1, behind=b""),
    "PNG": made.png(),
    "PNG with a palette": made.png(2, mode="P"),
    "PNG of 16 bits": made.png(1, mode="I;16"),
    "WebP": made.webp(),
    "lossless WebP": made.webp(5, lossless=True),
    "TIFF": made.tiff(),
    "TIFF, packed": made.tiff(3, compression="tiff_lzw"),
    "TIFF with JPEG inside": made.tiff(1, compression="jpeg"),
    "BigTIFF": made.tiff(6, big_tiff=True),
    "AVIF": made.avif(),
    "HEIC": made.heic(),
    "HEIC in tiles, as of an iPhone": made.heic(made.photo(640, 480), tile_size=256),
    "HEIC, seen through": made.heic(made.photo(640, 480).convert("RGBA")),
    "BMP": made.stored("BMP"),
}


def pixels(content: bytes) -> np.ndarray:
    return np.asarray(read_picture(io.BytesIO(content)))


@pytest.mark.parametrize("name", KEPT_AS_THEY_ARE)
def test_what_it_tells_goes_and_its_pixels_stay(name: str):
    content = KEPT_AS_THEY_ARE[name]
    assert name == "BMP" or any(secret in content for secret in made.SECRETS)
    found = cleaned(content)
    assert not [secret for secret in made.SECRETS if secret in found.content]
    assert np.array_equal(pixels(found.content), pixels(content))
    opened = opened_picture(io.BytesIO(content))
    assert (found.kind, found.size, found.note) == (opened.kind, opened.size, "")
    assert len(found.content) <= len(content)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", [made.jpeg, made.png, made.webp, made.tiff])
def test_a_picture_stays_upright(kind, orientation: int):
    content = kind(orientation)
    assert np.array_equal(pixels(without_metadata(content)), pixels(content))


@pytest.mark.parametrize(
    ("kind", "profile"),
    [(made.jpeg, jpeg_profile), (made.png, png_profile), (made.webp, webp_profile), (made.tiff, tiff_profile)],
)
def test_the_colour_profile_stays(kind, profile):
    assert profile(without_metadata(kind())) == made.PROFILE
    assert Image.open(io.BytesIO(without_metadata(kind()))).info["icc_profile"] == made.PROFILE


@pytest.mark.parametrize("name", KEPT_AS_THEY_ARE)
def test_a_second_time_changes_nothing(name: str):
    once = without_metadata(KEPT_AS_THEY_ARE[name])
    assert without_metadata(once) == once


def test_the_further_pictures_of_an_mpo_go():
    file = io.BytesIO()
    first, second = made.photo(), Image.new("RGB", (96, 64), "red")
    first.save(file, "MPO", save_all=True, append_images=[second], exif=made.telling())
    found = cleaned(file.getvalue())
    assert np.array_equal(pixels(found.content), pixels(file.getvalue()))
    assert found.content.count(b"\xff\xd8\xff") == 1
    assert Image.open(io.BytesIO(found.content)).format == "JPEG"


def test_a_live_photos_video_goes():
    film = struct.pack(">I", 24) + b"mpvd" + b"SecretPlace12345"
    found = cleaned(made.heic() + film)
    assert b"mpvd" not in found.content
    assert np.array_equal(pixels(found.content), pixels(made.heic()))


def test_the_further_pictures_of_an_heic_go():
    red = from_pillow(Image.new("RGB", (96, 64), "red"))
    content = made.heic(save_all=True, append_images=list(red))
    alone = len(made.heic())
    found = without_metadata(content)
    assert np.array_equal(pixels(found), pixels(content))
    assert len(content.replace(b"\0", b"")) > len(made.heic().replace(b"\0", b"")) > len(found.replace(b"\0", b""))
    assert len(found) < len(content) < 2 * alone


def test_what_lies_between_the_boxes_of_an_heic_goes():
    content = made.heic(made.photo(640, 480))
    start = content.index(b"mdat") - 4
    between = struct.pack(">I", 8 + 16) + b"uuid" + b"SecretPlace12345"
    assert not any(
        each in without_metadata(between_boxes(content, start, between)) for each in (b"SecretPlace", b"uuid")
    )


def between_boxes(content: bytes, start: int, box: bytes) -> bytes:
    """Returns a file with a box put in front of the pixels, and the places of these moved."""
    moved = content[:start] + box + content[start:]
    at = content.index(b"iloc")
    iloc = bytearray(content[at : at + int.from_bytes(content[at - 4 : at], "big") - 4])
    for place in range(len(iloc) - 4):
        value = int.from_bytes(iloc[place : place + 4], "big")
        if start < value < len(content) and value > 256:
            iloc[place : place + 4] = (value + len(box)).to_bytes(4, "big")
    moved = moved[:at] + bytes(iloc) + moved[at + len(iloc) :]
    assert open_heif(io.BytesIO(moved)).size == open_heif(io.BytesIO(content)).size
    return moved


def test_of_several_pages_the_first_is_kept_and_it_is_said():
    content = made.stored("TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    found = cleaned(content)
    assert found.note == "It has several pages, of which the first is kept."
    assert Image.open(io.BytesIO(found.content)).n_frames == 1


def test_of_an_animated_png_the_first_picture_is_kept_and_it_is_said():
    content = made.stored("PNG", save_all=True, append_images=[Image.new("RGB", (96, 64), "red")])
    found = cleaned(content)
    assert found.note == "It is an animation, of which the first picture is kept."
    assert np.array_equal(pixels(found.content), pixels(content))


@pytest.mark.parametrize(
    "content",
    [
        made.stored("GIF"),
        made.stored("AVIF", save_all=True, append_images=[Image.new("RGB", (96, 64), "red")]),
        made.stored("TIFF", compression="jpeg")[:4] + struct.pack("<I", 8),
    ],
    ids=["GIF", "AVIF sequence", "TIFF without tags"],
)
def test_what_cannot_be_rewritten_becomes_a_jpeg_and_it_is_said(content: bytes):
    try:
        found = cleaned(content)
    except UnreadablePicture:
        assert content[:2] == b"II"
        return
    assert found.kind == "JPEG"
    assert found.note == (
        "Its metadata could not be taken out as the file was, so it is kept as a JPEG of high quality."
    )
    assert np.abs(pixels(found.content).astype(int) - pixels(content)).mean() < 3


def test_strips_that_overlap_do_not_grow_a_tiff():
    content = bytearray(made.stored("TIFF"))
    tags = struct.unpack_from("<I", content, 4)[0]
    for number in range(struct.unpack_from("<H", content, tags)[0]):
        place = tags + 2 + 12 * number
        if struct.unpack_from("<H", content, place)[0] == 279:
            struct.pack_into("<I", content, place + 8, len(content) + 1)
    assert cleaned(bytes(content)).kind == "JPEG"


def test_a_picture_of_too_many_pixels_is_scaled_down_and_it_is_said():
    content = made.jpeg(6)
    found = cleaned(content, most_pixels=1536)
    assert found.note == (
        "It had 0.0 million pixels, more than the 0.0 million that are kept: it is kept as a JPEG of 32 x 48."
    )
    assert read_picture(io.BytesIO(found.content)).size == found.size == (32, 48)
    assert jpeg_profile(found.content) == made.PROFILE


@pytest.mark.parametrize("kind", [made.avif, made.heic])
def test_a_scaled_picture_keeps_its_profile_where_it_has_one(kind):
    found = cleaned(kind(), most_pixels=1536)
    assert found.kind == "JPEG"
    assert jpeg_profile(found.content) == (made.PROFILE if kind is made.avif else b"")


def test_a_file_of_too_many_bytes_is_made_smaller_and_it_is_said():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (700, 900, 3), dtype=np.uint8))
    found = cleaned(made.stored("PNG", noise), most_bytes=300_000)
    assert found.kind == "JPEG"
    assert found.note.startswith("It took 1.8 MB, more than the 0.3 that are kept: it is kept as a JPEG of ")
    assert len(found.content) <= 300_000
    assert read_picture(io.BytesIO(found.content)).size == found.size


def test_what_is_no_picture_is_refused():
    with pytest.raises(UnreadablePicture, match="It is a PDF document"):
        without_metadata(b"%PDF-1.7\n")


SOME = [made.jpeg(), made.png(), made.webp(), made.tiff(), made.avif(), made.heic()]


@given(st.sampled_from(SOME), st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_whatever_stands_in_a_header_no_reader_breaks(content: bytes, place: int, written: bytes):
    changed = content[:place] + written + content[place + len(written) :]
    try:
        found = cleaned(changed)
    except UnreadablePicture as error:
        assert str(error)
    else:
        assert opened_picture(io.BytesIO(found.content)).size == found.size


SECRET = b"GPSSECRET48.1"


def with_segment(marker: int, content: bytes) -> bytes:
    plain = made.stored("JPEG")
    return plain[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + plain[2:]


def with_chunk(name: bytes, part: bytes) -> bytes:
    plain = made.stored("PNG")
    chunk = struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))
    return plain[:33] + chunk + plain[33:]


def bmp_with(before: bytes, behind: bytes) -> bytes:
    plain = made.stored("BMP")
    start = struct.unpack_from("<I", plain, 10)[0]
    return plain[:10] + struct.pack("<I", start + len(before)) + plain[14:start] + before + plain[start:] + behind


HIDDEN = {
    "JPEG, a reserved marker": with_segment(0xF0, SECRET),
    "JPEG, a marker that there is not": with_segment(0x02, SECRET),
    "JPEG, no profile": with_segment(0xE2, b"ICC_PROFILE\0\1\1" + SECRET),
    "JPEG, behind a missing end mark": made.stored("JPEG")[:-2] + SECRET,
    "PNG, no profile": with_chunk(b"iCCP", SECRET + b"\0" + zlib.compress(SECRET)),
    "PNG, a long gamma": with_chunk(b"gAMA", SECRET * 4),
    "BMP, before its pixels": bmp_with(SECRET + b"...", b""),
    "BMP, behind its pixels": bmp_with(b"", SECRET),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_what_hides_where_nobody_looks_goes_and_there_is_a_thumbnail(name: str):
    record = create("hidden", ["one", "two"])
    added = add_picture(record.id, record.classes[0].id, HIDDEN[name], "a.x").picture
    assert added is not None
    content = added.path.read_bytes()
    assert not [secret for secret in (SECRET, *made.SECRETS) if secret in content]
    assert thumbnail(record.id, added.sha256)
    assert np.abs(pixels(content).astype(int) - pixels(HIDDEN[name])).mean() < 3


def test_two_pictures_without_an_end_mark_between_them_are_refused():
    with pytest.raises(UnreadablePicture, match="damaged"):
        cleaned(made.stored("JPEG")[:-2] + made.jpeg(6))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_a_bmp_stays_as_it_is(mode: str):
    plain = made.stored("BMP", made.photo().convert(mode))
    found = cleaned(bmp_with(b"", b"") if mode == "RGB" else plain)
    assert (found.kind, found.note) == ("BMP", "")
    assert np.array_equal(pixels(found.content), pixels(plain))
