"""What takes the place of an uploaded file once it has been answered for: memory is freed, nothing is lost by it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from qtl_core.common.errors import Unavailable
from qtl_core.inference.bundled import bundled_run, drawn_example
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import model_of
from qtl_core.jobs import JobManager
from qtl_core.settings.backbones import BACKBONES
from ui.base import streamlit_internals
from ui.base.uploads import placeholder, placeholder_content
from ui.session.answer_queue import AnswerQueue
from ui.session.picture_requests import UploadedPicture

SESSION, PATIENCE = "session", 300
SEEN_BYTES = 224 * 224 * 3
ANT, PAGE = drawn_example("val/ants/003.jpg") + bytes(400_000), b"<!doctype html>" + bytes(300_000)


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """A web server's memory with two files in it, in which the code under test finds itself."""
    found = MemoryUploadedFileManager("/upload")
    for name, content in (("ant.jpg", ANT), ("page.jpg", PAGE)):
        found.add_file(SESSION, UploadedFileRec(name, name, "image/jpeg", content))
    context = SimpleNamespace(session_id=SESSION, uploaded_file_mgr=found)
    monkeypatch.setattr(streamlit_internals, "get_script_run_ctx", lambda: context)
    return found


@pytest.fixture
def jobs():
    manager = JobManager(slots=1, threads=1)
    yield manager
    manager.close()


def wanted(manager: MemoryUploadedFileManager) -> list[UploadedPicture]:
    """The uploads as a run of the page is given them."""
    records = manager.get_files(SESSION, ["ant.jpg", "page.jpg"])
    uploads = [UploadedFile(record, FileURLs()) for record in records]
    return [UploadedPicture(upload.file_id, upload.name, upload) for upload in uploads]


def test_answered_files_are_let_go_and_another_run_is_asked_with_what_was_seen(manager, jobs):
    files, run = wanted(manager), bundled_run()
    told, refused = AnswerQueue().wait(jobs, "me", model_of(run, "bundled"), files, PATIENCE).answers
    held = manager.get_files(SESSION, ["ant.jpg", "page.jpg"])
    assert len(held[0].data) <= SEEN_BYTES + 20
    assert len(held[1].data) < 100
    assert [len(each.source.getvalue()) for each in files] == [len(record.data) for record in held]
    assert np.shares_memory(told.explanation.seen, np.frombuffer(held[0].data, np.uint8)), "it is held twice"

    other = AnswerQueue(with_ood=False)
    again, refused_again = other.wait(jobs, "me", model_of(run, "another key"), wanted(manager), PATIENCE).answers
    alone = dict(Predictor(run).predict(ANT).probabilities)
    for answer in (told, again):
        assert dict(answer.explanation.prediction.probabilities) == pytest.approx(alone, abs=1e-5)
    assert np.array_equal(again.explanation.seen, Predictor(run).see(ANT))
    assert refused_again.error == refused.error == "It is a web page, not a picture."
    assert again.ood.distance is None, "compared although nobody asked"
    assert told.ood.distance is not None


def test_every_network_is_given_the_same_square():
    """Else a file could not be let go once one network has seen it."""
    assert len({(spec.transform.resize, spec.transform.crop) for spec in BACKBONES.values()}) == 1


def test_a_stand_in_is_what_was_found_and_no_file_can_pass_for_one():
    pixels = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    assert np.array_equal(placeholder_content(placeholder(pixels)), pixels)
    assert placeholder_content(placeholder(Unavailable("Grüße 🐝"))) == Unavailable("Grüße 🐝")
    for stranger in (b"", b"w", b"wwords", bytes(16) + b"wwords", ANT):
        assert placeholder_content(stranger) is None
