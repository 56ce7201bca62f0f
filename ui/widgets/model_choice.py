"""The choice of the answering run: the Train page's, any that was kept on this machine, or the app's own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from qtl_core.common.moments import moment
from qtl_core.compare.listing import folder_name
from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.inference.requests import TrainedModel, kept_model, model_of
from qtl_core.runs.events import Prepared
from qtl_core.runs.store import RunRecord
from qtl_core.runs.view import TrainedRun
from ui.base import job_managers
from ui.session import keys, session
from ui.session.kept_runs import choosable_runs
from ui.session.run_actions import shown_run
from ui.widgets.glossary import help_of

# Whose a kept run is that this session did not train: a server knows sessions, not people.
ORIGINS = {"trained": "Kept on this server", "file": "From a file", "head": "A head from elsewhere"}


@dataclass(frozen=True)
class ModelChoice:
    """A run that can be chosen.

    Attributes:
        id: Tells it from the others, also after a reload.
        words: What it is called in the list.
        load: Reads it.
        is_own: Whether this session trained or opened it: nobody is answered by another's run who did not choose it.
    """

    id: str
    words: str
    load: Callable[[], TrainedModel]
    is_own: bool = False


def choose_models() -> tuple[TrainedModel, TrainedModel | None]:
    """Returns the run that answers, and the one to compare with, if there is one.

    Raises:
        UserError: The files of one of them are damaged.
    """
    choices = {choice.id: choice for choice in model_choices()}
    if st.session_state.get(keys.PREDICT_MODEL) not in choices:
        st.session_state[keys.PREDICT_MODEL] = next((each.id for each in choices.values() if each.is_own), RUN_ID)
    left, right = st.columns(2)
    chosen = left.selectbox(
        "The run that answers",
        list(choices),
        format_func=lambda each: choices[each].words,
        key=keys.PREDICT_MODEL,
        persist_state="session",
        help="First the runs that you trained or opened since you came, then the one that comes with the app, then all "
        "that are kept on this server, whoever trained them, the newest first. Without a run of your own the one that "
        "comes with the app answers.\n\n" + help_of("qubit", "validation", "depth"),
    )
    others = [None, *(each for each in choices if each != chosen)]
    if st.session_state.get(keys.PREDICT_OTHER) not in others:
        st.session_state[keys.PREDICT_OTHER] = None
    other = right.selectbox(
        "Compare with",
        others,
        format_func=lambda each: choices[each].words if each else "No other run",
        key=keys.PREDICT_OTHER,
        persist_state="session",
        help="A second run answers for the same pictures.",
    )
    return choices[chosen].load(), choices[other].load() if other else None


def model_choices() -> list[ModelChoice]:
    """Returns this session's runs, the one that comes along, then all others that are kept, newest first."""
    current, found = _current(), []
    kept = choosable_runs()
    if current is not None:
        view, key, is_trained_here = current
        run_id = view.ended.run if view.ended else ""
        words = _words(view.prepared, view.prepared.pictures_right(view.checkpoint.best_val_accuracy))
        whose = "Your last run" if is_trained_here else "The run you opened"
        found.append(ModelChoice(run_id or key, f"{whose} · {words}", lambda: model_of(view, key), is_own=True))
        kept = [record for record in kept if record.id != run_id]
    mine = set(job_managers.studio_jobs().owned(session.owner))
    own = [_kept_choice(record, "Yours", is_own=True) for record in kept if record.id in mine]
    others = [_kept_choice(record, ORIGINS[record.origin]) for record in kept if record.id not in mine]
    return [*found, *own, _bundled_choice(), *others]


def current_model() -> TrainedModel | None:
    """Returns the run on screen, if it is over and has something to answer with."""
    found = _current()
    return model_of(*found[:2]) if found else None


def _current() -> tuple[TrainedRun, str, bool] | None:
    """Returns the run on screen, a key of its own and whether this session trained it, if it can answer."""
    snapshot = shown_run()
    if snapshot is None or not snapshot.is_over or not snapshot.view.ended or not snapshot.view.best:
        return None
    is_job = snapshot.id == session.screen.job
    key = f"job-{snapshot.id}" if is_job else f"{snapshot.id}-{snapshot.version}"
    return TrainedRun.of(snapshot.view), key, is_job and snapshot.owner == session.owner


def run_words(record: RunRecord) -> str:
    """Returns what a kept run is called in a list: when it was trained, and what came of it."""
    when = moment(record.created).strftime("%d %b %Y, %H:%M")
    words = _words(record, record.right)
    return f"{when} · {words}"


def _kept_choice(record: RunRecord, whose: str, *, is_own: bool = False) -> ModelChoice:
    load = partial(kept_model, record.id, record.version)
    return ModelChoice(record.id, f"{whose} · {run_words(record)}", load, is_own=is_own)


def _bundled_choice() -> ModelChoice:
    view = bundled_run()
    right = view.prepared.pictures_right(view.checkpoint.best_val_accuracy)
    words = _words(view.prepared, right)
    return ModelChoice(RUN_ID, f"Comes with the app · {words}", lambda: model_of(view, RUN_ID))


def _words(run: RunRecord | Prepared, right: int | None) -> str:
    """Returns what came of a run and what it is made of; `right` counts validation pictures."""
    circuit, data = run.settings.circuit, run.settings.data
    pictures = {"photos": "photos", "drawn": "drawn pictures"}.get(data.source)
    pictures = pictures or f"pictures of {folder_name(data, run.classes)}"
    qubits = "1 qubit" if circuit.qubits == 1 else f"{circuit.qubits} qubits"
    score = f"{right} of {run.val_size} {pictures} right" if run.val_size and right is not None else "not measured"
    return f"{score} · {qubits}, depth {circuit.depth} · {run.backbone_title}"
