"""Everything that strangers bring, through the Predict page: answered or listed with a reason, and never markup."""

from __future__ import annotations

import pytest

from tests.helpers.odd_files import bad_files, corpus, good_files, hostile_names
from tests.pages.test_predict import opened, settled, upload, words
from ui.session.pictures import Predict

pytestmark = pytest.mark.usefixtures("own_managers")

SENTENCE_END = "."


def everything() -> list[tuple[str, bytes]]:
    named = [(name, good_files()["JPEG"]) for name in hostile_names()]
    return [*corpus().items(), *named]


def test_of_everything_at_once_the_good_are_answered_the_right_way_up_and_the_bad_listed(own_home):
    files = everything()
    app = settled(upload(opened(), *files))
    told, unread = app.dataframe[0].value, app.dataframe[1].value
    good = list(corpus())[: -len(bad_files())]
    assert len(told) == len(good) + len(hostile_names())
    assert len(unread) == len(bad_files())
    assert list(unread["file"]) == list(corpus())[-len(bad_files()) :]
    assert all(reason.endswith(SENTENCE_END) and "Error" not in reason for reason in unread["reason"])
    assert app.warning[-2].value.startswith(f"{len(bad_files())} files cannot be answered for")
    for answer in app.session_state[Predict.KEY].answers.answers.values():
        if answer.name.startswith("EXIF orientation"):
            left, right = answer.explanation.seen[120:, :80], answer.explanation.seen[120:, -80:]
            assert left[..., 0].mean() > 200, answer.name
            assert right[..., 2].mean() > 200, answer.name


def test_what_comes_along_hidden_with_a_folder_is_left_out(own_home):
    photo = good_files()["JPEG"]
    hidden = [(name, b"nothing to see") for name in (".DS_Store", "._x.jpg", "Thumbs.db", "ants/.git/x.jpg")]
    app = settled(upload(opened(), *hidden, ("x.jpg", photo)))
    assert list(app.dataframe[0].value["file"]) == ["x.jpg"]
    assert "cannot be answered for" not in words(app)


def test_names_are_shown_as_they_are_and_no_markup_of_theirs_is_passed_on(own_home):
    files = [(name, good_files()["JPEG"]) for name in hostile_names()]
    app = settled(upload(opened(), *files))
    shown = words(app)
    assert "<script>document" not in shown
    assert "<img src=x" not in shown
    markdown = [each.value for each in (*app.markdown, *app.caption, *app.warning)]
    assert not any("](javascript:" in each for each in markdown), "a name became a link"
    listed = list(app.dataframe[0].value["file"])  # a table of plain cells
    assert [name for name in hostile_names() if len(name) <= 60] == [name for name in listed if "…" not in name]
