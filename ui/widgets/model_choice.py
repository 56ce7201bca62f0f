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
from ui.session import keys, session
from ui.session.kept_runs import choosable_runs
from ui.session.run_actions import shown_run


@dataclass(frozen=True)
class ModelChoice:
    """A run that can be chosen.

    Attributes:
        id: Tells it from the others, also after a reload.
        words: What it is called in the list.
        load: Reads it.
        is_strangers: Whether it was trained elsewhere: nobody is answered by such a run who did not choose it.
    """

    id: str
    words: str
    load: Callable[[], TrainedModel]
    is_strangers: bool = False


def choose_models() -> tuple[TrainedModel, TrainedModel | None]:
    """Returns the run that answers, and the one to compare with, if there is one.

    Raises:
        UserError: The files of one of them are damaged.
    """
    choices = {choice.id: choice for choice in model_choices()}
    if st.session_state.get(keys.PREDICT_MODEL) not in choices:
        st.session_state[keys.PREDICT_MODEL] = next(each.id for each in choices.values() if not each.is_strangers)
    left, right = st.columns(2)
    chosen = left.selectbox(
        "The run that answers",
        list(choices),
        format_func=lambda each: choices[each].words,
        key=keys.PREDICT_MODEL,
        persist_state="session",
        help="Every finished run is kept on this machine; the newest come first.",
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
    """Returns this session's run, if it is over, then the kept ones, newest first, and the one that comes along."""
    current, found = _current(), []
    kept = choosable_runs()
    if current is not None:
        view, key = current
        run_id = view.ended.run if view.ended else ""
        words = _words(view.prepared, view.prepared.pictures_right(view.checkpoint.best_val_accuracy))
        whose = "Your last run" if key.startswith("job-") else "The run that is open"
        found.append(ModelChoice(run_id or key, f"{whose} · {words}", lambda: model_of(view, key)))
        kept = [record for record in kept if record.id != run_id]
    return [*found, *map(_kept_choice, kept), _bundled_choice()]


def current_model() -> TrainedModel | None:
    """Returns the run on screen, if it is over and has something to answer with."""
    found = _current()
    return model_of(*found) if found else None


def _current() -> tuple[TrainedRun, str] | None:
    """Returns the run on screen and a key of its own, if it has ended with something to answer with."""
    snapshot = shown_run()
    if snapshot is None or not snapshot.is_over or not snapshot.view.ended or not snapshot.view.best:
        return None
    is_job = snapshot.id == session.screen.job
    return TrainedRun.of(snapshot.view), f"job-{snapshot.id}" if is_job else f"{snapshot.id}-{snapshot.version}"


def run_words(record: RunRecord) -> str:
    """Returns what a kept run is called in a list: when it was trained, and what came of it."""
    when = moment(record.created).strftime("%d %b %Y, %H:%M")
    words = _words(record, record.right)
    return f"{when} · {words}"


def _kept_choice(record: RunRecord) -> ModelChoice:
    load = partial(kept_model, record.id, record.version)
    return ModelChoice(record.id, run_words(record), load, is_strangers=record.origin != "trained")


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
