"""Uploads outlive their widget, also while another one is looked at."""

from __future__ import annotations

from types import SimpleNamespace

from ui.session.held_uploads import HeldUploads
from ui.session.picture_requests import UploadedPicture


def uploaded(name: str) -> UploadedPicture:
    return UploadedPicture(name, name, SimpleNamespace(size=1))


def test_files_are_still_there_after_a_look_at_the_camera():
    held, files = HeldUploads(), [uploaded("a"), uploaded("b")]
    held.begin("Your files")
    assert held.take(files) == []
    held.begin("Camera")
    held.changed([])  # nothing is held there
    assert held.take([]) == files
    held.begin("Your files")
    held.changed([])
    assert held.take([]) == files


def test_what_is_taken_out_of_the_list_that_is_shown_is_gone():
    held = HeldUploads()
    held.begin("Your files")
    held.take([uploaded("a"), uploaded("b")])
    held.begin("Your files")
    held.changed(["b"])
    assert [each.id for each in held.take([uploaded("b")])] == []
    assert list(held.pictures) == ["b"]
