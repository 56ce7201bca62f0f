"""Thumbnails of own data sets: square, made once, and none for what is no picture of the set."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from qtl_core.pictures.datasets import editing, layout, thumbnails
from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import delete
from qtl_core.pictures.datasets.latest import latest_pictures
from qtl_core.pictures.datasets.thumbnails import EDGE, FOLDER, thumbnail
from tests.helpers import pictures_with_metadata
from tests.helpers.own_sets import made_set, picture


def large(width: int, height: int) -> bytes:
    content = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def test_it_is_a_square_that_is_made_once(monkeypatch):
    record = made_set(1, 0)
    (found,) = latest_pictures(record.id, record.classes[0].id, 9)
    first = thumbnail(record.id, found.sha256)
    assert Image.open(io.BytesIO(first)).size == (EDGE, EDGE)
    monkeypatch.setattr(thumbnails, "_made", lambda path: pytest.fail("it is kept"))
    assert thumbnail(record.id, found.sha256) == first


def test_a_large_picture_is_as_square_and_as_upright_as_a_small_one():
    record = made_set(0, 0)
    added = add_picture(record.id, record.classes[0].id, large(1600, 900), "large.jpg")
    small = Image.open(io.BytesIO(thumbnail(record.id, added.picture.sha256))).convert("L")
    assert small.size == (EDGE, EDGE)
    assert small.getpixel((EDGE // 2, 4)) < 30 < 220 < small.getpixel((EDGE // 2, EDGE - 5))


@pytest.mark.parametrize("kind", ["heic", "avif", "tiff"])
def test_every_kind_that_can_be_added_has_one(kind):
    record = made_set(0, 0)
    content = getattr(pictures_with_metadata, kind)()
    added = add_picture(record.id, record.classes[0].id, content, f"photo.{kind}")
    assert added.picture is not None, added.reason
    assert Image.open(io.BytesIO(thumbnail(record.id, added.picture.sha256))).size == (EDGE, EDGE)


@pytest.mark.parametrize("sha256", ["", "0" * 64, "../../../etc/passwd", "g" * 64])
def test_there_is_none_of_what_is_not_in_the_set(sha256):
    record = made_set(1, 0)
    assert thumbnail(record.id, sha256) == b""
    assert thumbnail("../" + record.id, sha256) == b""


def test_a_file_that_was_damaged_has_none():
    record = made_set(1, 0)
    (found,) = latest_pictures(record.id, record.classes[0].id, 1)
    layout.picture_file(record.id, found.sha256, found.name).write_bytes(b"no picture any more")
    assert thumbnail(record.id, found.sha256) == b""
    assert not (layout.set_folder(record.id) / FOLDER).exists()


def test_the_latest_pictures_come_first_and_no_more_than_asked():
    record = made_set(5, 2)
    names = [each.name for each in latest_pictures(record.id, record.classes[0].id, 3)]
    assert names == ["circle_4.jpg", "circle_3.jpg", "circle_2.jpg"]
    added = add_picture(record.id, record.classes[0].id, picture(2, 77), "last.jpg")
    assert latest_pictures(record.id, record.classes[0].id, 1)[0].id == added.picture.id


def test_there_is_none_of_a_picture_that_was_removed_nor_of_a_deleted_set():
    record = made_set(2, 0)
    one, other = latest_pictures(record.id, record.classes[0].id, 2)
    assert thumbnail(record.id, one.sha256)
    assert thumbnail(record.id, other.sha256)
    editing.remove(record.id, [one.id])
    assert thumbnail(record.id, one.sha256) == b""
    assert thumbnail(record.id, other.sha256)
    delete(record.id)
    assert thumbnail(record.id, other.sha256) == b""
