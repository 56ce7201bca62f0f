"""The circuit shown: that of the settings, of the run on screen, or of a kept run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import streamlit as st

from qtl_core.compare.names import names_of
from qtl_core.drawing.angles import run_angles, untrained_angles
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.store import cached_run
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import CircuitSettings, RunSettings
from qtl_core.settings.readout_words import exact_words
from ui.session import keys, session
from ui.session.kept_runs import choosable_runs
from ui.session.run_actions import is_open, shown_run
from ui.session.selections import FROM_SCREEN, FROM_SETTINGS
from ui.widgets.glossary import word
from ui.widgets.materials import run_inputs_of
from ui.widgets.model_choice import run_words
from ui.widgets.settings_controls import show_field

SETTINGS, RUN, KEPT = "Settings, untrained", "The run on screen", "A kept run"
FIELDS = ("qubits", "depth", "entangler", "rotation")


@dataclass(frozen=True)
class ChosenCircuit:
    """The circuit that is shown.

    Attributes:
        settings: What it is made from.
        weights: Its trained angles as they stand, shape (weight_count,), radians.
        before: The same before training.
        words: Whose they are, in a sentence.
        run: The run that they come from, once it is over and has weights to show.
    """

    settings: CircuitSettings
    weights: np.ndarray
    before: np.ndarray
    words: str
    run: TrainedRun | None = None

    @cached_property
    def key(self) -> str:
        """Tells it from every circuit with other weights, also with others before and after the circuit."""
        found = hashlib.sha256(repr(self.settings).encode())
        for weights in self.run.checkpoint.best_weights.values() if self.run else (self.weights,):
            found.update(weights.tobytes())
        return found.hexdigest()[:16]


@dataclass(frozen=True)
class NoCircuit:
    """A head without a circuit, in place of one.

    Attributes:
        settings: Whose head it is: those on screen, or the run's.
        run: The run, once it is over and has weights to look into.
    """

    settings: RunSettings
    run: TrainedRun | None = None


def choose_source() -> tuple[Callable[[], ChosenCircuit | NoCircuit | None], bool]:
    """Shows the choice and what belongs to it; returns what reads the circuit now, and whether it still moves."""
    selected = session.screen.selected
    runs = {record.id: record for record in choosable_runs(also=(selected.circuit, selected.model))}
    names, snapshot = names_of(runs.values()), shown_run()
    usual = selected.model if selected.model in runs else FROM_SCREEN if snapshot else FROM_SETTINGS
    there = [SETTINGS, *([RUN] if snapshot else []), *([KEPT] if runs else [])]
    _begin_with(selected.circuit or usual, there, runs)
    st.segmented_control("Which circuit", there, key=keys.CIRCUIT_SOURCE, required=True)
    source = st.session_state[keys.CIRCUIT_SOURCE]
    if source == KEPT:
        run_id = st.selectbox(
            "Kept run",
            list(runs),
            key=keys.CIRCUIT_RUN,
            help="The newest one is first.",
            format_func=lambda each: run_words(runs[each], names[each]),
        )
        session.screen.select(circuit="" if run_id == usual else run_id)
        return lambda: _of_run(cached_run(run_id, runs[run_id].version)), False
    shown = FROM_SCREEN if source == RUN else FROM_SETTINGS
    session.screen.select(circuit="" if shown == usual else shown)
    if source == RUN:
        return _of_screen, is_open(snapshot)
    if session.screen.settings.model.spec.has_circuit:
        _show_settings()
    return _of_settings, False


def _begin_with(wanted: str, there: Sequence[str], runs: Collection[str]) -> None:
    """Sets both choices, where nothing is chosen on this page yet, to what the address or another page asks for."""
    if st.session_state.get(keys.CIRCUIT_SOURCE) not in there:
        source = KEPT if wanted in runs else RUN if wanted == FROM_SCREEN else SETTINGS
        st.session_state[keys.CIRCUIT_SOURCE] = source if source in there else there[0]
    if st.session_state.get(keys.CIRCUIT_RUN) not in runs and wanted in runs:
        st.session_state[keys.CIRCUIT_RUN] = wanted


def _show_settings() -> None:
    shown = [name for name in FIELDS if not session.screen.hides(name)]
    if not shown and session.screen.hides("reuploading"):
        return
    with st.expander("Change the settings", icon=":material/tune:"):
        for column, name in zip(st.columns(len(shown) or 1), shown, strict=False):
            with column:
                show_field(name)
        show_field("reuploading")


def _of_settings() -> ChosenCircuit | NoCircuit:
    settings = replace(session.screen.settings, data=run_inputs_of(session.screen.settings.data).data)
    if not settings.model.spec.has_circuit:
        return NoCircuit(settings)
    angles = untrained_angles(settings)
    words = f"Not trained yet: these are the random angles that {word('seed')} {settings.training.seed} begins with."
    return ChosenCircuit(settings.circuit, angles, angles, words)


def _of_screen() -> ChosenCircuit | NoCircuit | None:
    snapshot = shown_run()
    return _of_run(snapshot.view) if snapshot else None


def _of_run(view: RunView) -> ChosenCircuit | NoCircuit | None:
    """Nothing before the run's settings are known."""
    if view.prepared is None:
        return None
    if not view.prepared.settings.model.spec.has_circuit:
        return NoCircuit(view.prepared.settings, TrainedRun.of(view) if view.is_over and view.best else None)
    epochs, best_epoch = len(view.epochs), view.best.epoch if view.best else 0
    if view.prepared.from_elsewhere:
        words = "Trained elsewhere: these are the angles that came with the head; those before training are not known."
    elif not epochs:
        words = "Training has begun: no epoch is done yet, and the angles are those it starts from."
    elif view.is_over:
        many = word("epoch", "epoch" if epochs == 1 else "epochs")
        words = f"Trained for {epochs} {many}: these are the angles of the best one, number {best_epoch}."
        if view.prepared.settings.model.spec.fixed:
            words += " This head leaves them at their random start: only the layers around the circuit learn."
    else:
        words = f"In training: the angles after {word('epoch')} {epochs} of {view.prepared.settings.training.epochs}."
    if why := why_no_head(view):
        angles = untrained_angles(view.prepared.settings, view.prepared.feature_size)
        return ChosenCircuit(
            view.prepared.settings.circuit, angles, angles, f"{why} These are the angles it began with."
        )
    words = f"{words} {exact_words(view.prepared.settings)}".strip()
    run = TrainedRun.of(view) if view.is_over and view.best else None
    return ChosenCircuit(view.prepared.settings.circuit, *run_angles(view), words, run)
