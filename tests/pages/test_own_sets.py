"""Data sets of one's own on the Data page: made in a click, named later, tidied, undone, shared, copied, deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.creating import create, find, list_datasets
from qtl_core.pictures.datasets.layout import set_file
from qtl_core.pictures.datasets.reading import pictures_of
from tests.conftest import PROJECT
from tests.helpers.own_sets import made_set
from ui.base.trust import BY_ADDRESS
from ui.data.collect import NO_COOKIE
from ui.data.gallery import _act


def opened(query: dict[str, str] | None = None) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    app.switch_page("pages/data.py")
    for name, value in (query or {}).items():
        app.query_params[name] = value
    return app.run()


def on_set(set_id: str) -> AppTest:
    return opened({"data": set_id})


def in_address(app: AppTest) -> str:
    """Returns the set that the address names."""
    found = app.query_params["data"]
    return found if isinstance(found, str) else found[0]


def keyed(app: AppTest, kind: str, key: str):
    return next(widget for widget in getattr(app, kind) if widget.key == key)


def press(app: AppTest, key: str) -> AppTest:
    app = keyed(app, "button", key).click().run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    plain = [*app.subheader, *app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.toast]
    return "\n".join([*(element.value for element in plain), *(html.proto.body for html in app.get("html"))])


def with_open(app: AppTest, box: str) -> AppTest:
    """Opens what is behind a click; a browser keeps it open, and AppTest has to be told again."""
    app.session_state[box] = True
    return app.run()


def gallery(app: AppTest) -> dict:
    (found,) = [each for each in app.get("bidi_component") if "gallery_" in each.proto.id]
    return json.loads(found.proto.json)


def test_a_set_is_made_in_one_click_with_two_empty_classes_and_says_what_is_next():
    app = press(opened(), "new_set")
    (record,) = list_datasets()
    assert [klass.name for klass in record.classes] == ["Class 1", "Class 2"]
    assert in_address(app) == record.id
    words = text_of(app)
    assert "put pictures into the classes on this page. With 5 in each of two" in words
    assert words.count("No picture yet") == 2
    app = press(app, "all_sets")
    assert "Data set 1" in text_of(app)
    press(app, "new_set")
    assert {each.name for each in list_datasets()} == {"Data set 1", "Data set 2"}


def test_names_are_typed_where_they_stand_and_one_that_cannot_be_kept_is_said():
    record = made_set(1, 1)
    app = on_set(record.id)
    keyed(app, "text_input", "set_name").set_value("Fruit").run()
    first, second = (f"class_name_{record.id}_{klass.id}" for klass in record.classes)
    keyed(app, "text_input", first).set_value("pears").run()
    now = find(record.id)
    assert (now.name, [klass.name for klass in now.classes]) == ("Fruit", ["pears", "stripes"])
    app = keyed(app, "text_input", second).set_value("pears").run()
    assert "There is a class pears already" in text_of(app)
    assert keyed(app, "text_input", second).value == "stripes"
    assert [klass.name for klass in find(record.id).classes] == ["pears", "stripes"]


def test_classes_come_and_go_and_what_was_done_is_undone():
    record = made_set(2, 1)
    app = press(on_set(record.id), "add_class")
    app = press(app, "add_nothing")
    names = [klass.name for klass in find(record.id).classes]
    assert names == ["circle", "stripes", "Class 3", "nothing of the kind"]
    assert "add_nothing" not in [button.key for button in app.button]
    first = record.classes[0].id
    app = press(with_open(app, f"class_more_{record.id}_{first}"), f"remove_class_{record.id}_{first}")
    assert [klass.name for klass in find(record.id).classes] == names[1:] and find(record.id).count == 1
    assert "Undo: removing circle with its pictures" in keyed(app, "button", "undo_set").help
    app = press(app, "undo_set")
    assert [klass.name for klass in find(record.id).classes] == names and find(record.id).count == 3
    assert "Undo: adding the class nothing of the kind" in keyed(app, "button", "undo_set").help
    app = press(press(app, "undo_set"), "undo_set")
    assert [klass.name for klass in find(record.id).classes] == ["circle", "stripes"]
    assert "Undo: 1 picture added to stripes" in keyed(app, "button", "undo_set").help


def test_all_pictures_of_a_class_are_shown_with_the_part_they_are_in():
    record = made_set(6, 2)
    circle = record.classes[0]
    app = press(on_set(record.id), f"look_through_{record.id}_{circle.id}")
    data = gallery(app)
    assert [name for _, _, name, _ in data["pictures"]] == [f"circle_{number}.jpg" for number in range(6)]
    assert [where for *_, where in data["pictures"]].count("validation") == 2
    assert data["base"] == f"own/{record.id}/thumbnails/" and not data["fixed"]
    assert [name for _, name in data["classes"]] == ["stripes"]
    app = keyed(app, "selectbox", f"gallery_class_{record.id}").set_value(record.classes[1].id).run()
    assert len(gallery(app)["pictures"]) == 2
    app = press(app, "all_classes")
    assert f"look_through_{record.id}_{circle.id}" in [button.key for button in app.button]


@pytest.fixture
def toasts(monkeypatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr("streamlit.toast", lambda words, **_: said.append(words))
    return said


@pytest.mark.parametrize(
    ("action", "changed"),
    [
        ({"kind": "remove"}, lambda before, after: len(after) == len(before) - 2),
        ({"kind": "move", "to": 2}, lambda before, after: [each.class_id for each in after].count(2) == 3),
        ({"kind": "part", "to": "test"}, lambda before, after: [each.part for each in after].count("test") == 2),
        ({"kind": "part", "to": "anywhere"}, lambda before, after: after == before),
        ({"kind": "move", "to": 99}, lambda before, after: after == before),
        ({"kind": "delete everything"}, lambda before, after: after == before),
    ],
    ids=lambda each: f"{each.get('kind')} {each.get('to', '')}" if isinstance(each, dict) else "",
)
def test_what_the_browser_asks_for_is_done_to_these_pictures_alone(toasts, action, changed: Callable):
    record = made_set(4, 1)
    before = pictures_of(record.id)
    _act(find(record.id), action | {"ids": [before[0].id, before[1].id, "3"]})
    assert changed(before, pictures_of(record.id))


def test_parts_that_were_chosen_by_hand_can_be_left_to_the_split_again(toasts):
    record = made_set(4, 4)
    ids = [each.id for each in pictures_of(record.id)][:2]
    _act(record, {"kind": "part", "to": "val", "ids": ids})
    assert toasts == ["2 pictures: validation."]
    app = with_open(on_set(record.id), "split_box")
    assert "2 pictures were put into a part by hand." in text_of(app)
    press(app, "forget_parts")
    assert {each.chosen_part for each in pictures_of(record.id)} == {None}


def test_the_split_is_set_by_slider_and_counted_class_by_class():
    record = made_set(10, 20)
    val, test = (f"split_{name}_share_{record.id}" for name in ("val", "test"))

    def slid(key: str, percent: int) -> AppTest:
        return keyed(with_open(app, "split_box"), "select_slider", key).set_value(percent).run()

    app = on_set(record.id)
    slid(val, 20)
    slid(test, 10)
    assert (find(record.id).split.val_share, find(record.id).split.test_share) == (0.2, 0.1)
    assert with_open(app, "split_box").dataframe[0].value.to_dict("list") == {
        "Class": ["circle", "stripes"],
        "To train on": [7, 14],
        "For validation": [2, 4],
        "For a test": [1, 2],
    }
    slid(val, 60)
    slid(test, 40)
    assert "less than a fifth to train on" in text_of(app) and find(record.id).split.test_share == 0.1


def test_a_set_that_was_deleted_is_back_in_one_click():
    record = made_set(2, 2)
    app = press(with_open(on_set(record.id), "more_set"), "delete_set")
    assert list_datasets() == () and "**Shapes** was deleted." in text_of(app)
    app = press(app, "undelete_set")
    assert [each.id for each in list_datasets()] == [record.id]
    assert in_address(app) == record.id


def test_a_link_to_a_set_that_is_not_there_says_so_and_leads_back():
    app = on_set("0123456789ab")
    assert "There is no data set" in text_of(app)
    app = press(app, "all_sets")
    assert "new_set" in [button.key for button in app.button] and not app.error


class TestOnAnOpenServer:
    @pytest.fixture(autouse=True)
    def is_open(self, monkeypatch):
        monkeypatch.setenv("QTL_OPEN", "1")
        for module in ("data.own_sets", "data.set_header", "session.visitor"):  # AppTest has no cookies
            monkeypatch.setattr(f"ui.{module}.owner", lambda: "me")
        for module in ("set_header", "set_list"):
            monkeypatch.setattr(f"ui.data.{module}.is_known_again", lambda: True)

    @pytest.mark.parametrize("keeps_cookies", [True, False])
    def test_a_browser_without_cookies_is_told_before_a_set_is_made(self, monkeypatch, keeps_cookies):
        monkeypatch.setattr("ui.data.set_list.is_known_again", lambda: keeps_cookies)
        assert (NO_COOKIE in [each.value for each in opened().info]) != keeps_cookies

    def test_a_strangers_set_is_looked_at_and_copied_and_not_changed(self):
        record = made_set(3, 3, owner="somebody else")
        app = on_set(record.id)
        assert "You can look at these pictures and train on them." in text_of(app)
        kept = {"set_name", "undo_set", "add_class", f"class_name_{record.id}_{record.classes[0].id}"}
        assert not kept & {each.key for each in (*app.button, *app.text_input)}
        app = press(app, f"look_through_{record.id}_{record.classes[0].id}")
        assert gallery(app)["fixed"]
        press(app, "copy_to_change")
        (copy,) = [each for each in list_datasets() if each.id != record.id]
        assert copy.count == 6 and copy.owner == "me"

    def test_the_browsers_word_changes_no_strangers_set(self, toasts):
        record = made_set(3, 3, owner="somebody else")
        _act(record, {"kind": "remove", "ids": [pictures_of(record.id)[0].id]})
        assert find(record.id).count == 6

    def test_a_list_holds_only_ones_own(self):
        made_set(1, 1, owner="somebody else", name="Not yours")
        app = press(opened(), "new_set")
        app = press(app, "all_sets")
        assert "Data set 1" in text_of(app) and "Not yours" not in text_of(app)

    def test_a_set_that_goes_soon_says_so_in_the_list_and_stays_once_it_is_opened(self, monkeypatch):
        record = create("Shapes", ["cats", "dogs"], owner="me")
        monkeypatch.setenv("QTL_OWN_UNUSED_DAYS", "10")
        assert "Nobody has used it" not in text_of(opened())
        with closing(sqlite3.connect(set_file(record.id))) as connection, connection:
            connection.execute("UPDATE dataset SET used = used - 8 * 86400")
        app = opened()
        assert "it goes in 2 days. Opening it keeps it for 10 more." in text_of(app)
        app = press(press(app, f"open_set_{record.id}"), "all_sets")
        assert "Nobody has used it" not in text_of(app)

    def test_who_sits_at_the_computer_of_a_server_without_a_proxy_sees_and_changes_all(self, monkeypatch):
        monkeypatch.setenv("QTL_OPEN", BY_ADDRESS)
        monkeypatch.setattr("streamlit.runtime.context.ContextProxy.headers", {"Host": "localhost:8501"})
        record = made_set(1, 1, owner="somebody else", name="A pupil's")
        app = opened()
        assert "All data sets on this server" in text_of(app)
        app = press(app, f"open_set_{record.id}")
        keyed(app, "text_input", "set_name").set_value("Fruit").run()
        assert find(record.id).name == "Fruit"
        assert "whoever made the set, and whoever is at this computer" in text_of(with_open(app, "share_set"))
