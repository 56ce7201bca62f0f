"""Pictures held before the camera: what the browser says is checked, and the oldest make room."""

from __future__ import annotations

import base64

import pytest

from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.inference.requests import model_of
from tests.helpers.made_runs import whole_run
from ui.session import held_frames
from ui.session.held_frames import HeldFrames
from ui.session.picture_requests import UploadedPicture
from ui.widgets.live_camera import LARGEST_HELD, HeldFrame, held_frame, live_run_id

PICTURE = base64.b64encode(b"a picture").decode()


def test_a_held_picture_is_what_the_browser_sent():
    found = held_frame({"id": "abc", "picture": PICTURE})
    assert (found.id, found.getvalue(), found.size) == ("abc", b"a picture", 9)


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        {"id": "abc"},
        {"id": 3, "picture": PICTURE},
        {"id": "abc", "picture": "no base64!"},
        {"id": "abc", "picture": "é"},
        {"id": "abc", "picture": "A" * (2 * LARGEST_HELD)},
    ],
)
def test_anything_else_is_no_picture(told):
    assert held_frame(told) is None


def held(name: str) -> UploadedPicture:
    return UploadedPicture(name, name, HeldFrame(name, b"a picture"))


def test_the_newest_stand_first_and_the_oldest_make_room(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(held_frames, "MOST", 2)
    frames = HeldFrames()
    assert all(frames.add(held(name)) for name in "abc")
    assert [each.id for each in frames.newest_first()] == ["c", "b"]
    assert frames.count == 3


def test_a_word_that_comes_again_holds_nothing_twice_nor_brings_back_what_was_let_go():
    frames = HeldFrames()
    assert frames.add(held("a"))
    assert not frames.add(held("a"))
    frames.clear()
    assert not frames.add(held("a"))
    assert frames.newest_first() == []


def test_a_run_is_asked_for_by_the_name_that_the_route_knows(tmp_path):
    assert live_run_id(model_of(bundled_run(), RUN_ID)) == RUN_ID
    assert live_run_id(model_of(whole_run(tmp_path), "job-0123456789abcdef")) == "0123456789abcdef"
    assert live_run_id(model_of(whole_run(tmp_path), "somewhere")) == ""
