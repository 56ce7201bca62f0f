"""Importance of each gate: validation accuracy and loss without it.

Pages get the pictures' angles from a worker once (`validation_angles`); turning an angle is then arithmetic of a
moment in numpy (`angle_response`), while taking away every gate in turn is a job, here.

Weights are not trained anew, so a figure says what the trained network owes to the gate, not what a network without it
could learn.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

import numpy as np

from qtl_core.common.progress import Progress, ShouldStop, emit_counted, never_stop
from qtl_core.explain.validation_angles import CircuitInputs
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.head_scores import log_softmax
from qtl_core.settings import CircuitSettings


@dataclass(frozen=True)
class CircuitScore:
    """The score of a circuit on the validation pictures.

    Attributes:
        correct: Pictures whose most probable class is the true one.
        total: All of them.
        loss: Mean cross-entropy, nats.
    """

    correct: int
    total: int
    loss: float

    @property
    def accuracy(self) -> float:
        """The share that is right, 0 to 1."""
        return self.correct / self.total


def score_circuit(inputs: CircuitInputs, expectations: np.ndarray) -> CircuitScore:
    """Returns the verdict on the expectation values of all pictures, shape (pictures, qubits)."""
    logs = _log_probabilities(inputs, expectations)
    right = int((logs.argmax(axis=1) == inputs.labels).sum())
    return CircuitScore(right, len(logs), float(-logs[np.arange(len(logs)), inputs.labels].mean()))


def class_probabilities(inputs: CircuitInputs, expectations: np.ndarray) -> np.ndarray:
    """Returns class probabilities, shape (..., qubits) to (..., classes)."""
    return np.exp(_log_probabilities(inputs, expectations))


def _log_probabilities(inputs: CircuitInputs, expectations: np.ndarray) -> np.ndarray:
    return log_softmax(expectations @ inputs.weights + inputs.bias)


STAGE = "Taking gates away, one by one"

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
    """The importance of each gate.

    Attributes:
        found: The whole circuit first, then without each layer, then without each gate; as many as are known.
    """

    found: tuple[GateImportance, ...]

    @property
    def whole(self) -> CircuitScore:
        """The verdict on the whole circuit."""
        return self.found[0].score

    def without(self, gates: Collection[int]) -> CircuitScore | None:
        """Returns the verdict without exactly these gates, or None where it is not known."""
        wanted = tuple(sorted(gates))
        return next((each.score for each in self.found if each.gates == wanted), None)


def layer_gates(circuit: Circuit, layer: int) -> tuple[int, ...]:
    """Returns the positions of a variational layer's own gates; a picture embedded anew before it stays."""
    return tuple(index for index, gate in enumerate(circuit.gates) if gate.section == "layer" and gate.layer == layer)


def gate_importance_job(
    settings: CircuitSettings, inputs: CircuitInputs, weights: np.ndarray, owner: str = ""
) -> JobSpec[JobView[tuple[GateImportance, ...]]]:
    """Returns the job that takes away every layer and every gate in turn: see `GateImportances` for its result.

    Args:
        settings: The circuit.
        inputs: The validation pictures' angles and the classes' layer.
        weights: Trained angles, shape (weight_count,), radians.
        owner: Whose job it is.
    """
    view = JobView[tuple[GateImportance, ...]](Progress(STAGE, 0, len(_trials(build_circuit(settings)))), result=())
    payload: Payload = settings, inputs, weights
    return JobSpec(
        "qtl_core.explain.gate_importance:run_gate_importance_job", payload, owner, view=view, fold=JobView.collect
    )


def run_gate_importance_job(
    payload: Payload, emit: Callable[[Progress | GateImportance], None], should_stop: ShouldStop
) -> None:
    """Takes the gates away in a worker process."""
    settings, inputs, weights = payload
    circuit = build_circuit(settings)
    emit_counted(gate_importances(circuit, inputs, weights, should_stop), STAGE, len(_trials(circuit)), emit)


def gate_importances(
    circuit: Circuit, inputs: CircuitInputs, weights: np.ndarray, should_stop: ShouldStop = never_stop
) -> Iterator[GateImportance]:
    """Yields the verdict on the whole circuit, without each layer, and without each gate, until told to stop.

    Imports torch, whose simulator is the quickest for a circuit that is run but once.
    """
    import torch

    from qtl_core.network.simulators.torch_statevector import StateVectorSimulator

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
