"""`POST /own/answer/{run}`: who is answered, what comes back, and what is refused before a worker is asked."""

from __future__ import annotations

import io
from concurrent.futures import Future
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from starlette.applications import Starlette

from qtl_core.common.errors import UserError
from qtl_core.common.paths import home
from qtl_core.evaluation.ood import OodReport
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.explanation import Prediction
from qtl_core.inference.live_answers import LARGEST_FRAME, LiveAnswer, LiveRun
from qtl_core.runs.store import delete, keep_run
from tests.helpers.asgi import Answer, ask
from tests.helpers.made_runs import whole_run
from ui.session import live_replies
from ui.session.frame_queue import BusyError
from ui.shell.routes.live_answers import ROUTES

ME = {"X-Qtl-Client": "0123456789ab"}
FAR = OodReport(is_blank=False, distance=0.52, limit=0.41, farther=1, held_out=40, kind="pictures", beyond=2)


class Worker:
    """Stands in for the queue: says what it is told to say, and notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, LiveRun, bytes]] = []
        self.says: LiveAnswer | Exception = LiveAnswer("", Prediction("ants", {"ants": 0.75, "bees": 0.25}, 0.02), FAR)

    def ask(self, watcher: str, run: LiveRun, content: bytes) -> Future[LiveAnswer]:
        self.asked.append((watcher, run, content))
        found: Future[LiveAnswer] = Future()
        if isinstance(self.says, Exception):
            found.set_exception(self.says)
        else:
            found.set_result(self.says)
        return found


@pytest.fixture(autouse=True)
def worker(monkeypatch: pytest.MonkeyPatch, own_home) -> Worker:
    made = Worker()
    monkeypatch.setattr(live_replies, "QUEUE", made)
    live_replies._found.cache_clear()
    return made


def frame() -> bytes:
    picture = io.BytesIO()
    Image.fromarray(np.zeros((256, 341, 3), np.uint8)).save(picture, "JPEG")
    return picture.getvalue()


def post(run: str = RUN_ID, body: bytes = b"jpeg", headers: dict[str, str] = ME, query: str = "") -> Answer:
    pieces = [body[start : start + 2**16] for start in range(0, len(body), 2**16)]
    return ask(Starlette(routes=ROUTES), "POST", f"/answer/{run}{query}", pieces, headers)


def test_a_frame_comes_in_and_its_shares_its_doubt_and_the_pace_go_out(worker: Worker):
    reply = post(body=frame())
    assert reply.status == 200
    said = reply.json
    assert (said["label"], said["shares"]) == ("ants", [0.75, 0.25])
    assert said["doubt"] == "Unlike the pictures this run learnt from."
    assert "0.520" in said["why"]
    assert "0.410" in said["why"]
    assert said["wait_ms"] >= 0
    assert worker.asked == [("0123456789ab", LiveRun(RUN_ID), frame())]


def test_a_temperature_softens_the_shares_and_changes_no_answer():
    plain, soft = post().json, post(query="?temperature=2").json
    assert soft["label"] == plain["label"] == "ants"
    assert 0.5 < soft["shares"][0] < plain["shares"][0]


@pytest.mark.parametrize(
    ("report", "doubt", "why"),
    [
        (None, "", ""),
        (OodReport(is_blank=True), "There is hardly anything to see.", "plain colour"),
        (OodReport(is_blank=False, distance=0.2, limit=0.4), "", ""),
        (
            OodReport(is_blank=False, unknown="It knows only 8 pictures."),
            "",
            "cannot be said. It knows only 8 pictures.",
        ),
    ],
)
def test_doubt_is_said_as_on_the_page(worker: Worker, report: OodReport | None, doubt: str, why: str):
    worker.says = LiveAnswer("", Prediction("ants", {"ants": 1.0}, 0.02), report)
    said = post().json
    assert said["doubt"] == doubt
    assert why in said["why"]


@pytest.mark.parametrize("headers", [{}, {"X-Qtl-Client": "short"}, {"X-Qtl-Client": "<script>alert(1)"}])
def test_who_does_not_say_who_they_are_is_refused(worker: Worker, headers: dict[str, str]):
    assert post(headers=headers).status == 400
    assert worker.asked == []


@pytest.mark.parametrize("word", ["0", "-1", "nan", "inf", "hot", "1e9"])
def test_a_temperature_that_is_none_is_refused(word: str):
    assert post(query=f"?temperature={word}").status == 400


def test_a_frame_that_is_too_large_is_refused_before_all_of_it_is_read(worker: Worker):
    assert post(body=b"x" * LARGEST_FRAME).status == 200
    assert post(body=b"x" * (LARGEST_FRAME + 1)).status == 413
    assert len(worker.asked) == 1


def test_a_run_that_is_gone_is_said(worker: Worker, tmp_path: Path):
    run = keep_run(whole_run(tmp_path))
    assert post(run).status == 200
    assert worker.asked[0][1].id == run
    delete([run])
    live_replies._found.cache_clear()
    for gone in (run, "0123456789abcdef", "..", "x" * 300):
        reply = post(gone)
        assert reply.status == 404, gone
        assert reply.json["error"]
        assert str(home()) not in reply.json["error"]
    assert len(worker.asked) == 1


def test_a_run_in_training_is_not_gone(monkeypatch: pytest.MonkeyPatch):
    busy = SimpleNamespace(snapshot=lambda _: SimpleNamespace(is_over=False))
    monkeypatch.setattr(live_replies.job_managers, "studio_jobs", lambda: busy)
    reply = post("0123456789abcdef")
    assert reply.status == 503
    assert "training" in reply.json["error"]


def test_a_try_that_is_not_kept_answers_too(worker: Worker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    none = SimpleNamespace(snapshot=lambda _: None)
    trial = SimpleNamespace(snapshot=lambda _: SimpleNamespace(is_over=True, view=whole_run(tmp_path)))
    monkeypatch.setattr(live_replies.job_managers, "studio_jobs", lambda: none)
    monkeypatch.setattr(live_replies.job_managers, "playground_jobs", lambda: trial)
    assert post("fedcba9876543210").status == 200
    run = worker.asked[0][1]
    assert run.model().key == "job-fedcba9876543210"
    assert run.model().run.best is not None


@pytest.mark.parametrize(
    ("says", "status"),
    [
        (BusyError("Too many watch."), 503),
        (UserError("Its image network is not here."), 409),
        (LiveAnswer("", error="It is cut off."), 422),
    ],
)
def test_what_goes_wrong_is_told_with_when_to_try_again(worker: Worker, says: LiveAnswer | Exception, status: int):
    worker.says = says
    reply = post()
    assert reply.status == status
    assert reply.json["error"]
    assert reply.json["wait_ms"] >= 1_000
