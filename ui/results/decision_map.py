"""The map on a page: asks a worker for it, says in words what it shows, and hands it to the component that draws it."""

from __future__ import annotations

from itertools import combinations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.explain.decision_map.contact_sheet import ContactSheet, sheet_job
from qtl_core.explain.decision_map.frames import map_job
from qtl_core.explain.decision_map.request import PictureMap, request_of, why_no_map
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.runs.view import RunView, TrainedRun
from ui.base import job_managers
from ui.base.errors import show_user_error
from ui.results.decision_map_view import map_data, show_component
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.choices import choose_one
from ui.widgets.wait_times import note_seconds
from ui.widgets.waiting import show_job_wait

REFRESH_SECONDS = 0.4
WAIT_SECONDS = 0.5  # at the paper's size a map is there by then, and nothing has to appear and go again

Map = JobSnapshot[JobView[PictureMap]]
Sheet = JobSnapshot[JobView[ContactSheet]]


def show_map(view: RunView, noun: str) -> None:
    """Shows the map of a run that is over, with the choice of its qubits; it is made when this is first called.

    Args:
        view: The run.
        noun: What its pictures are called.
    """
    if problem := why_no_map(view):
        st.markdown(problem)
        return
    run = TrainedRun.of(view)
    qubits = _choose_qubits(run.prepared.settings.circuit.qubits)
    made = _map(run, qubits)
    _stop_outdated(made.id)
    job_managers.express_jobs().wait(made.id, WAIT_SECONDS)
    waiting = _is_waiting(_map(run, qubits))
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(run, qubits, noun, waiting)


def _panel(view: TrainedRun, qubits: tuple[int, ...], noun: str, waiting: bool) -> None:
    made = _map(view, qubits)
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
    data = map_data(
        made,
        _sheet(made).view.result,
        identity=identity,
        total=len(view.epochs),
        best=best.epoch if best else len(view.epochs),
        noun=noun,
        drawn=prepared.settings.data.source == "drawn",
    )
    show_component(key=keys.MAP, data=data)
    if caveats := _caveats(view, made, noun):
        st.caption(" ".join(caveats))


def _explanation(view: TrainedRun, made: PictureMap, noun: str) -> str:
    """Returns what the map shows, in plain words."""
    qubits = made.qubits
    if len(qubits) == 1:
        where = "The circuit knows a picture by one angle of its only qubit, and that is where its point lies"
        rest = ""
    else:
        where = f"Each point is a picture, and lies where the angles of qubits {qubits[0]} and {qubits[1]} put it"
        rest = "; the other qubits are held at their mean" if _has_others(view, made) else ""
    return (
        f"{where}. The colour behind is the class that the network would name there, the deeper the surer{rest}. "
        f"Point at one of the {noun}, tap it, or use the arrow keys to see it."
    )


def _caveats(view: TrainedRun, made: PictureMap, noun: str) -> list[str]:
    found = []
    if _has_others(view, made):
        found.append(
            "A picture is judged by all its angles, not by these two alone, so a point on the other class's side may "
            "still be right; only a cross means that the picture is taken for another class."
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
    return view.prepared.settings.circuit.qubits > len(made.qubits)


def _choose_qubits(count: int) -> tuple[int, ...]:
    if count == 1:
        return (0,)
    return choose_one(
        "Qubits whose angles are shown",
        list(combinations(range(count), 2)),
        lambda pair: f"{pair[0]} and {pair[1]}",
        keys.MAP_QUBITS,
        required=True,
    )


def _map(view: TrainedRun, qubits: tuple[int, ...]) -> Map:
    key = "map", view.prepared, view.epochs, qubits
    return job_managers.maps().find_or_start(key, lambda: map_job(request_of(view, qubits), session.owner))


def _sheet(made: PictureMap) -> Sheet:
    return job_managers.maps().find_or_start(("sheet", made.files), lambda: sheet_job(made.files, session.owner))


def _is_waiting(made: Map) -> bool:
    """Returns whether the map or its small pictures are still to come."""
    return not made.is_over or (made.view.result is not None and not _sheet(made.view.result).is_over)


def _stop_outdated(wanted: str) -> None:
    """Stops making the map that this session looked at before: a moved slider must not leave a queue behind."""
    before, session.training.map_job = session.training.map_job, wanted
    job_managers.stop_replaced(job_managers.express_jobs(), before, wanted, session.owner)
