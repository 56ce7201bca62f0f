"""HEIC is read by its signature, whatever it is called, and its size is looked at before its pixels."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest
from PIL import Image

from qtl_core.pictures.decoding.limits import DAMAGED, UnreadablePicture
from qtl_core.pictures.decoding.open_picture import check_picture, open_picture
from qtl_core.pictures.decoding.reading import opened_picture, read_picture
from tests.helpers import pictures_with_metadata as made


def test_it_looks_like_the_picture_it_was_made_of():
    image = read_picture(io.BytesIO(made.heic()))
    assert image.mode == "RGB"
    assert np.abs(np.asarray(image).astype(int) - np.asarray(made.photo())).mean() < 6


@pytest.mark.parametrize("name", ["IMG_1.HEIC", "IMG_1.jpg", "IMG_1", "IMG_1.bin"])
def test_its_name_does_not_matter(tmp_path, name: str):
    (tmp_path / name).write_bytes(made.heic())
    assert check_picture(tmp_path / name) is None
    assert open_picture(tmp_path / name).size == (96, 64)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_it_is_upright(orientation: int):
    from pillow_heif import from_pillow

    exif, file = Image.Exif(), io.BytesIO()
    exif[0x0112] = orientation
    from_pillow(made.photo()).save(file, quality=80, exif=exif.tobytes())
    expected = read_picture(io.BytesIO(made.stored("JPEG", exif=exif.tobytes(), quality=90)))
    found = read_picture(io.BytesIO(file.getvalue()))
    assert opened_picture(io.BytesIO(file.getvalue())).size == found.size == expected.size
    assert np.abs(np.asarray(found).astype(int) - np.asarray(expected)).mean() < 6


def test_what_is_seen_through_becomes_white():
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    assert min(read_picture(io.BytesIO(made.heic(image))).getpixel((32, 32))) > 245


def claiming(side: int) -> bytes:
    """A small HEIC that says it is large."""
    content = made.heic()
    at = content.index(b"ispe") + 8
    return content[:at] + side.to_bytes(4, "big") * 2 + content[at + 8 :]


@pytest.mark.parametrize("side", [8_001, 60_000])
def test_too_many_pixels_are_refused_before_decoding(side: int):
    with pytest.raises(UnreadablePicture, match=f"It has {side} x {side} pixels; up to 64 million are read here."):
        opened_picture(io.BytesIO(claiming(side)))


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_one_cut_short_is_damaged(share: float):
    content = made.heic()
    with pytest.raises(UnreadablePicture, match=DAMAGED):
        read_picture(io.BytesIO(content[: int(len(content) * share)]))


def test_without_its_package_it_says_what_to_install(monkeypatch):
    content = made.heic()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(UnreadablePicture, match="install the Python package pillow-heif"):
        opened_picture(io.BytesIO(content))
