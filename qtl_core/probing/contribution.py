"""What each gate contributes: the circuit without it, asked about all validation pictures again.

Weights are not trained anew, so a figure says what the trained network owes to the gate, not what a network without it
could learn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.callbacks import ShouldStop, never_stop
from qtl_core.circuit import Circuit, build_circuit
from qtl_core.jobs import JobSpec
from qtl_core.probing.inputs import CircuitInputs
from qtl_core.probing.verdict import CircuitScore, score_circuit
from qtl_core.settings import CircuitSettings

Payload = tuple[CircuitSettings, CircuitInputs, np.ndarray]


@dataclass(frozen=True)
class GateImportance:
    """The verdict once some gates are gone: one gate, or a layer's.

    Attributes:
        gates: Their positions in the gate list; none of them for the whole circuit.
        score: What is right without them.
    """

    gates: tuple[int, ...]
    score: CircuitScore


@dataclass(frozen=True)
class GateImportances:
    """All that is known so far: the whole circuit first, then each layer, then each gate.

    Attributes:
        total: How many there will be.
        found: Those there are, in that order.
    """

    total: int
    found: tuple[GateImportance, ...] = ()

    @property
    def whole(self) -> CircuitScore | None:
        """The verdict on the whole circuit."""
        return self.found[0].score if self.found else None

    def without(self, gates: Collection[int]) -> CircuitScore | None:
        """Returns the verdict without exactly these gates, or None where it is not known."""
        wanted = tuple(sorted(gates))
        return next((each.score for each in self.found if each.gates == wanted), None)


def layer_gates(circuit: Circuit, layer: int) -> tuple[int, ...]:
    """Returns the positions of a variational layer's own gates; a picture embedded anew before it stays."""
    return tuple(index for index, gate in enumerate(circuit.gates) if gate.section == "layer" and gate.layer == layer)


def gate_importance_job(
    settings: CircuitSettings, inputs: CircuitInputs, weights: np.ndarray, owner: str = ""
) -> JobSpec[GateImportances]:
    """Returns the job that takes away every layer and every gate in turn; its view grows with each.

    Args:
        settings: The circuit.
        inputs: The validation pictures' angles and the classes' layer.
        weights: Trained angles, shape (weight_count,), radians.
        owner: Whose job it is.
    """
    return JobSpec(
        "qtl_core.probing.contribution:perform",
        (settings, inputs, weights),
        view=GateImportances(len(_trials(build_circuit(settings)))),
        fold=lambda view, found: replace(view, found=(*view.found, found)),
        owner=owner,
    )


def perform(payload: Payload, emit: Callable[[GateImportance], None], should_stop: ShouldStop) -> None:
    """Takes the gates away in a worker process."""
    settings, inputs, weights = payload
    for found in gate_importances(build_circuit(settings), inputs, weights, should_stop):
        emit(found)


def gate_importances(
    circuit: Circuit, inputs: CircuitInputs, weights: np.ndarray, should_stop: ShouldStop = never_stop
) -> Iterator[GateImportance]:
    """Yields the verdict on the whole circuit, without each layer, and without each gate, until told to stop.

    Imports torch, whose simulator is the quickest for a circuit that is run but once.
    """
    import torch

    from qtl_core.circuit.statevector import StateVectorSimulator

    angles, trained = (torch.as_tensor(values, dtype=torch.float64) for values in (inputs.angles, weights))
    for gone in _trials(circuit):
        if should_stop():
            return
        kept = tuple(gate for index, gate in enumerate(circuit.gates) if index not in gone)
        with torch.no_grad():
            values = StateVectorSimulator(replace(circuit, gates=kept))(angles, trained)
        yield GateImportance(gone, score_circuit(inputs, values.numpy()))


def _trials(circuit: Circuit) -> list[tuple[int, ...]]:
    layers = sorted({gate.layer for gate in circuit.gates if gate.section == "layer"})
    alone = [(index,) for index in range(len(circuit.gates))]
    return [(), *(layer_gates(circuit, layer) for layer in layers), *alone]
