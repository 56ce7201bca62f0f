"""Training by itself on the Data page: once two classes have five pictures, again after more came, and by Start."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.datasets.editing import add_class, recolour_class, rename, set_note
from qtl_core.pictures.datasets.versions import freeze
from qtl_core.runs.store import kept_runs
from qtl_core.settings import DataSettings, RunSettings, small_set_training
from tests.helpers.own_sets import made_set, picture
from tests.helpers.page_words import wait_for_news
from tests.pages.test_own_sets import keyed, on_set, press, text_of
from ui.data import auto_training, learning

PATIENCE = 300  # seconds for worker processes to start and to compile, on a machine that is busy
pytestmark = pytest.mark.usefixtures("own_managers")


def wait(app: AppTest, until: Callable[[AppTest], bool]) -> AppTest:
    """Runs the page again and again, as its own refreshes do, until something is there."""
    deadline = time.monotonic() + PATIENCE
    while not until(app):
        assert time.monotonic() < deadline, text_of(app)
        wait_for_news()
        app.run()
        assert not app.exception
    return app


def result_of(app: AppTest) -> str:
    return next((words.value for words in app.caption if words.value.startswith("Trained on")), "")


def settings_of(app: AppTest) -> RunSettings:
    return app.session_state["session_screen"].settings


def test_it_trains_by_itself_and_again_after_more_came_and_start_keeps_a_run(monkeypatch):
    monkeypatch.setattr(auto_training, "PAUSE_SECONDS", 0.0)
    record = made_set(7, 4)
    app = on_set(record.id)
    assert "**Next:** 1 more in stripes, then it begins to learn." in text_of(app) and not result_of(app)
    stripes = record.classes[1].id
    add_picture(record.id, stripes, picture(1, 50), "fifth.jpg")
    app = wait(app.run(), lambda app: bool(result_of(app)))
    assert result_of(app).startswith("Trained on 8 pictures, version 1 of the set; a try, not kept on disk.")
    assert settings_of(app).training == small_set_training(8, settings_of(app).training)
    assert " of 4 right" in text_of(app) and kept_runs() == []

    for number in (51, 52):
        add_picture(record.id, stripes, picture(1, number), f"{number}.jpg")
    app = wait(app.run(), lambda app: "version 2" in result_of(app))
    assert result_of(app).startswith("Trained on 10 pictures, version 2 of the set; a try, not kept on disk.")

    app = press(app, "start_own")
    app = wait(app, lambda app: "kept on the Runs page" in result_of(app))
    assert len(kept_runs()) == 1 and "version 2" in result_of(app)


def test_the_page_looks_often_only_while_somebody_waits(monkeypatch):
    monkeypatch.setattr(auto_training, "PAUSE_SECONDS", 0.0)
    paces: list[float] = []
    monkeypatch.setattr(learning, "refreshing", lambda panel, usual: paces.append(usual) or panel)
    empty = made_set(0, 0, name="empty")
    on_set(empty.id)
    assert paces == [learning.WATCH_SECONDS]
    app = on_set(made_set(5, 5).id)
    assert paces[1] == learning.BUSY_SECONDS
    wait(app, lambda app: bool(result_of(app)))
    assert paces[-1] == learning.WATCH_SECONDS


def test_with_the_switch_off_only_features_are_computed():
    record = made_set(6, 6)
    app = on_set(record.id)
    app = keyed(app, "toggle", f"train_by_itself_{record.id}").set_value(False).run()
    bench = app.session_state["session_workshop"].bench(record.id)
    app = wait(app, lambda app: bench.ahead is not None and bench.ahead.left == 0)
    assert bench.ahead.known == 12
    time.sleep(auto_training.PAUSE_SECONDS)
    assert not result_of(app.run()) and bench.tried == -1 and not bench.attempt
    assert "start_own" in [button.key for button in app.button]


def test_a_first_class_is_looked_at_while_the_second_is_empty():
    record = made_set(4, 0)
    app = on_set(record.id)
    bench = app.session_state["session_workshop"].bench(record.id)
    wait(app, lambda app: bench.ahead is not None and bench.ahead.left == 0)
    assert bench.ahead.known == 4


def test_a_class_without_pictures_is_left_out_and_named(monkeypatch):
    record = made_set(5, 5)
    add_class(record.id, "empty <one>")
    assert auto_training.is_trainable(find(record.id))
    words = text_of(on_set(record.id))
    assert "Left out until there are 2 pictures or more, and better 10: empty \\<one\\>" in words


def test_a_visitor_and_whoever_switched_it_off_are_not_told_that_it_begins():
    record = made_set(7, 4)
    app = keyed(on_set(record.id), "toggle", f"train_by_itself_{record.id}").set_value(False).run()
    assert "**Next:** 1 more in stripes, then it can learn." in text_of(app)


def test_another_name_of_the_set_makes_no_result_old_and_more_pictures_do():
    record = made_set(6, 6)
    number = freeze(record.id).number
    data = replace(DataSettings(), source="dataset", dataset=record.id, dataset_version=number)
    prepared = SimpleNamespace(settings=RunSettings(data=data))
    assert not auto_training.is_stale(record, prepared)
    rename(record.id, "Other shapes")
    set_note(record.id, "drawn")
    recolour_class(record.id, record.classes[0].id, 5)
    assert find(record.id).revision > record.revision and not auto_training.is_stale(find(record.id), prepared)
    add_picture(record.id, record.classes[0].id, picture(0, 70), "more.jpg")
    assert auto_training.is_stale(find(record.id), prepared)


def test_settings_that_somebody_chose_are_left_alone():
    record = made_set(6, 6)
    app = on_set(record.id)
    app.session_state["session_screen"].choose("epochs", 77)
    app.run()
    app = keyed(app, "toggle", f"train_by_itself_{record.id}").set_value(False).run()
    app = press(app, "start_own")
    assert settings_of(app).training.epochs == 77
    press(app, "stop_own")
