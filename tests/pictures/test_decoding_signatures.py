"""What a file is, is told by its signature: another kind is named, and damage is only said of a kind that is read."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from qtl_core.pictures.decoding.limits import DAMAGED, UnreadablePicture
from qtl_core.pictures.decoding.reading import read_picture
from qtl_core.pictures.decoding.signatures import kind_of

READ = ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "AVIF"]
NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8))


def stored(kind: str, image: Image.Image = NOISE, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def why_not(data: bytes) -> str:
    with pytest.raises(UnreadablePicture) as caught:
        read_picture(io.BytesIO(data))
    return str(caught.value)


def box(brand: bytes, *more: bytes) -> bytes:
    content = b"ftyp" + brand + bytes(4) + b"".join(more)
    return (len(content) + 4).to_bytes(4, "big") + content + bytes(200)


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.jpg", stored("JPEG"))
    return file.getvalue()


OTHERS = {
    "HEIC with nothing in it": (box(b"heic", b"mif1", b"heic"), "It is damaged or cut short."),
    "HEIF by its second brand": (box(b"mif1", b"mif1", b"heic"), "It is damaged or cut short."),
    "CR3": (box(b"crx ", b"crx ", b"isom"), "It is a camera's raw file (CR3)"),
    "MP4": (box(b"isom", b"iso2", b"avc1", b"mp41"), "It is a video"),
    "QuickTime": (box(b"qt  "), "It is a video"),
    "AVI": (b"RIFF\0\1\0\0AVI LIST", "It is a video"),
    "Matroska": (b"\x1aE\xdf\xa3" + bytes(40), "It is a video"),
    "WAV": (b"RIFF\0\1\0\0WAVEfmt ", "It is sound"),
    "JPEG XL": (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(40), "It is a JPEG XL picture"),
    "JPEG XL, bare": (b"\xff\x0a" + bytes(40), "It is a JPEG XL picture"),
    "JPEG 2000": (stored("JPEG2000"), "It is a JPEG 2000 picture"),
    "JPEG 2000, bare": (b"\xff\x4f\xff\x51" + bytes(40), "It is a JPEG 2000 picture"),
    "Photoshop": (b"8BPS\0\1" + bytes(40), "It is a Photoshop document"),
    "icon": (stored("ICO"), "It is an icon"),
    "TGA": (stored("TGA"), "It is a Targa picture"),
    "CUR": (b"\0\0\2\0\1\0\x20\x20\0\0" + bytes(40), "It is a mouse pointer"),
    "ICNS": (b"icns" + bytes(40), "It is an icon"),
    "DDS": (stored("DDS"), "It is a texture"),
    "Netpbm": (stored("PPM"), "It is a Netpbm picture"),
    "QOI": (b"qoif" + bytes(40), "It is a QOI picture"),
    "CR2": (b"II*\0\x10\0\0\0CR\2\0" + bytes(400), "It is a camera's raw file (CR2"),
    "RAF": (b"FUJIFILMCCD-RAW 0201" + bytes(40), "It is a camera's raw file (RAF)"),
    "ORF": (b"IIRO\x08\0\0\0" + bytes(40), "It is a camera's raw file (ORF)"),
    "RW2": (b"IIU\0\x18\0\0\0" + bytes(40), "It is a camera's raw file (RW2)"),
    "DICOM": (bytes(128) + b"DICM" + bytes(40), "It is a DICOM picture"),
    "PDF": (b"%PDF-1.7\n", "It is a PDF document"),
    "PostScript": (b"%!PS-Adobe-3.0 EPSF-3.0\n", "It is not a picture of a kind read here but PostScript"),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "It is a drawing (SVG)"),
    "SVG with a head": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- by hand -->\n<svg/>', "It is a drawing (SVG)"),
    "web page": (b"\xef\xbb\xbf\n<!DOCTYPE html><html>", "It is a web page, not a picture."),
    "zip": (zipped(), "It is a zip archive"),
    "gzip": (b"\x1f\x8b\x08" + bytes(40), "It is a gzip archive"),
    "7z": (b"7z\xbc\xaf\x27\x1c", "It is a 7z archive"),
    "AppleDouble": (b"\0\x05\x16\x07\0\2\0\0Mac OS X", "It is a companion file that macOS writes"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\n", "It is a pointer of Git LFS"),
    "NumPy": (b"\x93NUMPY\1\0", "It is an array of NumPy"),
    "zeros": (bytes(5000), "It holds nothing but zeros"),
    "a PNG as text": (stored("PNG").decode("latin-1").encode("utf-8"), "It was copied as if it were text"),
    "a JPEG as text": (stored("JPEG").decode("utf-8", "replace").encode(), "It was copied as if it were text"),
    "words": (b"BM is how a bitmap begins, and this is none.", "It is not a picture of a kind read here (JPEG"),
    "an end of a number": (b"II", "It is not a picture of a kind read here (JPEG"),
}


@pytest.mark.parametrize(("data", "reason"), OTHERS.values(), ids=OTHERS)
def test_another_kind_is_named(data, reason):
    assert why_not(data).startswith(reason)


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("kept", [16, 40, 100])
def test_damage_is_said_of_a_kind_that_is_read(kind, kept):
    assert why_not(stored(kind)[:kept]) == DAMAGED


@pytest.mark.parametrize("kind", READ)
@given(data=st.data())
def test_changed_bytes_are_read_or_refused_in_words(kind, data):
    file = bytearray(stored(kind))
    for _ in range(data.draw(st.integers(1, 5))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert read_picture(io.BytesIO(bytes(file))).mode == "RGB"
    except UnreadablePicture as error:
        assert str(error).startswith(("It ", "There is not enough"))


@given(st.binary(max_size=64))
def test_anything_is_refused_in_one_sentence(data):
    if not kind_of(data):
        assert why_not(data).endswith(".")


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "GIF", "BMP", "PNG", "TIFF"])
@pytest.mark.parametrize("metadata", [{"icc_profile": b"no profile"}, {"xmp": b"<broken \xff\xfe"}, {}])
def test_broken_metadata_and_bytes_behind_the_end_do_not_matter(kind, metadata):
    plain = np.asarray(Image.open(io.BytesIO(stored(kind))).convert("RGB"))
    found = read_picture(io.BytesIO(stored(kind, **metadata) + b"a note of the camera's maker" * 500))
    assert np.array_equal(np.asarray(found), plain)


@pytest.mark.parametrize("broken", [b"XX", b"MM\0*\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff", bytes(20)])
def test_a_broken_exif_does_not_cost_an_avif(broken):
    exif = b"MM\0*\0\0\0\x08\0\1\1\x0e\0\2\0\0\0\4abc\0\0\0\0\0"
    data = stored("AVIF", exif=b"Exif\0\0" + exif)
    assert exif in data
    found = read_picture(io.BytesIO(data.replace(exif, broken + exif[len(broken) :])))
    assert np.array_equal(np.asarray(found), np.asarray(Image.open(io.BytesIO(stored("AVIF")))))


def test_an_avif_is_turned_by_its_own_rotation():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert read_picture(io.BytesIO(stored("AVIF", exif=exif))).size == (48, 64)


def test_a_webp_cut_in_its_metadata_is_read():
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0"
    data = stored("WEBP", lossless=True, exif=exif)
    assert np.array_equal(np.asarray(read_picture(io.BytesIO(data))), np.rot90(np.asarray(NOISE), -1))
    assert np.array_equal(np.asarray(read_picture(io.BytesIO(data[:-30]))), np.asarray(NOISE))
