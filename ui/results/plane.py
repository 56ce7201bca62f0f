"""The plane on a page: the points before training, and the decision surface as it moved, epoch by epoch."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.explain.plane import (
    Plane,
    PlanePoints,
    is_plane,
    is_quick,
    plane_job,
    plane_now,
    plane_request,
    rows_of_settings,
)
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.tables.catalogue import stamp_of_numbers
from ui.base import job_managers
from ui.base.errors import show_user_error
from ui.results.decision_map_view import show_component
from ui.results.plane_view import plane_data, points_data
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.exact_circuit import say_exact
from ui.widgets.waiting import show_job_wait

REFRESH_SECONDS = 0.3
WAIT_SECONDS = 0.7  # at the paper's size a plane is there by then
NO_START = "Of this run the weights of the best epoch and of the last were kept, so the surface cannot move."

Made = JobSnapshot[JobView[Plane]]


def has_plane(view: RunView) -> bool:
    """Returns whether a run is over and all that it learnt from can be drawn in a plane."""
    return view.prepared is not None and is_plane(view.prepared) and view.is_over and bool(view.epochs)


def show_plane(view: RunView, *, plays: bool = False, key: str = keys.PLANE) -> None:
    """Shows the plane of a run for which `has_plane` says yes.

    Args:
        view: The run.
        plays: Whether it is played once by itself.
        key: The component's.
    """
    run = TrainedRun.of(view)
    made = _made(run)
    job_managers.express_jobs().wait(made.id, WAIT_SECONDS)
    waiting = not _made(run).is_over
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(run, waiting, plays, key)


def show_points(settings: RunSettings, *, key: str = keys.PLANE) -> bool:
    """Shows the points that would be learnt from, before any training; returns whether they lie in a plane."""
    try:
        found = _points(_of_rows(settings), stamp_of_numbers(settings.data))
    except UserError:
        return False  # said where the run's inputs are
    if found is None:
        return False
    points, classes, columns = found
    show_component(key=key, data=points_data(points, classes, columns, repr(settings.data)))
    return True


def show_plane_now(run: TrainedRun, *, key: str = keys.PLANE) -> bool:
    """Shows the surface of a run's last epoch while it goes on; returns False where that is too slow, or unknown."""
    prepared, last = run.prepared, run.epochs[-1]
    if not is_quick(prepared):
        return False
    try:
        found = _points(_of_rows(prepared.settings), stamp_of_numbers(prepared.settings.data))
    except UserError:
        return False
    if found is None:
        return False
    plane = plane_now(prepared, last, found[0])
    data = plane_data(
        plane,
        prepared.classes,
        prepared.feature_names,
        identity="live",
        total=prepared.settings.training.epochs,
        best=last.epoch,
        plays=False,
    )
    show_component(key=key, data=data)
    say_exact(prepared.settings)
    return True


def _panel(run: TrainedRun, waiting: bool, plays: bool, key: str) -> None:
    made = _made(run)
    if waiting and made.is_over:
        st.rerun()
    if made.view.error:
        show_user_error(UserError(*made.view.error))
        return
    if made.view.result is None:
        if not show_plane_now(run, key=key):  # its last surface meanwhile, so that nothing goes and comes back
            show_points(run.prepared.settings, key=key)
        show_job_wait(made, "Drawing the plane …", "plane")
        return
    prepared, plane, best = run.prepared, made.view.result, run.best
    data = plane_data(
        plane,
        prepared.classes,
        prepared.feature_names,
        identity=made.id,
        total=len(run.epochs),
        best=best.epoch if best else len(run.epochs),
        plays=plays,
    )
    show_component(key=key, data=data)
    say_exact(prepared.settings)
    if plane.epochs[0] != 0 and len(run.epochs) > 1:
        st.caption(NO_START)


def _made(run: TrainedRun) -> Made:
    key = "plane", run.prepared, run.epochs
    return job_managers.maps().find_or_start(key, lambda: plane_job(plane_request(run), session.owner))


def _of_rows(settings: RunSettings) -> RunSettings:
    """Returns the settings without what rows do not depend on, so that no slider of the circuit has them drawn anew."""
    return RunSettings(data=settings.data).changed(seed=settings.training.seed)


@st.cache_data(max_entries=16, show_spinner=False)
def _points(settings: RunSettings, stamp: object) -> tuple[PlanePoints, tuple[str, ...], tuple[str, ...]] | None:
    """The stamp stands for the file that a table is read from."""
    rows, classes, columns = rows_of_settings(settings)
    return (rows.points, classes, columns) if len(columns) == 2 else None
