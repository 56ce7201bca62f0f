"""The Data page on folders made by the test: what it shows, what it passes over, and what it says of bad folders."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qtl_core.pictures.sources.dataset import Dataset, Picture
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures
from tests.helpers.page_words import wait_for_news
from ui.data.panel import folder_of

PATIENCE = 300  # seconds for a worker process to start and to read six pictures, on a machine that is busy

# The workers of the first test serve the others, too: a folder is read the same whatever home they began with.
own_managers = pytest.mark.usefixtures("own_managers")


def opened() -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    return app.switch_page("pages/data.py").run()


def keyed(app: AppTest, kind: str, key: str):
    return next(widget for widget in getattr(app, kind) if widget.key == key)


def wait(app: AppTest, until: Callable[[AppTest], bool]) -> AppTest:
    """Refreshes the page as a browser would, until something is there."""
    deadline = time.monotonic() + PATIENCE
    while not until(app):
        assert time.monotonic() < deadline, text_of(app)
        assert not app.exception
        wait_for_news()
        app.run()
    return app


def is_settled(app: AppTest) -> bool:
    return "stop_reading" not in [button.key for button in app.button]


def with_folder(folder: Path | str) -> AppTest:
    """Opens the page and types a folder."""
    app = opened()
    keyed(app, "selectbox", "field_source").set_value("folder").run()
    keyed(app, "text_input", "field_folder").set_value(str(folder)).run()
    return wait(app, is_settled)


def text_of(app: AppTest) -> str:
    plain = [*app.subheader, *app.markdown, *app.caption, *app.warning, *app.info, *app.error]
    return "\n".join([*(element.value for element in plain), *(html.proto.body for html in app.get("html"))])


def test_a_folder_of_ones_own_is_shown_class_by_class(tmp_path):
    app = with_folder(made_pictures(tmp_path / "mine"))
    words = text_of(app)
    assert "6 pictures to train on and 6 for validation, in 2 classes." in words
    assert app.dataframe[0].value.to_dict("list") == {
        "Class": ["ants", "bees"],
        "To train on": [3, 3],
        "For validation": [3, 3],
    }
    assert words.count('<img src="data:image/jpeg') == 3
    assert "ants_0.jpg" in words
    assert "bees_0.jpg" not in words
    assert "drawn</span>" not in words, "only the app's own drawings carry the label"


def test_another_class_and_split_can_be_chosen(tmp_path):
    app = with_folder(made_pictures(tmp_path / "mine"))
    (tmp_path / "mine/val/bees/bees_1.jpg").rename(tmp_path / "mine/val/bees/only_here.jpg")
    keyed(app, "button", "read_again").click().run()
    wait(app, is_settled)
    keyed(app, "button_group", "data_class").set_value(1).run()
    keyed(app, "button_group", "data_split").set_value("val").run()
    assert "only_here.jpg" in text_of(app)


def test_many_pictures_are_paged(tmp_path):
    words = text_of(with_folder(made_pictures(tmp_path / "many", each=30)))
    assert "1 to 24 of 30 pictures" in words
    assert words.count('<img src="data:image/jpeg') == 24


def test_what_is_no_picture_is_passed_over_and_listed(tmp_path):
    folder = made_pictures(tmp_path / "mine")
    (folder / "train/ants/notes.txt").write_text("no picture")
    app = with_folder(folder)
    assert "1 file was passed over" in [expander.label for expander in app.expander]
    listed = app.dataframe[1].value
    assert list(listed["file"]) == ["notes.txt"]
    assert "not a picture" in listed["reason"][0]


def test_copies_are_shown_two_beside_each_other_with_what_is_wrong(tmp_path):
    folder = made_pictures(tmp_path / "mine")
    (folder / "val/ants/again.jpg").write_bytes((folder / "train/ants/ants_0.jpg").read_bytes())
    (folder / "train/bees/odd.jpg").write_bytes((folder / "train/ants/ants_1.jpg").read_bytes())
    app = with_folder(folder)
    assert "2 copies were found among the pictures" in [expander.label for expander in app.expander]
    words = text_of(app)
    assert "1 of 7 validation pictures is a copy of one that is trained on" in words
    across, labels = re.findall(r"<figure><div>(.*?)</figure>", words)
    assert "In both parts" in across and "train/ants/ants_0.jpg<br>val/ants/again.jpg" in across
    assert "In two classes" in labels and labels.count("<img") == 2


@own_managers
def test_what_would_spoil_a_folder_is_looked_for_at_a_click(tmp_path):
    folder = made_pictures(tmp_path / "mine")
    (folder / "val/ants/again.jpg").write_bytes((folder / "train/ants/ants_0.jpg").read_bytes())
    app = with_folder(folder)
    assert "What would spoil the result" not in text_of(app)
    keyed(app, "button", "check_pictures").click().run()
    app = wait(app, lambda app: "were looked at" in text_of(app))
    words = text_of(app)
    assert "What would spoil the result" in words
    assert any(label.startswith("The same picture in two parts") for label in [box.label for box in app.expander])


def test_what_was_taken_for_what_is_said(tmp_path):
    folder = made_pictures(tmp_path / "mine/inside")
    (folder / "train").rename(folder / "Training")
    words = text_of(with_folder(tmp_path / "mine"))
    assert "Training is taken for training and val for validation." in words
    assert "The data set is taken from inside." in words


def test_a_windows_path_gets_advice():
    app = with_folder(r"C:\Users\me\Pictures")
    assert "is a path of Windows" in app.error[0].value and "A path of this server is needed" in app.error[0].value


@pytest.mark.parametrize(
    ("splits", "spoil", "sentence"),
    [
        ((), lambda folder: folder.mkdir(), "has no class folders"),
        (("train", "val"), lambda folder: (folder / "val/bees").rename(folder / "val/wasps"), "different classes"),
        (("train",), lambda folder: None, "has train but no val"),
    ],
    ids=["empty", "classes that differ", "half"],
)
def test_a_folder_that_cannot_be_used_is_refused_in_words(tmp_path, splits, spoil, sentence):
    folder = tmp_path / "bad"
    made_pictures(folder, splits)
    spoil(folder)
    app = with_folder(folder)
    assert sentence in app.error[0].value
    assert [button.label for button in app.button if button.key == "read_again"] == ["Try again"]
    assert not app.exception


@own_managers
def test_an_open_server_reads_no_folder_that_a_visitor_types(tmp_path, monkeypatch):
    monkeypatch.setenv("QTL_OPEN", "1")
    app = with_folder(made_pictures(tmp_path / "mine"))
    assert "mine is not read." in app.error[0].value
    assert "<img" not in text_of(app)


def test_no_folder_named_yet():
    app = opened()
    keyed(app, "selectbox", "field_source").set_value("folder").run()
    assert "Type the path of a folder" in text_of(app)
    assert not app.error


@own_managers
def test_photos_that_differ_from_the_archive_say_so(own_home):
    made_pictures(own_home / "datasets/hymenoptera_data")
    words = text_of(wait(opened(), is_settled))
    assert "6 photos to train on" in words
    assert "missing" in words
    assert "licence" in words


@own_managers
def test_drawing_shows_how_far_it_is_and_can_be_stopped():
    app = opened()
    assert not is_settled(app), "with no photos here the drawn set is made, which takes seconds"
    keyed(app, "button", "stop_reading").click().run()
    wait(app, is_settled)
    assert "Stopped before the pictures were ready" in text_of(app)
    assert [button.label for button in app.button if button.key == "read_again"] == ["Start again"]


def test_where_the_pictures_lie():
    def dataset(*paths: str) -> Dataset:
        pictures = tuple(Picture(Path(path), 0, "train") for path in paths)
        return Dataset("d", "folder", ("a", "b"), pictures, ())

    assert folder_of(dataset("/d/train/a/1.jpg", "/d/val/a/1.jpg")) == Path("/d")
    assert folder_of(dataset("/d/a/1.jpg", "/d/b/1.jpg")) == Path("/d")
