"""The map on a page: asks a worker for it, says in words what it shows, and hands it to the component that draws it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.explain.decision_map.contact_sheet import ContactSheet, sheet_job
from qtl_core.explain.decision_map.frames import map_job
from qtl_core.explain.decision_map.request import PictureMap, axes_of, request_of, why_no_map
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.tables.numbers import is_row_name
from ui.base import job_managers
from ui.base.class_colours import colours_of
from ui.base.errors import show_user_error
from ui.results.decision_map_view import map_data, show_component
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.choices import choose_one
from ui.widgets.exact_circuit import say_exact
from ui.widgets.wait_times import note_seconds
from ui.widgets.waiting import show_job_wait

REFRESH_SECONDS = 0.4
WAIT_SECONDS = 0.5  # at the paper's size a map is there by then, and nothing has to appear and go again

Map = JobSnapshot[JobView[PictureMap]]
Sheet = JobSnapshot[JobView[ContactSheet]]


def show_map(view: RunView, noun: str) -> None:
    """Shows the map of a run that is over, with the choice of its axes; it is made when this is first called.

    Args:
        view: The run.
        noun: What its pictures are called.
    """
    if problem := why_no_map(view):
        st.markdown(problem)
        return
    run = TrainedRun.of(view)
    axes = _choose_axes(run)
    made = _map(run, axes)
    _stop_outdated(made.id)
    job_managers.express_jobs().wait(made.id, WAIT_SECONDS)
    waiting = _is_waiting(_map(run, axes))
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(run, axes, noun, waiting)


def _panel(view: TrainedRun, axes: tuple[int, ...], noun: str, waiting: bool) -> None:
    made = _map(view, axes)
    if waiting and not _is_waiting(made):
        if made.seconds is not None:
            note_seconds("map", made.seconds)
        st.rerun()
    if made.view.error:
        show_user_error(UserError(*made.view.error))
    elif made.view.result is None:
        show_job_wait(made, "Drawing the map …", "map")
    else:
        _show_made(view, made.view.result, made.id, noun)


def _show_made(view: TrainedRun, made: PictureMap, identity: str, noun: str) -> None:
    prepared, best = view.prepared, view.best
    st.markdown(_explanation(view, made, noun))
    say_exact(prepared.settings)
    sheet = _sheet(made)
    data = map_data(
        made,
        sheet.view.result if sheet else None,
        identity=identity,
        total=len(view.epochs),
        best=best.epoch if best else len(view.epochs),
        noun=noun,
        drawn=prepared.settings.data.source == "drawn",
        colours=colours_of(prepared),
    )
    show_component(key=keys.MAP, data=data)
    if caveats := _caveats(view, made, noun):
        st.caption(" ".join(caveats))


def _explanation(view: TrainedRun, made: PictureMap, noun: str) -> str:
    """Returns what the map shows, in plain words."""
    return (
        f"{_where(made, noun)}. The colour behind is the class that the network would name there, the deeper the "
        f"surer{_rest(view, made)}. Point at one of the {noun}, tap it, or use the arrow keys to see it."
    )


def _where(made: PictureMap, noun: str) -> str:
    """Returns where a point lies."""
    axes, one = made.axes, noun.removesuffix("s")
    if not made.model.spec.is_hidden:
        return _where_linear(made, one)
    if len(axes) == 1:
        if made.model.spec.has_circuit:
            return f"The circuit knows a {one} by one angle of its only qubit, and that is where its point lies"
        return f"The last layer knows a {one} by the value of the only hidden unit, and that is where its point lies"
    what = "the angles of qubits" if made.model.spec.has_circuit else "the values of hidden units"
    return f"Each point is a {one}, and lies where {what} {axes[0]} and {axes[1]} put it"


def _where_linear(made: PictureMap, one: str) -> str:
    if len(made.classes) == 2:
        return (
            "This head is one linear layer, so a single direction among the features decides. Each point is a "
            f"{one}: that direction runs from left to right, and upwards runs the one in which they spread the most "
            "beside it"
        )
    return (
        f"This head is one linear layer. Each point is a {one}, and lies on the plane among the features in which the "
        "classes' scores part the most"
    )


def _rest(view: TrainedRun, made: PictureMap) -> str:
    if not _has_others(view, made):
        return ""
    if not made.model.spec.is_hidden:
        return "; all other directions are held at their mean"
    return f"; the other {made.model.spec.unit}s are held at their mean"


def _caveats(view: TrainedRun, made: PictureMap, noun: str) -> list[str]:
    found = []
    if _has_others(view, made):
        them = {"qubit": "angles", "hidden unit": "units"}.get(made.model.spec.unit, "features")
        found.append(
            f"A {noun.removesuffix('s')} is judged by all its {them}, not by these two alone, so a point on the other "
            f"class's side may still be right; only a cross means that the {noun.removesuffix('s')} is taken for "
            "another class."
        )
    if len(made.epochs) == 1 < len(view.epochs):
        found.append("Only the last epoch's weights were kept with this run, so the map cannot move.")
    elif len(made.epochs) < len(view.epochs):
        found.append(f"It shows {len(made.epochs)} of the {len(view.epochs)} epochs.")
    if len(made.files) < made.pictures:
        found.append(f"It shows {len(made.files)} of the {made.pictures} {noun}, evenly picked.")
    if view.prepared.settings.training.augmentation:
        found.append(f"Training {noun} are shown as they are, not as the augmented views that were trained on.")
    return found


def _has_others(view: TrainedRun, made: PictureMap) -> bool:
    """Returns whether more decides than the two axes."""
    width = np.shape(view.checkpoint.best_weights["post_net.weight"])[1]
    return width > len(made.axes) if made.model.spec.is_hidden else len(made.classes) > 3


def _choose_axes(run: TrainedRun) -> tuple[int, ...]:
    pairs, spec = axes_of(run), run.prepared.settings.model.spec
    if len(pairs) == 1:
        return pairs[0]
    return choose_one(
        "Qubits whose angles are shown" if spec.has_circuit else "Hidden units whose values are shown",
        pairs,
        lambda pair: f"{pair[0]} and {pair[1]}",
        keys.MAP_QUBITS,
        required=True,
    )


def _map(view: TrainedRun, axes: tuple[int, ...]) -> Map:
    key = "map", view.prepared, view.epochs, axes
    return job_managers.maps().find_or_start(key, lambda: map_job(request_of(view, axes), session.owner))


def _sheet(made: PictureMap) -> Sheet | None:
    """Asks for the small pictures; rows of numbers have none."""
    if made.files and is_row_name(made.files[0]):
        return None
    return job_managers.maps().find_or_start(("sheet", made.files), lambda: sheet_job(made.files, session.owner))


def _is_waiting(made: Map) -> bool:
    """Returns whether the map or its small pictures are still to come."""
    if not made.is_over or made.view.result is None:
        return not made.is_over
    sheet = _sheet(made.view.result)
    return sheet is not None and not sheet.is_over


def _stop_outdated(wanted: str) -> None:
    """Stops making the map that this session looked at before: a moved slider must not leave a queue behind."""
    before, session.training.map_job = session.training.map_job, wanted
    job_managers.stop_replaced(job_managers.express_jobs(), before, wanted, session.owner)
