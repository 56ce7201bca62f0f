"""An archive on the page: what was understood is shown before it is taken over, and then is in the set."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.jobs import JobSpec
from qtl_core.pictures.archives.plan import Source
from qtl_core.pictures.datasets.creating import create, find, list_datasets
from tests.helpers.odd_archives import pictures, two_classes, zipped
from ui.base import job_managers
from ui.data import archive_panel

PATIENCE = 120  # seconds for a worker process to start, on a machine that is busy
pytestmark = pytest.mark.usefixtures("own_managers")


def script(file: str, dataset: str, klass: str) -> None:
    from pathlib import Path

    import streamlit as st

    from qtl_core.pictures.archives.plan import Source
    from ui.data.archive_panel import show_archive

    def close(dataset: str) -> None:
        st.session_state["closed"] = dataset

    if "closed" in st.session_state:
        st.write("closed with " + repr(st.session_state["closed"]))
    else:
        show_archive(Source(Path(file).name, Path(file)), dataset=dataset, klass=klass, on_close=close)


def shown(tmp_path: Path, content: bytes, dataset: str = "", klass: str = "", name: str = "pets.zip") -> AppTest:
    (tmp_path / name).write_bytes(content)
    app = AppTest.from_function(script, default_timeout=60, args=(str(tmp_path / name), dataset, klass)).run()
    return settled(app)


def settled(app: AppTest) -> AppTest:
    """Refreshes the page as a browser would, until nothing is under way."""
    deadline = time.monotonic() + PATIENCE
    while "archive_stop" in [button.key for button in app.button]:
        assert time.monotonic() < deadline, text_of(app)
        time.sleep(0.05)
        app.run()
    assert not app.exception
    return app


def text_of(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in (*app.markdown, *app.caption, *app.info, *app.error, *app.success))


def press(app: AppTest, key: str) -> AppTest:
    return settled(next(button for button in app.button if button.key == key).click().run())


def test_it_is_understood_shown_and_taken_over_into_a_new_set(tmp_path: Path):
    files = two_classes("pets/train/") | two_classes("pets/val/", 1) | {"pets/.DS_Store": b"", "pets/a.txt": b"hello"}
    app = shown(tmp_path, zipped(files))
    assert "6 pictures in 2 classes: cat (3), dog (3)." in text_of(app)
    assert "The data set is taken from the folder pets." in text_of(app)
    assert app.dataframe[0].value.to_dict("list") == {
        "Class": ["cat", "dog"],
        "To train on": [2, 2],
        "For validation": [1, 1],
    }
    assert app.dataframe[1].value["File"].tolist() == ["pets/a.txt"]
    assert list_datasets() == ()
    app.text_input(key="archive_title").set_value("Our pets")
    press(app, "archive_take")
    (made,) = list_datasets()
    assert (made.name, made.count) == ("Our pets", 6)
    assert "6 pictures were added." in text_of(app)
    press(app, "archive_close")
    assert f"closed with {made.id!r}" in text_of(app)


def test_it_comes_into_the_set_and_the_class_it_was_dropped_on(tmp_path: Path):
    made = create("Pets", ["animal", "other"])
    app = shown(tmp_path, zipped(two_classes()), made.id, "animal")
    assert "cat (2), dog (2)" in text_of(app)
    press(app, "archive_ask_False_animal")
    assert "4 pictures in 1 class: animal (4)." in text_of(app)
    press(app, "archive_ask_False_")
    assert "cat (2), dog (2)" in text_of(app)
    press(app, "archive_ask_False_animal")
    press(app, "archive_take")
    assert {each.name: each.count for each in find(made.id).classes} == {"animal": 4, "other": 0}


def test_what_is_not_sure_is_asked(tmp_path: Path):
    app = shown(tmp_path, zipped(pictures("cat1.jpg", "cat2.jpg", "dog1.jpg", "dog2.jpg")))
    assert [each.key for each in app.button] == ["archive_ask_True_", "archive_ask_False_pets", "archive_leave"]
    press(app, "archive_ask_True_")
    assert "cat (2), dog (2)" in text_of(app)


def rerun_asked(opened, live: bool, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Draws the panel as a fragment does, which knows only what was so when the page was drawn."""

    class Asked(Exception):
        pass

    def ask() -> None:
        raise Asked

    monkeypatch.setattr(archive_panel.st, "rerun", ask)
    try:
        archive_panel._panel(opened, "", lambda dataset: None, live)
    except Asked:
        return True
    return False


def test_a_fragment_has_the_page_drawn_again_when_work_begins_ends_or_is_closed(tmp_path: Path, monkeypatch):
    (tmp_path / "pets.zip").write_bytes(zipped(two_classes()))
    jobs = job_managers.archive_jobs()
    spec = JobSpec("tests.helpers.job_tasks:waits_to_be_stopped", None)
    opened = archive_panel._Opened(archive_panel.PlanRequest(Source("pets.zip", tmp_path / "pets.zip")))
    opened.plan_job = jobs.submit(spec)
    assert rerun_asked(opened, live=False, monkeypatch=monkeypatch)
    assert not rerun_asked(opened, live=True, monkeypatch=monkeypatch)
    jobs.stop(opened.plan_job)
    jobs.wait(opened.plan_job, PATIENCE)
    assert rerun_asked(opened, live=True, monkeypatch=monkeypatch)
    assert not rerun_asked(opened, live=False, monkeypatch=monkeypatch)
    archive_panel._close(opened, lambda dataset: None, "")
    assert rerun_asked(opened, live=False, monkeypatch=monkeypatch)


def test_it_can_be_left(tmp_path: Path):
    app = press(shown(tmp_path, zipped(two_classes())), "archive_leave")
    assert "closed with ''" in text_of(app)
    assert list_datasets() == ()


def test_what_is_wrong_is_said_and_closed(tmp_path: Path):
    app = shown(tmp_path, b"Rar!\x1a\7\1\0" + bytes(50))
    assert "It is a RAR archive, whatever it is called, which is not read here." in text_of(app)
    assert str(tmp_path) not in text_of(app)
    assert "closed with ''" in text_of(press(app, "archive_close"))


def test_names_with_markup_are_shown_as_they_are(tmp_path: Path):
    app = shown(tmp_path, zipped(pictures("<b>cat[x](y)/1.jpg", ":red[dog]/2.jpg")), name="**a**.zip")
    assert ":material/folder_zip: **\\*\\*a\\*\\*.zip**" in text_of(app)
    assert "\\<b\\>cat\\[x\\](y) (1)" in text_of(app)
    assert ":red[" not in text_of(app)


def test_a_set_that_cannot_be_made_is_said(tmp_path: Path):
    app = shown(tmp_path, zipped(two_classes()))
    app.text_input(key="archive_title").set_value("   ")
    press(app, "archive_take")
    assert "A data set needs a name." in text_of(app)
