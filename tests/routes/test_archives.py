"""An archive in pieces: it goes on where it was cut off, is its sender's alone, and waits for a bounded time."""

from __future__ import annotations

import os

import pytest

from qtl_core.pictures.datasets import incoming
from qtl_core.pictures.datasets.incoming import arrived_archive, drop_archive, incoming_bytes, waiting_archives
from tests.helpers.asgi import ask
from ui.base.visitor_cookie import NAME, new_secret, owner_of

UPLOAD = "0123456789abcdef01234567"
CONTENT = os.urandom(5_000)
TOTAL = 5_000


def piece(app, offset, content, *, total=TOTAL, upload=UPLOAD, **options):
    return ask(app, "PUT", f"/own/archives/{upload}?offset={offset}&total={total}", [content], **options)


def received(app, **options):
    return ask(app, "GET", f"/own/archives/{UPLOAD}", **options).json["received"]


def test_pieces_become_the_archive(routes):
    assert received(routes) == 0
    assert piece(routes, 0, CONTENT[:3000]).json == {"received": 3000, "whole": False}
    assert (received(routes), arrived_archive("", UPLOAD)) == (3000, None)
    assert piece(routes, 3000, CONTENT[3000:]).json == {"received": 5000, "whole": True}
    assert arrived_archive("", UPLOAD).read_bytes() == CONTENT
    assert received(routes) == 5000
    assert piece(routes, 3000, CONTENT[3000:]).json == {"received": 5000, "whole": True}, "its answer was lost"


def test_it_goes_on_where_the_connection_was_lost(routes):
    piece(routes, 0, CONTENT[:2000])
    piece(routes, 2000, CONTENT[2000:2500], cut_off=True)
    found = received(routes)
    assert 2000 <= found <= 2500
    assert piece(routes, found, CONTENT[found:]).json["whole"]
    assert arrived_archive("", UPLOAD).read_bytes() == CONTENT


def test_a_piece_that_came_twice_is_written_once(routes):
    piece(routes, 0, CONTENT[:3000])
    piece(routes, 0, CONTENT[:3000])
    piece(routes, 3000, CONTENT[3000:])
    assert arrived_archive("", UPLOAD).read_bytes() == CONTENT


def test_a_piece_is_not_put_behind_a_gap(routes):
    found = piece(routes, 3000, CONTENT[3000:])
    assert (found.status, found.json["error"]) == (422, "A piece of the archive is missing. Send it again.")


def test_more_than_was_said_is_refused(routes, monkeypatch):
    assert piece(routes, 0, CONTENT, total=3000).status == 413
    monkeypatch.setenv("QTL_OWN_ARCHIVE_MB", "1")
    found = piece(routes, 0, CONTENT, total=1_000_001)
    assert (found.status, "larger than 1 MB" in found.json["error"]) == (413, True)


@pytest.mark.parametrize(
    "query", ["", "offset=-1&total=5", "offset=0", "offset=x&total=5", f"offset=0&total={'9' * 20}"]
)
def test_what_is_no_number_is_refused(routes, query):
    assert ask(routes, "PUT", f"/own/archives/{UPLOAD}?{query}", [b"x"]).status == 400


@pytest.mark.parametrize("upload", ["short", "x" * 65, "..%2f..%2fetc", "a.b.c.d.e.f"])
def test_an_identifier_leads_nowhere_else(routes, own_home, upload):
    assert piece(routes, 0, CONTENT, upload=upload).status in (404, 422)
    assert not [path for path in own_home.rglob("*") if path.is_file()]


def test_it_is_its_senders_alone(open_routes):
    mine, theirs = new_secret(), new_secret()
    piece(open_routes, 0, CONTENT, headers={"cookie": f"{NAME}={mine}"})
    assert received(open_routes, headers={"cookie": f"{NAME}={theirs}"}) == 0
    assert arrived_archive(owner_of(theirs), UPLOAD) is None
    assert arrived_archive(owner_of(mine), UPLOAD).read_bytes() == CONTENT
    assert piece(open_routes, 0, CONTENT).status == 403
    ask(open_routes, "DELETE", f"/own/archives/{UPLOAD}", headers={"cookie": f"{NAME}={theirs}"})
    assert arrived_archive(owner_of(mine), UPLOAD)
    ask(open_routes, "DELETE", f"/own/archives/{UPLOAD}", headers={"cookie": f"{NAME}={mine}"})
    assert arrived_archive(owner_of(mine), UPLOAD) is None


def test_one_visitor_cannot_fill_the_disk_with_what_they_do_not_take_over(open_routes, monkeypatch):
    monkeypatch.setattr("ui.shell.routes.archives.most_bytes", lambda: len(CONTENT))
    mine = {"cookie": f"{NAME}={new_secret()}"}
    answers = [piece(open_routes, 0, CONTENT, upload=UPLOAD + str(number), headers=mine).status for number in range(4)]
    assert answers == [200, 200, 200, 429]


def test_what_nobody_takes_over_goes_after_a_day(routes, monkeypatch):
    piece(routes, 0, CONTENT)
    file = arrived_archive("", UPLOAD)
    monkeypatch.setattr(incoming, "SWEEP_SECONDS", 0.0)
    piece(routes, 0, b"x", upload=UPLOAD + "other", total=9)
    assert file.exists()
    os.utime(file, (0, 0))
    piece(routes, 1, b"x", upload=UPLOAD + "other", total=9)
    assert not file.exists()
    assert incoming_bytes() == 2
    drop_archive("", UPLOAD + "other")
    assert incoming_bytes() == 0


def test_one_that_was_dropped_on_a_class_is_found_again_by_its_set(routes):
    target = "name=our pets.zip&dataset=0123456789ab&class=2"
    assert waiting_archives("", "0123456789ab") == ()
    ask(routes, "PUT", f"/own/archives/{UPLOAD}?offset=0&total={TOTAL}&{target}".replace(" ", "%20"), [CONTENT])
    (found,) = waiting_archives("", "0123456789ab")
    assert (found.upload, found.target.name, found.target.class_id) == (UPLOAD, "our pets.zip", 2)
    assert found.path.read_bytes() == CONTENT
    assert waiting_archives("", "another") == waiting_archives("somebody else", "0123456789ab") == ()
    ask(routes, "DELETE", f"/own/archives/{UPLOAD}")
    assert waiting_archives("", "0123456789ab") == ()
    assert not list(found.path.parent.iterdir())
