"""Parts of both trainings of light on the page: the button, the wait, Stop, and the way back through the points."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.drawing.plotly_parts import band_edges
from qtl_core.jobs import JobSnapshot, JobSpec
from ui.base import job_managers
from ui.base.errors import guarded, show_user_error
from ui.base.theme import PUBLISHED
from ui.learn.widgets import line
from ui.session import keys
from ui.session.refresh import refreshing
from ui.session.visitor import may_stop
from ui.widgets.waiting import show_job_report

TOPIC = "transfer"
REFRESH_SECONDS = 0.4
STOPPED, STOPPED_EARLY = "Stopped: what had been learnt until then.", "Stopped before anything was learnt."
BAND, BAND_OPACITY = (5, 95), 0.2  # percentiles of the seeds

Part = TypeVar("Part")


@dataclass(frozen=True)
class Training:
    """A training that can be asked for.

    Attributes:
        name: Of its widgets.
        label: Of its button.
        settings: What is asked, by which it is found again.
        make: Returns the job.
        show: Draws the parts that there are, and whether more are to come.
    """

    name: str
    label: str
    settings: Hashable
    make: Callable[[], JobSpec[Any]]
    show: Callable[[Sequence[Any], bool], None]

    @property
    def key(self) -> Hashable:
        """By which the job is found, whoever started it."""
        return self.name, self.settings


def show_training(training: Training) -> None:
    """Shows the button, or the training as far as it has come; one that somebody else asked for is there at once."""
    found = _find(training)
    if found is None or found.state in ("stopped", "failed"):
        st.button(
            training.label if found is None else "Train again from the beginning",
            key=keys.learn_key(TOPIC, f"{training.name}_start"),
            icon=":material/play_arrow:",
            type="primary",
            on_click=guarded()(_start),
            args=(training,),
        )
    if found is not None:
        live = not found.is_over
        refreshing(_panel, REFRESH_SECONDS if live else None)(training, live)


def _panel(training: Training, live: bool) -> None:
    found = _find(training)
    if found is None or live is found.is_over:
        st.rerun()  # without the refreshing, or with it
    if found.view.error:
        show_user_error(UserError(*found.view.error))
    if live:
        _show_way(training, found)
    elif found.state == "stopped":
        st.caption(STOPPED if found.view.result else STOPPED_EARLY)
    if found.view.result:
        training.show(found.view.result, live)


def _show_way(training: Training, found: JobSnapshot[Any]) -> None:
    show_job_report(f"light_{training.name}", found, "Getting ready")
    if may_stop(found.owner):  # what somebody else waits for goes on
        st.button(
            "Stop",
            key=keys.learn_key(TOPIC, f"{training.name}_stop"),
            icon=":material/stop:",
            on_click=guarded()(job_managers.express_jobs().stop),
            args=(found.id,),
        )


def _find(training: Training) -> JobSnapshot[Any] | None:
    return job_managers.light_trainings().find(training.key)


def _start(training: Training) -> None:
    job_managers.light_trainings().restart(training.key, training.make)


def point_shown(name: str, points: Sequence[Part], batches: Sequence[int], live: bool) -> Part:
    """Returns the last point while more are to come, and afterwards the one that a slider is at."""
    if live or len(points) < 2:
        return points[-1]
    key = keys.learn_key(TOPIC, f"{name}_at")
    if st.session_state.get(key) not in batches:
        st.session_state[key] = batches[-1]
    at = st.select_slider(
        "Batches learnt", batches, format_func="{:,}".format, key=key, help="Drag back to see how it came about."
    )
    return points[batches.index(at)]


def seeds_band(batches: Sequence[int], values: np.ndarray, name: str, colour: str, dash: str) -> list[dict[str, Any]]:
    """Returns the traces of a curve's median with the band in which nine of ten seeds lie; values (points, seeds)."""
    low, high = np.percentile(values, BAND, axis=1)
    middle = line(batches, np.median(values, axis=1), name, colour, dash=dash)
    common = {"x": batches, "type": "scatter", "legendgroup": name}
    return [*band_edges(low, high, colour, BAND_OPACITY, common), middle | {"hovertemplate": "%{y:.1%}"}]


def published_line(batches: int, accuracy: float) -> dict[str, Any]:
    """Returns the published figure as a level."""
    level = line([0, batches], [accuracy, accuracy], f"published, {accuracy:.2%}", PUBLISHED, dash="dot")
    return level | {"hovertemplate": "%{y:.2%}"}
