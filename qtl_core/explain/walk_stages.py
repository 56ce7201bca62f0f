"""The circuit in a few stages that can be read while a picture moves through it, each with what it did to this picture.

A caption a column would take minutes or pass unread. A stage is the embedding or some layers; its sentence is chosen
from the numbers at its two ends: whose entropy changed most, in the words of `gate_effects`, and by how
much the gates turn.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from qtl_core.explain.forward_pass import STEPS_PER_COLUMN, PictureTrace
from qtl_core.explain.gate_effects import HARDLY, entangling_change
from qtl_core.network.gates import Circuit, Gate
from qtl_core.network.simulators.trace import Milestone, milestones, steps_of

LAYER_STAGES = 3  # at most, however deep the circuit is


@dataclass(frozen=True)
class CircuitStage:
    """A part of the circuit.

    Attributes:
        first, end: Its columns of the diagram, from `first` up to, but without, `end`.
        said: What it did to this picture.
    """

    first: int
    end: int
    said: str


def circuit_stages(trace: PictureTrace, circuit: Circuit) -> tuple[CircuitStage, ...]:
    """Returns the stages of a picture's way through a circuit, in order.

    Args:
        trace: The way.
        circuit: What it goes through.
    """
    parts = milestones(circuit)
    embedded = next(part.steps for part in parts)
    stages = [CircuitStage(0, embedded, embedding_words(trace.explanation.angles))]
    for group in _groups([part for part in parts if part.layer is not None]):
        first, end = stages[-1].end, group[-1].steps
        before, after = (trace.path[column * STEPS_PER_COLUMN] for column in (first, end))
        gates = [circuit.gates[index] for step in steps_of(circuit)[first:end] for index in step.gates]
        joined = any(len(gate.wires) > 1 for gate in gates)
        words = layers_words(_name(group), before, after, _turns(gates, trace.weights), joined)
        stages.append(CircuitStage(first, end, words))
    return tuple(stages)


def brief_circuit_words(trace: PictureTrace, circuit: Circuit) -> str:
    """Says in a few words what the circuit does with a picture: what turns qubits, and whether they get entangled.

    Args:
        trace: The picture's way.
        circuit: What it goes through.
    """
    wires = trace.path.shape[1]
    turned = f"{wires} angles made of them turn {wires} qubits" if wires > 1 else "An angle made of them turns a qubit"
    if not any(len(gate.wires) > 1 for gate in circuit.gates):
        return f"{turned}; no gate joins two."
    shortest = float(np.linalg.norm(trace.path, axis=2).min())
    how = "do not entangle" if shortest >= 1 - 5e-5 else "hardly entangle" if shortest > HARDLY else "entangle"
    return f"{turned}; CNOT gates {how} them."


def embedding_words(angles: np.ndarray) -> str:
    """Says by which angles the picture turns the qubits."""
    listed = ", ".join(f"{round(math.degrees(angle))}°".replace("-", "−") for angle in angles)
    return f"A small layer boils the features down to an angle for every qubit, which turns it: {listed}."


def layers_words(name: str, before: np.ndarray, after: np.ndarray, turns: np.ndarray, joined: bool = True) -> str:
    """Says what some layers did to the state.

    Args:
        name: What the layers are called.
        before, after: Bloch vectors of all qubits, shape (wires, 3).
        turns: The angles of their trained gates, radians.
        joined: Whether any of their gates joins two qubits.
    """
    gates = f"CNOT gates {entangling_change(range(len(before)), before, after, gates=2)}"  # two: more than one
    said = gates if joined else "no gate joins two qubits"
    if not len(turns):
        return f"In {name}, {said}."
    most = math.degrees(np.abs(turns).max())
    degrees = f"{most:.{0 if most >= 9.5 else 1}f}°"
    return f"In {name}, {said}. Trained gates turn by up to {degrees}, counted from 0."


def _groups(layers: Sequence[Milestone]) -> list[Sequence[Milestone]]:
    """Cuts the layers into stages of nearly the same size."""
    count = min(LAYER_STAGES, len(layers))
    cuts = [round(number * len(layers) / count) for number in range(count + 1)] if count else [0]
    return [layers[start:end] for start, end in pairwise(cuts)]


def _name(group: Sequence[Milestone]) -> str:
    numbers = [part.layer + 1 for part in group if part.layer is not None]
    if len(numbers) == 1:
        return f"layer {numbers[0]}"
    joint = "and" if len(numbers) == 2 else "to"
    return f"layers {numbers[0]} {joint} {numbers[-1]}"


def _turns(gates: Sequence[Gate], weights: np.ndarray) -> np.ndarray:
    """The trained angles of some gates, the shorter way round, radians."""
    flat = np.asarray(weights).reshape(-1)
    angles = [flat[source.index] for gate in gates for source in gate.angles if source.kind == "weight"]
    return np.asarray([math.remainder(angle, 2 * math.pi) for angle in angles])
