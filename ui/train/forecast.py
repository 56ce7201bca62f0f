"""The forecast of a run's duration, said before Start."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from qtl_core.jobs import JobSnapshot, JobSpec, JobView
from qtl_core.settings import RunSettings
from qtl_core.training.forecast import Forecast, forecast_job
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.base.wording import between
from ui.session import session
from ui.session.refresh import refreshing
from ui.train.run_status import may_end_early
from ui.widgets.many_trainings import forecast_key
from ui.widgets.wait_times import note_seconds
from ui.widgets.waiting import show_job_wait

REFRESH_SECONDS = 0.5
AGAIN_SECONDS = 20.0  # a forecast with the engine that stands in is measured anew, when somebody looks after so long
MEASURING = ":material/timer: **Time here** Measuring a few steps on this machine …"
KIND = "forecast"


def show_forecast(settings: RunSettings) -> None:
    """Shows how long `settings` will take on this machine, measuring it in the background the first time."""
    snapshot = _find(settings)
    if _may_be_quicker(snapshot):
        job_managers.forecasts().restart(*_asked(settings))
        snapshot = _find(settings)
    _stop_outdated(snapshot.id)
    refreshing(_panel, None if snapshot.is_over else REFRESH_SECONDS)(settings, not snapshot.is_over)


def in_words(forecast: Forecast, settings: RunSettings) -> str:
    """Returns what a run of `settings` will take, in one sentence; of one that may end early, what it takes at most."""
    most = "at most " if may_end_early(settings.training) else ""
    training = f"training {most}{between(forecast.training.low, forecast.training.high)}"
    if forecast.circuits:
        shots = settings.readout.shots
        each = f" of {shots:,} shot{'s' * (shots != 1)} each" if shots else ", each averaged over its noise"
        training += f" ({most}{forecast.circuits:,} circuits{each})"
    if settings.data.is_numbers:
        return f"{training}."
    if not forecast.pictures_missing:
        return f"{training}; the pictures' features are here already."
    ready = f"{between(forecast.features.low, forecast.features.high)} to look at the pictures once"
    return f"{ready}, then {training}."


def _find(settings: RunSettings) -> JobSnapshot[JobView[Forecast]]:
    return job_managers.forecasts().find_or_start(*_asked(settings))


def _asked(settings: RunSettings) -> tuple[RunSettings, Callable[[], JobSpec[JobView[Forecast]]]]:
    key, owner = forecast_key(settings), session.owner  # a forecast is the same for whoever asks
    return key, lambda: forecast_job(key, owner)


def _may_be_quicker(snapshot: JobSnapshot[JobView[Forecast]]) -> bool:
    """Returns whether another engine was measured while the fast one was made ready, and that some time ago."""
    found, ended = snapshot.view.result, snapshot.ended
    return found is not None and found.stands_in and ended is not None and time.time() - ended > AGAIN_SECONDS


def _stop_outdated(wanted: str) -> None:
    """Stops measuring what this session asked about before: a moved slider must not leave a queue behind."""
    before, session.training.forecast_job = session.training.forecast_job, wanted
    job_managers.stop_replaced(job_managers.express_jobs(), before, wanted, session.owner)


def _panel(settings: RunSettings, live: bool) -> None:
    snapshot = _find(settings)
    if live and snapshot.is_over:
        if snapshot.seconds is not None:
            note_seconds(KIND, snapshot.seconds)
        st.rerun()
    forecast, error = snapshot.view.result, snapshot.view.error
    with st.container(key="forecast"):  # as high as with its bar, or what is below would move when a run ends
        if forecast is not None:
            st.markdown(f":material/timer: **Time here** {in_words(forecast, settings)}")
        elif error:
            st.markdown(f":material/timer: **Time here** No forecast: {as_plain_text(error[0])}")
        else:
            show_job_wait(snapshot, MEASURING, KIND)
    if forecast is not None and forecast.warnings:
        st.warning("This will be slow. " + " ".join(forecast.warnings))
