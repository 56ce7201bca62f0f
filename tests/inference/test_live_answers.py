"""Live answers: the same numbers as those of an explained picture, and nothing heavy beside them."""

from __future__ import annotations

import pickle

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.inference.answering import answers
from qtl_core.inference.bundled import RUN_ID, bundled_reference, drawn_example
from qtl_core.inference.live_answers import Frame, LiveAnswer, LiveRun, live_answers_job, run_live_answers_job
from qtl_core.inference.requests import ImageRequest, loaded, named_model

ANT, BEE = drawn_example("val/ants/003.jpg"), drawn_example("val/bees/003.jpg")


def answered(run: LiveRun, *frames: Frame) -> list[LiveAnswer]:
    found: list[LiveAnswer] = []
    run_live_answers_job((run, frames), found.append, never_stop)
    return found


def test_a_frame_gets_the_answer_of_an_explained_picture_with_its_doubt():
    first, second = answered(LiveRun(RUN_ID), Frame("a", ANT), Frame("b", BEE))
    asked = [ImageRequest("a", "", ANT), ImageRequest("b", "", BEE)]
    explained = list(answers(loaded(named_model(RUN_ID)), asked, bundled_reference()))
    for live, full in zip((first, second), explained, strict=True):
        assert live.id == full.id
        assert dict(live.prediction.probabilities) == pytest.approx(
            dict(full.explained.prediction.probabilities), abs=1e-5
        )
        assert live.ood.distance == pytest.approx(full.ood.distance, abs=1e-5)
        assert live.ood.flag == full.ood.flag


def test_what_travels_is_small_whatever_the_run_is():
    assert len(pickle.dumps(live_answers_job(LiveRun("a" * 16, 3), [Frame("me", b"x" * 100)]).payload)) < 600
    (answer,) = answered(LiveRun(RUN_ID), Frame("a", ANT))
    assert len(pickle.dumps(answer)) < 2_000


def test_a_frame_that_is_no_picture_is_said_and_holds_up_no_other():
    broken, fine = answered(LiveRun(RUN_ID), Frame("a", b"no picture"), Frame("b", BEE))
    assert (broken.prediction, bool(broken.error)) == (None, True)
    assert fine.prediction.label in fine.prediction.probabilities


def test_without_frames_a_worker_gets_ready():
    assert answered(LiveRun(RUN_ID)) == []


def test_a_run_that_is_gone_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("QTL_HOME", str(tmp_path))
    with pytest.raises(UserError):
        answered(LiveRun("20261127-012345-abcdef", 1), Frame("a", ANT))
