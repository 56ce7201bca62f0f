"""The Circuit page's questions to a worker: a run's validation pictures as its circuit sees them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from qtl_core.explain.validation_angles import CircuitInputs, inputs_job, why_no_inputs
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.runs.view import TrainedRun
from ui.base import job_managers
from ui.session import session
from ui.session.refresh import refreshing
from ui.widgets.wait_times import note_seconds, show_wait, usual_seconds

REFRESH_SECONDS = 0.4
WAIT_SECONDS = 0.4  # with a warm worker they are there by then, and nothing has to appear and go again


@dataclass(frozen=True)
class InputsStatus:
    """The facts known of a run's validation pictures.

    Attributes:
        inputs: Their angles, or None.
        words: Why there are none, or "" while they are on their way.
    """

    inputs: CircuitInputs | None = None
    words: str = ""


def inputs_status(run: TrainedRun, key: str) -> InputsStatus:
    """Returns what is known of a run that is over, asking a worker at the first call.

    Args:
        run: The run.
        key: Differs whenever its weights could.
    """
    if why := why_no_inputs(run):
        return InputsStatus(words=why)
    found = wait_a_moment(lambda: _job(run, key))
    if found.view.error:
        return InputsStatus(words=" ".join(part for part in found.view.error if part))
    return InputsStatus(inputs=found.view.result)


def show_waiting(words: str, is_over: Callable[[], bool]) -> None:
    """Says that something is on its way and how long it should take; once it is there, the page is run again."""
    began = time.monotonic()
    key = "_".join(re.findall(r"\w+", words)).lower()  # two may be waited for at once

    def look() -> None:
        seconds = time.monotonic() - began
        if is_over():
            note_seconds(words, seconds)
            st.rerun()
        show_wait(key, f":material/hourglass_top: {words}", seconds, usual_seconds(words))

    refreshing(look, REFRESH_SECONDS)()


def inputs_are_there(run: TrainedRun, key: str) -> bool:
    """Returns whether the worker has answered, for `show_waiting`."""
    return _job(run, key).is_over


def wait_a_moment(ask: Callable[[], JobSnapshot[Any]]) -> JobSnapshot[Any]:
    """Returns a job of `job_managers.circuit_input_jobs` once it is over, or as it is after a moment."""
    job_managers.express_jobs().wait(ask().id, WAIT_SECONDS)
    return ask()


def _job(run: TrainedRun, key: str) -> JobSnapshot[JobView[CircuitInputs]]:
    return job_managers.circuit_input_jobs().find_or_start(("inputs", key), lambda: inputs_job(run, session.owner))
