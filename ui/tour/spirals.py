"""The eighth stop: a task on which a circuit can show what it does, two spirals in place of pictures."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.runs.view import RunView
from qtl_core.settings import PRESETS, RunSettings
from qtl_core.training.ablation import SEEDS, HeadScores, ablation_job
from qtl_core.training.playground import playground_job
from ui.base import job_managers
from ui.base.errors import guarded, show_user_error
from ui.results.plane import has_plane, show_plane, show_points
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.tour.comparing import Slot, begin, show_how_far, shown
from ui.tour.worth import show_heads

SPIRALS = PRESETS[2].applied_to(RunSettings())
TITLE = "A task for a circuit"
TASK = "Watch a circuit learn two spirals, and see how heads without one fare on them."
TEXT = (
    "No photo, no image network: each point is two numbers, and no straight line parts the spirals. What the head "
    "makes of them is all there is, so here one can see whether the circuit in it does anything.\n\n"
    "These are the spirals of the paper, to the last point: 2,000 to learn from, 200 held out, five qubits, 1,000 "
    "steps. The plane shows what the head would say everywhere, from before training to its end; it is one training, "
    "slowed down.\n\n"
    f"Below it the circuit is trained with {SEEDS} random beginnings, and so are heads that have less: what follows "
    "is chosen from these figures."
)
PAGE = ("pages/train.py", "Train spirals, squares or moons")
REFRESH_SECONDS = 0.4
SLOT: Slot = "spiral_heads_job"

Heads = JobSnapshot[JobView[tuple[HeadScores, ...]]]


def show() -> None:
    """Shows the points, the button, and what came of it."""
    run, heads = _run(), shown(SLOT)
    waiting = any(each is not None and not each.is_over for each in (run, heads))
    st.button(
        "Train it now",
        icon=":material/play_arrow:",
        type="primary" if run is None else "secondary",
        on_click=guarded()(_start),
        disabled=waiting,
        help="Really trains them now: the circuit once for the plane, and every head over all seeds.",
    )
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(waiting, _is_over(run))


def _start() -> None:
    jobs, before = job_managers.playground_jobs(), session.tour.spirals_job
    if before:
        jobs.forget(before)
    session.tour.spirals_job = jobs.submit(playground_job(SPIRALS, session.owner))
    begin(SLOT, ablation_job(SPIRALS, session.owner))


def _run() -> JobSnapshot[RunView] | None:
    job_id = session.tour.spirals_job
    return job_managers.playground_jobs().snapshot(job_id) if job_id else None


def _is_over(run: JobSnapshot[RunView] | None) -> bool:
    return run is not None and run.is_over


def _panel(waiting: bool, was_over: bool) -> None:
    run, heads = _run(), shown(SLOT)
    # The plane comes in a fragment of its own: without the whole page's run the points would stay below it for a while.
    if waiting and (_is_over(run) != was_over or all(each is None or each.is_over for each in (run, heads))):
        st.rerun()
    if run is not None and run.is_over and has_plane(run.view):
        show_plane(run.view, plays=True, key=keys.TOUR_PLANE)
    else:
        show_points(SPIRALS, key=keys.TOUR_PLANE)
    if run is not None and run.error:
        show_user_error(UserError(*run.error))
    if heads is not None:
        _show_heads(heads)


def _show_heads(heads: Heads) -> None:
    if heads.view.error:
        show_user_error(UserError(*heads.view.error))
        return
    show_how_far("spiral_heads", heads)
    if heads.view.result:
        show_heads(heads.view.result)
