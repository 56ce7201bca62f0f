"""The code for phones beside a class: made, shown with what came by it, taken back, and said where none can be."""

from __future__ import annotations

import io
import time

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.tokens import alive_tokens, find_token, make_token, revoke_tokens
from tests.helpers.page_words import words
from ui.data import phone
from ui.shell.room_address import RoomAddress

ROOM = RoomAddress(("http://192.168.1.20:8501",))


@pytest.fixture
def pets(own_home) -> DatasetRecord:
    return create("Pets", ["cats *and* kittens", "dogs"])


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What was handed to the component that shows a link, newest last; the room reaches the app."""
    handed: list[dict] = []
    monkeypatch.setattr(phone, "_show_link", lambda data, key: handed.append(data))
    monkeypatch.setattr(phone, "page_address", lambda: ROOM)
    return handed


def panel(dataset_id: str) -> AppTest:
    def page(dataset_id: str) -> None:
        from qtl_core.pictures.datasets.creating import find
        from ui.data.phone import show_phone

        dataset = find(dataset_id)
        show_phone(dataset, dataset.classes[0])

    return AppTest.from_function(page, args=(dataset_id,), default_timeout=30).run()


def pressed(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def jpeg(grey: int) -> bytes:
    made = io.BytesIO()
    Image.linear_gradient("L").point(lambda value: (value + grey) % 256).convert("RGB").save(made, "JPEG")
    return made.getvalue()


def test_a_code_is_made_by_a_press_and_stands_behind_the_hash_of_the_link(pets: DatasetRecord, links: list[dict]):
    app = panel(pets.id)
    assert links == []
    assert "for an hour" in words(app)
    app = pressed(app, "Make a code")
    link = links[-1]["link"]
    address, token = link.split("#")
    assert address == "http://192.168.1.20:8501/phone"
    assert find_token(token).class_id == pets.classes[0].id
    assert links[-1]["qr"].startswith("data:image/svg+xml")
    assert "No picture has come from a phone yet" in words(app)
    assert "60 minutes" in words(app)


def test_what_phones_send_is_counted_and_shown_and_no_other_picture(pets: DatasetRecord, links: list[dict]):
    app = pressed(panel(pets.id), "Make a code")
    add_picture(pets.id, pets.classes[0].id, jpeg(0), "mine.jpg", origin="camera")
    add_picture(pets.id, pets.classes[0].id, jpeg(90), "theirs.jpg", origin="phone")
    app.run()
    assert "1 picture came from phones" in words(app)
    tiles = "".join(html.proto.body for html in app.get("html"))
    assert "theirs.jpg" in tiles
    assert "mine.jpg" not in tiles


def test_taken_back_the_code_is_good_for_nothing_and_another_can_be_made(pets: DatasetRecord, links: list[dict]):
    app = pressed(panel(pets.id), "Make a code")
    first = links[-1]["link"].split("#")[1]
    app = pressed(app, "Take the code back")
    assert find_token(first).state() == "revoked"
    assert "taken back" in words(app)
    pressed(app, "Make a code")
    assert links[-1]["link"].split("#")[1] != first


def test_a_code_that_ran_out_is_said(pets: DatasetRecord, links: list[dict], monkeypatch: pytest.MonkeyPatch):
    app = pressed(panel(pets.id), "Make a code")
    later = time.time() + 3_700
    monkeypatch.setattr(time, "time", lambda: later)
    app.run()
    assert "run out" in words(app)
    assert [button.label for button in app.button] == ["Make a code"]


def test_a_code_of_another_session_is_told_and_can_be_taken_back(pets: DatasetRecord, links: list[dict]):
    make_token(pets.id, pets.classes[0].id)
    app = panel(pets.id)
    assert "made elsewhere" in words(app)
    assert links == []
    make_token(pets.id, pets.classes[0].id)
    app = pressed(app.run(), "Take all 2 codes back")
    assert alive_tokens(pets.id, pets.classes[0].id) == ()
    assert [button.label for button in app.button] == ["Make a code"]


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (RoomAddress(only_here=True), "answers to this computer alone"),
        (RoomAddress(), "on no network"),
        (RoomAddress(is_proxied=True), "through a proxy, such as nginx"),
    ],
)
def test_where_no_phone_reaches_the_app_it_says_so_and_what_to_do(pets, links, monkeypatch, where, said):
    monkeypatch.setattr(phone, "page_address", lambda: where)
    app = panel(pets.id)
    assert said in words(app)
    assert not app.button
    assert ("0.0.0.0" in words(app)) == where.only_here


def test_taking_back_the_codes_of_another_class_leaves_this_one(pets: DatasetRecord, links: list[dict]):
    app = pressed(panel(pets.id), "Make a code")
    revoke_tokens(pets.id, pets.classes[1].id)
    app.run()
    assert len(alive_tokens(pets.id, pets.classes[0].id)) == 1
    assert "dogs" not in words(app)
