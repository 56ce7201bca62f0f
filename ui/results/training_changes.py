"""Changes by training: how far the layer before, the circuit's angles and the layer after moved, and what that gives.

Other pages lead here by `ADDRESS` on the page they show it on.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
import streamlit as st

from qtl_core.explain.training_change_words import circuit_words, summary_words
from qtl_core.explain.training_changes import (
    ANGLES,
    EVERYTHING,
    LAYER_AFTER,
    LAYER_BEFORE,
    Reset,
    TrainingChanges,
    movements_of,
    start_weights,
    training_changes_job,
)
from qtl_core.explain.validation_angles import why_no_answers
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.network.ansatz import build_circuit
from qtl_core.runs.view import RunView, TrainedRun
from ui.base import job_managers
from ui.base.errors import as_plain_text
from ui.base.wording import noun_of
from ui.session import session
from ui.session.refresh import refreshing
from ui.widgets.exact_circuit import say_exact
from ui.widgets.glossary import help_of
from ui.widgets.wait_times import note_seconds
from ui.widgets.waiting import show_job_wait

ADDRESS = "what-training-changed"
AS_FACTOR = 10  # beyond it a factor is read more easily than per cent
TITLE = "What did the quantum part do?"
TITLE_WITHOUT_CIRCUIT = "What did training change?"
REFRESH_SECONDS, WAIT_SECONDS = 0.4, 0.3  # a warm worker has answered by then
ROWS = {
    LAYER_BEFORE: "Layer before the circuit",
    ANGLES: "Trained angles of the circuit",
    LAYER_AFTER: "Layer after the circuit",
    EVERYTHING: "All of them",
}
ROWS_WITHOUT_CIRCUIT = {LAYER_BEFORE: "First layer", LAYER_AFTER: "Last layer", EVERYTHING: "All of it"}
HOW = (
    "Where training began is {start}. One part at a time is set back to there, the others stay "
    "as trained, and the same validation {noun} are asked again; nothing is trained anew. So a figure says what this "
    "network owes to the training of a part, not what it could have learnt without it."
)

Job = JobSnapshot[JobView[TrainingChanges]]


def show_training_changes(view: RunView, *, is_open: bool = False) -> None:
    """Shows what training changed in a run that is over; nothing of one that is not, or has no epoch.

    Args:
        view: The run.
        is_open: Whether the numbers are shown at once.
    """
    if not view.is_over or view.best is None or view.prepared is None:
        return
    run = TrainedRun.of(view)
    if not run.checkpoint.best_weights:
        return  # a run whose training broke down before its first good epoch
    st.html(f'<div id="{ADDRESS}" style="scroll-margin-top: 5rem"></div>')
    if run.prepared.settings.model.spec.has_circuit:
        st.subheader(TITLE, anchor=False, help=help_of("dressed network", "variational circuit", "seed"))
    else:
        st.subheader(TITLE_WITHOUT_CIRCUIT, anchor=False, help=help_of("seed"))
    why = why_no_answers(run)
    if why or session.training.playground:
        _show(run, movements_of(run), why, is_open)
        return
    found = _job(run)
    if not found.is_over:
        job_managers.express_jobs().wait(found.id, WAIT_SECONDS)
    waiting = not _job(run).is_over
    refreshing(_panel, REFRESH_SECONDS if waiting else None)(run, waiting, is_open)


def _panel(run: TrainedRun, waiting: bool, is_open: bool) -> None:
    found = _job(run)
    if waiting and found.is_over:
        if found.seconds is not None:
            note_seconds("changes", found.seconds)
        st.rerun()
    if found.view.result is not None:
        _show(run, found.view.result, "", is_open)
    elif found.view.error:
        _show(run, movements_of(run), " ".join(part for part in found.view.error if part), is_open)
    else:
        _show(run, movements_of(run), "", is_open)
        words = f":material/hourglass_top: Asking the validation {noun_of(run)} again, with each part set back …"
        show_job_wait(found, words, "changes")


def _job(run: TrainedRun) -> Job:
    return job_managers.circuit_input_jobs().find_or_start(
        ("changes", _key(run)), lambda: training_changes_job(run, session.owner)
    )


def _key(run: TrainedRun) -> str:
    """Tells the run from those with other weights, seeds or pictures."""
    prepared = run.prepared
    found = hashlib.sha256(repr((prepared.settings, prepared.val_files, prepared.weights_sha256)).encode())
    for name, values in sorted(run.checkpoint.best_weights.items()):
        found.update(name.encode() + np.ascontiguousarray(values).tobytes())
    return found.hexdigest()[:16]


def _show(run: TrainedRun, changes: TrainingChanges, why: str, is_open: bool) -> None:
    noun = f"answers for validation {noun_of(run)}"
    st.markdown(summary_words(changes, noun), help=help_of("loss"))
    if why:
        st.caption(f"What that changes in the answers cannot be said. {as_plain_text(why)}")
    say_exact(run.prepared.settings)
    if not changes.moved:
        return
    with st.expander("The numbers, part by part", icon=":material/table:", expanded=is_open):
        st.dataframe(part_table(changes), hide_index=True)
        if said := circuit_words(changes, noun):
            st.markdown("\n".join(f"- {each}" for each in said), help=help_of("CNOT"))
        if changes.resets:
            carried = bool(run.checkpoint.start_weights)
            start = "kept with the run" if carried else "made again from the run's seed"
            st.caption(HOW.format(start=start, noun=noun_of(run)), help=help_of("seed"))
        if changes.angles.size:
            st.markdown("Every trained angle, in degrees:")
            places = {name: st.column_config.NumberColumn(format="%.2f") for name in ("Start", "Now", "Change")}
            st.dataframe(angle_table(run), hide_index=True, height=220, column_config=places)


def part_table(changes: TrainingChanges) -> dict[str, list[str]]:
    """Returns the table of parts: how far each moved, and what the answers are with it set back."""
    names = ROWS if changes.model.spec.has_circuit else ROWS_WITHOUT_CIRCUIT
    rows = [part for part in names if part in changes.moved or part in changes.resets]
    moved = [changes.moved.get(part) for part in rows]
    units = [" rad" if part == ANGLES else "" for part in rows]
    table = {
        "Part": [names[part] for part in rows],
        "Numbers": [f"{each.numbers:,}" if each else "" for each in moved],
        "Moved by, rms": [f"{each.rms:.4f}{unit}" if each else "" for each, unit in zip(moved, units, strict=True)],
        "Most of all": [f"{each.most:.4f}{unit}" if each else "" for each, unit in zip(moved, units, strict=True)],
        "Moved by, of its start": [_share(each.relative) if each else "" for each in moved],
    }
    resets = [changes.resets.get(part) for part in rows]
    if changes.trained is not None:
        trained = changes.trained.correct
        table["Set back: other answers"] = [f"{each.differ} of {each.score.total}" if each else "" for each in resets]
        table[f"Right ({trained} as trained)"] = [str(each.score.correct) if each else "" for each in resets]
        table["Loss"] = [_loss(each) if each else "" for each in resets]
    return table


def _loss(found: Reset) -> str:
    """The change of the mean loss, with two standard errors where there are two pictures or more."""
    error = f" ± {2 * found.loss_error:.4f}" if math.isfinite(found.loss_error) else ""
    return f"{found.loss_change:+.4f}{error}".replace("-", "−")


def angle_table(run: TrainedRun) -> dict[str, list[object]]:
    """Returns the table of the angles in use: where each is, where it began, and what training added."""
    circuit = build_circuit(run.prepared.settings.circuit)
    now = np.degrees(np.asarray(run.checkpoint.best_weights["q_params"], dtype=float).reshape(-1))
    start = start_weights(run.prepared, run.checkpoint.start_weights)
    before = np.degrees(start["q_params"].astype(float)) if start else np.full_like(now, math.nan)
    where = {
        source.index: (gate.layer + 1, gate.wires[0])
        for gate in circuit.gates
        for source in gate.angles
        if source.kind == "weight"
    }
    order = range(circuit.weight_count)
    return {
        "Angle": [f"q_params[{index}]" for index in order],
        "Layer": [where[index][0] for index in order],
        "Qubit": [where[index][1] for index in order],
        "Start": [round(float(before[index]), 2) for index in order],
        "Now": [round(float(now[index]), 2) for index in order],
        "Change": [round(float(now[index] - before[index]), 2) for index in order],
    }


def _share(relative: float) -> str:
    if not math.isfinite(relative):
        return "began at 0"
    return f"{100 * relative:.0f}%" if relative < AS_FACTOR else f"{relative:,.0f} times"
