"""Pictures come into a set: what is taken, what is not and why, and that nothing is half there."""

from __future__ import annotations

import errno
import hashlib
import io

import pytest
from PIL import Image

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.datasets import adding, layout
from qtl_core.pictures.datasets.adding import Incoming, NotKept, add_many, add_picture, reasons_of
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.editing import remove, remove_class
from qtl_core.pictures.datasets.reading import counts, pictures_of, records_of
from tests.helpers.own_sets import noise_picture, noise_set


@pytest.fixture
def pets():
    return create("pets", ["cats", "dogs"])


def test_a_picture_is_kept_by_its_contents_under_its_own_name(pets):
    content = noise_picture(1)
    added = add_picture(pets.id, 1, content, "C:\\photos\\My Cat.PNG", group="burst 1", origin="camera")
    picture = added.picture
    assert (picture.name, picture.group, picture.origin, picture.width, picture.height) == (
        *("My Cat.PNG", "burst 1", "camera", 24, 16),
    )
    assert picture.path.read_bytes() == content
    assert picture.path.parent.name == picture.sha256 == hashlib.sha256(content).hexdigest()
    assert pictures_of(pets.id) == (picture,)
    assert find(pets.id).classes[0].count == 1


def test_a_file_on_disk_is_taken_as_its_bytes_are(pets, tmp_path):
    file = tmp_path / "cat.png"
    file.write_bytes(noise_picture(1))
    assert add_picture(pets.id, 1, file, file.name).picture.size == file.stat().st_size
    assert "cannot be read" in add_picture(pets.id, 1, tmp_path / "gone.png", "gone.png").reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"hello", "not a picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"PK\x03\x04" + b"\0" * 50, "zip archive"),
        (noise_picture(1)[:600], "damaged or cut short"),
        (noise_picture(1, kind="GIF"), "GIF"),
        (noise_picture(1, (400, 10)), "strip"),
    ],
)
def test_what_cannot_be_trained_on_is_not_added_and_says_why(pets, content, said):
    added = add_picture(pets.id, 1, content, "cat.png")
    assert added.picture is None
    assert said in added.reason
    assert not list(layout.pictures_folder(pets.id).iterdir())


def test_a_picture_that_claims_to_be_huge_is_never_decoded(pets):
    stream = io.BytesIO()
    Image.new("L", (9000, 9000)).save(stream, "PNG")
    assert "9000 x 9000 pixels" in add_picture(pets.id, 1, stream.getvalue(), "bomb.png").reason


def test_an_exact_copy_is_not_added_and_says_where_the_other_one_is(pets):
    add_picture(pets.id, 2, noise_picture(1), "dog.png")
    added = add_picture(pets.id, 1, noise_picture(1), "cat.png")
    assert (added.picture, "in the class dogs" in added.reason) == (None, True)
    twice = add_many(pets.id, [Incoming(1, noise_picture(2), "a.png"), Incoming(1, noise_picture(2), "b.png")])
    assert [each.picture is not None for each in twice] == [True, False]


def test_a_removed_picture_may_come_again(pets):
    first = add_picture(pets.id, 1, noise_picture(1), "cat.png").picture
    remove(pets.id, [first.id])
    again = add_picture(pets.id, 2, noise_picture(1), "dog.png").picture
    assert (again.class_id, again.id > first.id) == (2, True)


@pytest.mark.parametrize(
    ("name", "kind", "kept"),
    [
        ("cat.jpg", "PNG", "cat.png"),
        ("../../etc/passwd", "PNG", "passwd.png"),
        ("", "PNG", "picture.png"),
        (".png", "PNG", "png.png"),
        ("a\0b<script>.png", "PNG", "a_b_script_.png"),
        ("Ku\u0308che.PNG", "PNG", "K\u00fcche.PNG"),
        ("photo.HEIC.jpg", "JPEG", "photo.HEIC.jpg"),
        ("v1.2", "PNG", "v1.2.png"),
        ("😀" * 200 + ".png", "PNG", "😀" * 45 + ".png"),
    ],
)
def test_a_strangers_file_name_becomes_a_plain_one(pets, name, kind, kept):
    assert add_picture(pets.id, 1, noise_picture(1, kind=kind), name).picture.name == kept


def test_where_and_with_what_a_picture_was_taken_is_not_kept(pets):
    stream, exif = io.BytesIO(), Image.Exif()
    exif[0x0110], exif[0x0112] = "Pixel of Somebody", 6  # the camera's model, and turned on its side
    Image.effect_noise((40, 30), 50).convert("RGB").save(stream, "JPEG", exif=exif)
    assert b"Pixel of Somebody" in stream.getvalue()
    picture = add_picture(pets.id, 1, stream.getvalue(), "cat.jpg").picture
    assert b"Pixel of Somebody" not in picture.path.read_bytes()
    with Image.open(picture.path) as kept, Image.open(stream) as came:
        assert kept.getexif()[0x0112] == 6
        assert kept.tobytes() == came.tobytes()


def test_a_picture_larger_than_what_is_kept_is_scaled_down_and_that_is_said(pets, monkeypatch):
    monkeypatch.setenv("QTL_OWN_KEPT_MEGAPIXELS", "1")
    added = add_picture(pets.id, 1, noise_picture(1, (1500, 1000)), "large.png")
    assert added.picture.width * added.picture.height <= 1_000_000
    assert "1.5 million pixels" in added.note
    assert added.picture.name == "large.jpg"
    assert add_picture(pets.id, 1, noise_picture(2), "small.png").note == ""


def test_limits_are_said(pets, monkeypatch):
    monkeypatch.setenv("QTL_OWN_PICTURE_MB", "1")
    assert "up to 1 MB" in add_picture(pets.id, 1, noise_picture(1, (700, 700)), "large.png").reason
    monkeypatch.setenv("QTL_OWN_SET_PICTURES", "2")
    found = add_many(pets.id, [Incoming(1, noise_picture(seed), "a.png") for seed in range(3)])
    assert [each.reason for each in found] == ["", "", "The data set has 2 pictures, and no more are kept in one."]


def test_a_visitor_has_so_much_room_and_all_together_too(monkeypatch):
    monkeypatch.setenv("QTL_OWN_VISITOR_MB", "1")
    mine, ours = create("pets", ["cats"], owner="me"), create("pets", ["cats"])
    found = [add_picture(mine.id, 1, noise_picture(seed, (400, 400)), "a.png").reason for seed in range(3)]
    assert [bool(each) for each in found] == [False, False, True]
    assert "1 MB together" in found[2]
    assert not add_picture(ours.id, 1, noise_picture(9, (400, 400)), "a.png").reason
    monkeypatch.setenv("QTL_OWN_ALL_MB", "1")
    assert "this computer" in add_picture(ours.id, 1, noise_picture(10), "a.png").reason


def test_a_class_that_is_gone_takes_nothing(pets):
    remove_class(pets.id, 1)
    with pytest.raises(UserError, match="not in this data set any more"):
        add_picture(pets.id, 1, noise_picture(1), "cat.png")


def test_stop_keeps_what_came_before_it(pets):
    asked = iter([False, False, True])
    incoming = [Incoming(1, noise_picture(seed), "a.png") for seed in range(5)]
    with pytest.raises(StoppedByUser):
        add_many(pets.id, incoming, should_stop=lambda: next(asked))
    assert len(pictures_of(pets.id)) == 2


def test_progress_counts_what_was_looked_at(pets):
    told = []
    incoming = (Incoming(1, content, "a.png") for content in (noise_picture(1), b"no", noise_picture(2)))
    add_many(pets.id, incoming, total=3, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_full_disk_says_so_and_keeps_what_came_before(pets, monkeypatch):
    real, written = adding.put_file, []

    def put(file, content):
        if len(written) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(file)
        real(file, content)

    monkeypatch.setattr(adding, "put_file", put)
    incoming = [Incoming(1, noise_picture(seed), "a.png") for seed in range(5)]
    with pytest.raises(NotKept, match="no room left on the disk") as told:
        add_many(pets.id, incoming)
    assert told.value.added == 3
    assert "3 were added" in str(told.value)
    assert [each.path.exists() for each in pictures_of(pets.id)] == [True] * 3


def test_the_reasons_are_counted(pets):
    found = add_many(pets.id, [Incoming(1, b"", "a"), Incoming(1, b"hello", "b"), Incoming(1, b"you", "c")])
    assert list(reasons_of(found).values()) == [2, 1]


def test_some_records_are_those_of_the_whole_set():
    made = noise_set(each=7)
    add_many(made.id, [Incoming(1 + seed % 2, noise_picture(seed), "a.png", group="one") for seed in range(4)])
    every = {each.id: each for each in pictures_of(made.id)}
    assert records_of(made.id, [1, 9, 15, 999]) == {number: every[number] for number in (1, 9, 15)}


def test_counts_are_by_class_and_part():
    made = noise_set(each=10)
    assert counts(made.id) == {1: {"train": 7, "val": 3, "test": 0}, 2: {"train": 7, "val": 3, "test": 0}}
