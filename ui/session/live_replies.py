"""Live answers as a browser takes them: the run that answers, its shares, what is against them, when to ask again."""

from __future__ import annotations

import math
import time
from functools import lru_cache
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.evaluation.ood import OodReport
from qtl_core.evaluation.ood_words import flag_message
from qtl_core.inference.bundled import RUN_ID
from qtl_core.inference.live_answers import LiveAnswer, LiveRun
from qtl_core.inference.requests import model_of
from qtl_core.runs.store import find_run
from qtl_core.runs.view import TrainedRun
from ui.base import job_managers
from ui.session.frame_pace import FramePace
from ui.session.frame_queue import BusyError, FrameQueue

DOUBTS = {"unlike": "Unlike the pictures this run learnt from.", "blank": "There is hardly anything to see."}
UNKNOWN = "Whether a picture is unlike all it learnt from cannot be said. "

PACE = FramePace()  # one for the server: it knows names that browsers made up, and seconds
QUEUE = FrameQueue(lambda: job_managers.express_jobs(), PACE)


def find_live_run(run_id: str) -> LiveRun:
    """Returns the run of this identifier as it is now, or was a second ago: a kept one, or a try of the Data page.

    Raises:
        BusyError: It is still in training.
        UserError: It is gone, or never was.
    """
    return _found(run_id, int(time.monotonic()))


@lru_cache(maxsize=64)
def _found(run_id: str, _second: int) -> LiveRun:
    if run_id == RUN_ID:
        return LiveRun(RUN_ID)
    job = job_managers.studio_jobs().snapshot(run_id) or job_managers.playground_jobs().snapshot(run_id)
    if job is not None and not job.is_over:
        raise BusyError("The run is still in training.", "", "It answers when it is over.")
    try:
        record = find_run(run_id)
    except UserError:
        if job is None or job.view.best is None:
            raise
        return LiveRun(run_id, trial=model_of(TrainedRun.of(job.view), f"job-{run_id}"))
    if record.deleted is not None:
        raise UserError("The run that answered was deleted.", "", "Choose another one.")
    return LiveRun(record.id, record.version)


def live_reply(answer: LiveAnswer, watcher: str, temperature: float = 1.0) -> dict[str, Any]:
    """Returns an answer as the browser takes it.

    Args:
        answer: That of a frame that could be read.
        watcher: Whose frame it was.
        temperature: That of the shares.

    Returns:
        `shares` in the order of the run's classes, `label`, `doubt` and `why` ("" where nothing is against it),
        `seconds` that the worker took, `wait_ms` until the next frame may be sent, and how many `watchers` there are.
    """
    assert answer.prediction is not None, "the frame could be read"
    prediction = answer.prediction.at(temperature)
    doubt, why = doubt_words(answer.ood)
    return {
        "label": prediction.label,
        "shares": [round(share, 4) for share in prediction.probabilities.values()],
        "doubt": doubt,
        "why": why,
        "seconds": round(prediction.seconds, 4),
        "wait_ms": math.ceil(1_000 * PACE.wait(watcher)),
        "watchers": PACE.watchers,
    }


def doubt_words(report: OodReport | None) -> tuple[str, str]:
    """Returns what there is against an answer, in a few words, and more of it."""
    if report is None:
        return "", ""
    if report.flag == "unlike" and report.distance is not None:
        return DOUBTS["unlike"], f"Its distance is {report.distance:.3f}, beyond the limit of {report.limit:.3f}."
    if report.flag:
        return DOUBTS[report.flag], flag_message(report)
    return "", f"{UNKNOWN}{report.unknown}" if report.unknown else ""
