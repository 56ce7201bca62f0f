"""Importance of each gate: asked of a worker, said of the chosen gate, shown over the whole diagram."""

from __future__ import annotations

import numpy as np
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.explain.gate_importance import (
    CircuitScore,
    GateImportance,
    GateImportances,
    gate_importance_job,
    layer_gates,
)
from qtl_core.explain.validation_angles import CircuitInputs
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.network.gates import Circuit
from ui.base import job_managers
from ui.base.errors import show_user_error
from ui.circuit.figure import GateOverlay
from ui.circuit.source import ChosenCircuit
from ui.circuit.validation_angles import wait_a_moment
from ui.session import keys, session
from ui.session.refresh import refreshing
from ui.widgets.status import show_report

REFRESH_SECONDS = 0.4
UNNOTICED = 0.0005  # of loss: would be shown as 0.000

Job = JobSnapshot[JobView[tuple[GateImportance, ...]]]


def find_importances(
    shown_circuit: ChosenCircuit, weights: np.ndarray, inputs: CircuitInputs
) -> GateImportances | None:
    """Returns what each gate contributes; before it is known, shows how far the worker is, and returns None.

    Args:
        shown_circuit: The circuit.
        weights: Its angles as they stand, those turned by hand among them, shape (weight_count,), radians.
        inputs: The run's validation pictures.
    """
    found = wait_a_moment(lambda: _job(shown_circuit, weights, inputs))
    if found.state == "done":
        return GateImportances(found.view.result or ())
    _show_unfinished(_key(shown_circuit, weights), found)
    return None


def gate_overlays(found: GateImportances, gates: int) -> dict[int, GateOverlay]:
    """Returns what the diagram shows of each gate: by how much the loss grows without it, the largest the strongest."""
    whole = found.whole
    known = {gate: score for gate in range(gates) if (score := found.without([gate]))}
    growth = {gate: score.loss - whole.loss for gate, score in known.items()}
    most = max((abs(value) for value in growth.values()), default=0.0)
    return {
        gate: GateOverlay(
            value / most if most else 0.0, _signed(value), f"Without it: {_change_words(whole, known[gate])}"
        )
        for gate, value in growth.items()
    }


def show_gate_importance(found: GateImportances, circuit: Circuit, gate: int) -> None:
    """Says what the chosen gate contributes, and what its layer does."""
    if alone := found.without([gate]):
        st.markdown(f"- **Without this gate:** {_change_words(found.whole, alone)}.")
    its = circuit.gates[gate]
    if its.section == "layer" and (layer := found.without(layer_gates(circuit, its.layer))):
        st.markdown(f"- **Without all of layer {its.layer + 1}:** {_change_words(found.whole, layer)}.")


def legend(found: GateImportances, by_hand: bool = False) -> str:
    """Says what the colours mean here, and whether they are of a circuit that somebody has turned by hand."""
    whole = found.whole
    as_it_is = "With the angles as you have turned them. " if by_hand else ""
    return as_it_is + (
        f"The number on a gate is how much the validation loss, {whole.loss:.3f} with {whole.correct} of {whole.total} "
        "right, grows when that gate is taken away: green gates (+) help, red ones (−) are in the way. Nothing is "
        "trained anew, so this is what the network owes to a gate, not what it could do without it."
    )


def _change_words(whole: CircuitScore, without: CircuitScore) -> str:
    change = without.correct - whole.correct
    right = "as many" if change == 0 else f"{abs(change)} {'more' if change > 0 else 'fewer'}"
    return f"{right} right ({without.correct} of {without.total}), loss {_signed(without.loss - whole.loss)}"


def _signed(value: float) -> str:
    return "0.000" if abs(value) < UNNOTICED else f"{value:+.3f}".replace("-", "−")


def _job(shown_circuit: ChosenCircuit, weights: np.ndarray, inputs: CircuitInputs) -> Job:
    return job_managers.circuit_input_jobs().find_or_start(
        _key(shown_circuit, weights),
        lambda: gate_importance_job(shown_circuit.settings, inputs, weights, session.owner),
    )


def _key(shown_circuit: ChosenCircuit, weights: np.ndarray) -> tuple[str, str, bytes]:
    return "importance", shown_circuit.key, weights.tobytes()


def _show_unfinished(key: tuple[str, str, bytes], found: Job) -> None:
    if found.view.error:
        show_user_error(UserError(*found.view.error))
        return

    def look() -> None:
        now = job_managers.circuit_input_jobs().find(key)
        if now is None or now.is_over:
            st.rerun()
        show_report("importance", now.view.progress)
        st.button("Stop", key="stop_importance", icon=":material/stop:", on_click=_stop, args=(now.id,))

    refreshing(look, REFRESH_SECONDS)()


def _stop(job_id: str) -> None:
    job_managers.express_jobs().stop(job_id)
    st.session_state[keys.CIRCUIT_COLOURS] = None  # the colours show again what they did at first
