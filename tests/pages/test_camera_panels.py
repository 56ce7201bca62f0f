"""The camera beside a class and the live answer beside the classes: what the browser is given, and what is said."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.pictures.datasets.creating import create
from qtl_core.pictures.datasets.limits import limits_now
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.version_pictures import Changes
from tests.helpers.page_words import words
from ui.data import camera
from ui.results.trained_version import changes_words
from ui.widgets import live_camera


@pytest.fixture
def pets(own_home) -> DatasetRecord:
    return create("Pets", ["cats", "dogs"])


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[dict]:
    """What the components were given, newest last."""
    given: list[dict] = []

    def component(data: dict, key: str, **_: object) -> SimpleNamespace:
        given.append(data | {"key": key})
        return SimpleNamespace(arrived=None, held=None)

    monkeypatch.setattr(camera, "_show", component)
    monkeypatch.setattr(live_camera, "_show", component)
    return given


def camera_page(dataset_id: str) -> AppTest:
    def page(dataset_id: str) -> None:
        from qtl_core.pictures.datasets.creating import find
        from ui.data.camera import show_camera

        dataset = find(dataset_id)
        show_camera(dataset, dataset.classes[1])

    return AppTest.from_function(page, args=(dataset_id,), default_timeout=30).run()


def live_page(dataset_id: str, run_id: str) -> AppTest:
    def page(dataset_id: str, run_id: str) -> None:
        import streamlit as st

        from qtl_core.pictures.datasets.creating import find
        from ui.data.live_answer import show_live_answer

        show_live_answer(find(dataset_id), st.session_state.get("run", run_id))

    return AppTest.from_function(page, args=(dataset_id, run_id), default_timeout=30).run()


def test_the_camera_is_told_its_class_and_what_is_kept_of_a_picture(pets: DatasetRecord, handed: list[dict]):
    assert words(camera_page(pets.id)) == ""
    (given,) = handed
    assert (given["dataset"], given["classId"], given["name"]) == (pets.id, pets.classes[1].id, "dogs")
    assert given["mostBytes"] == limits_now().picture_bytes
    assert given["origin"] == "camera"


def test_a_browser_that_keeps_no_cookie_is_told_so_on_an_open_server(pets, handed, monkeypatch):
    monkeypatch.setattr(camera, "is_known_again", lambda: False)
    assert "keeps no cookies" in words(camera_page(pets.id))
    assert handed == []


def test_the_live_answer_names_the_run_its_classes_and_what_it_learnt_from(pets: DatasetRecord, handed: list[dict]):
    app = live_page(pets.id, RUN_ID)
    (given,) = handed
    prepared = bundled_run().prepared
    assert given["run"] == RUN_ID
    assert [each["name"] for each in given["classes"]] == list(prepared.classes)
    assert not given["holds"]
    assert f"learnt from {prepared.train_size} pictures" in words(app)


def test_the_run_that_answered_goes_on_while_there_is_no_other(pets: DatasetRecord, handed: list[dict]):
    app = live_page(pets.id, RUN_ID)
    for gone in ("", "0123456789abcdef"):
        app.session_state["run"] = gone
        app.run()
        assert words(app)
        assert handed[-1]["run"] == RUN_ID
    assert len({given["key"] for given in handed}) == 1, "with another key the camera would close"


def test_without_any_run_nothing_is_shown(pets: DatasetRecord, handed: list[dict]):
    assert words(live_page(pets.id, "")) == ""
    assert handed == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (Changes(0, 0, 0), ""),
        (Changes(came=1, gone=0, aside=0), " 1 came since."),
        (Changes(came=4, gone=1, aside=2), " 2 were set aside for testing. 4 came since. 1 was taken out since."),
    ],
)
def test_what_came_and_what_went_are_said_apart(changes, said):
    assert changes_words(changes) == said
