"""A picture sent by a browser comes into its class once, however often it is sent; what is refused says why."""

from __future__ import annotations

import asyncio
import errno
import os
from urllib.parse import quote

import pytest

from qtl_core.pictures.datasets import adding
from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.editing import remove_class
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.receipts import begin_receipt, find_receipt
from tests.helpers.asgi import ask, asked
from tests.helpers.own_sets import noise_picture
from ui.shell.routes import receiving

UPLOAD = "0123456789abcdef01234567"


@pytest.fixture
def pets():
    return create("pets", ["cats", "dogs"])


def put(app, dataset, content, class_id=1, query="name=cat.png", **options):
    pieces = [content[start : start + 1000] for start in range(0, len(content), 1000)]
    return ask(app, "PUT", f"/own/{dataset}/{class_id}/pictures?{query}", pieces, **options)


def left_behind(own_home):
    return list((own_home / "incoming/pictures").glob("*"))


def test_a_picture_comes_into_its_class_as_it_is(routes, pets, own_home):
    content = noise_picture(1)
    found = put(routes, pets.id, content, 2, "name=a/b/My%20dog.png&group=burst&origin=camera")
    assert (found.status, found.json) == (200, {"added": True, "reason": "", "count": 1})
    (picture,) = pictures_of(pets.id)
    assert (picture.class_id, picture.name, picture.group, picture.origin) == (2, "My dog.png", "burst", "camera")
    assert picture.path.read_bytes() == content
    assert left_behind(own_home) == []
    assert found.headers["cache-control"] == "no-store"


def test_what_is_none_is_not_added_and_says_why(routes, pets):
    assert put(routes, pets.id, b"hello").json["reason"].startswith("It is not a picture")
    assert put(routes, pets.id, b"").json == {"added": False, "reason": "The file is empty."}
    put(routes, pets.id, noise_picture(1))
    again = put(routes, pets.id, noise_picture(1), 2).json
    assert (again["added"], again["count"]) == (False, 0)
    assert "class cats" in again["reason"]


def test_one_that_is_sent_again_is_answered_as_before(routes, pets):
    query = f"name=cat.png&upload={UPLOAD}"
    first = put(routes, pets.id, noise_picture(1), query=query).json
    assert first["added"]
    assert put(routes, pets.id, noise_picture(1), query=query).json == first
    assert put(routes, pets.id, b"not even a picture", query=query).json == first
    assert len(pictures_of(pets.id)) == 1


def test_two_at_the_same_time_are_one(routes, pets):
    async def both():
        address = f"/own/{pets.id}/1/pictures?name=cat.png&upload={UPLOAD}"
        return await asyncio.gather(*(asked(routes, "PUT", address, [noise_picture(1)]) for _ in range(3)))

    assert {found.json["added"] for found in asyncio.run(both())} == {True}
    assert len(pictures_of(pets.id)) == 1


def test_many_at_the_same_time_into_a_new_set_are_all_there(routes, pets):
    async def all_of_them():
        address = f"/own/{pets.id}/1/pictures?name=cat.png&upload=upload-"
        sent = (asked(routes, "PUT", f"{address}{number}", [noise_picture(number)]) for number in range(12))
        return await asyncio.gather(*sent)

    assert [found.json["added"] for found in asyncio.run(all_of_them())] == [True] * 12
    assert len(pictures_of(pets.id)) == find(pets.id).classes[0].count == 12


def test_one_that_was_added_before_a_server_was_killed_counts_as_added(routes, pets):
    begin_receipt(pets.id, UPLOAD)
    add_picture(pets.id, 1, noise_picture(1), "cat.png")
    assert put(routes, pets.id, noise_picture(1), query=f"name=cat.png&upload={UPLOAD}").json["added"]
    assert len(pictures_of(pets.id)) == 1


def test_one_that_was_there_long_before_does_not(routes, pets):
    add_picture(pets.id, 1, noise_picture(1), "cat.png")
    begin_receipt(pets.id, UPLOAD)
    assert not put(routes, pets.id, noise_picture(1), query=f"name=cat.png&upload={UPLOAD}").json["added"]
    assert find_receipt(pets.id, UPLOAD).answer["reason"]


def test_a_connection_that_is_lost_leaves_nothing(routes, pets, own_home):
    content = noise_picture(1)
    put(routes, pets.id, content[:1500], query=f"name=cat.png&upload={UPLOAD}", cut_off=True)
    assert (pictures_of(pets.id), left_behind(own_home)) == ((), [])
    assert put(routes, pets.id, content, query=f"name=cat.png&upload={UPLOAD}").json["added"]


def test_a_file_that_is_not_as_long_as_it_said_is_sent_again(routes, pets, own_home):
    content = noise_picture(1)
    found = put(routes, pets.id, content, headers={"content-length": str(len(content) + 1)})
    assert (found.status, found.json["again"]) == (400, True)
    assert (pictures_of(pets.id), left_behind(own_home)) == ((), [])
    assert put(routes, pets.id, content, headers={"content-length": "many"}).status == 400


@pytest.mark.parametrize("says", [True, False], ids=["said", "not said"])
def test_one_that_is_too_large_is_not_read_to_its_end(routes, pets, monkeypatch, says, own_home):
    monkeypatch.setenv("QTL_OWN_PICTURE_MB", "1")
    read = []

    def body():
        for _ in range(100):
            read.append(1)
            yield b"\xff" * 100_000

    headers = {"content-length": "10000000"} if says else {}
    found = ask(routes, "PUT", f"/own/{pets.id}/1/pictures?name=a.jpg", body(), headers)
    assert (found.status, found.json["error"]) == (413, "It is larger than 1 MB, the most that one picture may have.")
    assert len(read) == (0 if says else 11)
    assert left_behind(own_home) == []


def test_a_disk_that_is_full_is_said_and_what_was_there_stays(routes, pets, monkeypatch, own_home):
    put(routes, pets.id, noise_picture(1))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device", "/secret/place")

    monkeypatch.setattr(adding, "put_file", full)
    found = put(routes, pets.id, noise_picture(2))
    assert (found.status, found.json["again"]) == (507, False)
    assert "There is no room left on the disk." in found.json["error"]
    assert "secret" not in found.json["error"]
    assert (len(pictures_of(pets.id)), left_behind(own_home)) == (1, [])


def test_a_fault_of_ours_is_a_sentence_with_a_reference(routes, pets, monkeypatch, caplog):
    monkeypatch.setattr(adding, "add_picture", lambda *_, **__: 1 / 0)
    found = put(routes, pets.id, noise_picture(1))
    assert found.status == 500
    assert "not your doing" in found.json["error"]
    assert "division" not in found.json["error"]
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("{id}/3/pictures", 404),
        ("{id}/0/pictures", 404),
        ("{id}/99999999999999999999999/pictures", 404),
        ("{id}/x/pictures", 404),
        ("000000000000/1/pictures", 404),
        ("pets/1/pictures", 404),
        ("../1/pictures", 404),
        ("%2e%2e/1/pictures", 404),
        ("{id}/1/pictures?name=" + "a" * 501, 400),
        ("{id}/1/pictures?upload=../../x", 400),
        ("{id}/1/elsewhere", 404),
        ("", 404),
    ],
)
def test_what_is_not_there_is_said(routes, pets, path, status):
    found = ask(routes, "PUT", "/own/" + path.format(id=pets.id), [noise_picture(1)])
    assert (found.status, bool(found.json["error"])) == (status, True)
    assert pictures_of(pets.id) == ()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS"])
def test_nothing_else_can_be_done_at_its_address(routes, pets, method):
    found = ask(routes, method, f"/own/{pets.id}/1/pictures")
    assert (found.status, "access-control-allow-origin" in found.headers) == (404, False)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "<img src=x onerror=alert(1)>.png", "a\0b.png", "con.png", "", "🐈" * 99]
)
def test_a_hostile_name_stays_inside_the_set(routes, pets, own_home, name):

    assert put(routes, pets.id, noise_picture(1), query=f"name={quote(name)}").json["added"]
    (picture,) = pictures_of(pets.id)
    assert picture.path.is_file()
    assert picture.path.resolve().is_relative_to((own_home / "own_data" / pets.id).resolve())


def test_a_class_that_is_removed_takes_no_more(routes, pets):
    remove_class(pets.id, 2)
    found = put(routes, pets.id, noise_picture(1), 2)
    assert (found.status, found.json["again"]) == (404, False)
    assert len(find(pets.id).classes) == 1


def test_large_pictures_leave_the_turns_to_the_others(routes, pets, monkeypatch):
    """Twelve large ones are being decoded, and the thread for them is busy: a small one goes through."""
    monkeypatch.setattr("ui.shell.routes.pictures.LARGE_PIXELS", 48 * 48)
    large, held = noise_picture(1, (64, 64)), []

    async def busy(work, *args):
        held.append(receiving.turns.reading.total())
        return {"added": False, "reason": "", "count": 0}

    monkeypatch.setattr("ui.shell.routes.pictures.in_large_thread", busy)
    assert put(routes, pets.id, large).status == 200
    assert held == [0]
    assert put(routes, pets.id, noise_picture(2)).json["added"]


def test_what_a_killed_server_left_of_pictures_goes_when_the_next_one_comes(routes, pets, own_home):
    folder = own_home / "incoming/pictures"
    folder.mkdir(parents=True)
    for name in (f"{os.getpid()}-{'a' * 24}", f"999999999-{'b' * 24}"):
        (folder / name).write_bytes(b"an original with its place")
    (folder / "1-other").write_bytes(b"of a process that runs")
    assert put(routes, pets.id, noise_picture(1)).json["added"]
    assert [path.name for path in left_behind(own_home)] == ["1-other"]
