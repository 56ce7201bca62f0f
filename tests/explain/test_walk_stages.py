"""The circuit's stages: they follow each other without a gap, and each says what its own two ends show."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from qtl_core.explain.forward_pass import trace_of
from qtl_core.explain.kept_traces import kept_traces
from qtl_core.explain.walk_stages import brief_circuit_words, circuit_stages, embedding_words, layers_words
from qtl_core.inference.bundled import bundled_run
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.trace import steps_of
from qtl_core.settings import CircuitSettings

UP, HALF, HERE = (
    np.array([[0, 0, 1.0], [0, 0, 1]]),
    np.array([[0, 0, 0.5], [0, 0, 1]]),
    np.array([[0.5, 0, 0], [0, 0, 1]]),
)
NO_TURNS = np.array([])


@pytest.mark.parametrize("depth", [1, 2, 3, 6, 11])
@pytest.mark.parametrize("reuploading", [False, True])
def test_they_cover_every_column_in_few_stages(depth: int, reuploading: bool):
    settings = CircuitSettings(depth=depth, reuploading=reuploading)
    circuit = build_circuit(settings)
    path = np.tile([0.0, 0, 1], (6 * len(steps_of(circuit)) + 1, 4, 1))
    trace = replace(kept_traces()[0], path=path, weights=np.zeros(settings.weight_count))
    stages = circuit_stages(trace, circuit)
    assert stages[0].first == 0 and stages[-1].end == len(steps_of(circuit))
    assert [stage.first for stage in stages[1:]] == [stage.end for stage in stages[:-1]]
    assert len(stages) == 1 + min(depth, 3)


def test_a_run_is_said_to_entangle_by_its_lengths():
    run = bundled_run()
    trace = kept_traces()[0]
    assert trace.path[6 * 8].shape == (4, 3)
    said = circuit_stages(trace, build_circuit(run.prepared.settings.circuit))[1].said
    before, after = (np.linalg.norm(trace.path[6 * column], axis=1) for column in (2, 8))
    wire = int(np.abs(after - before).argmax())
    assert "CNOT gates entangle qubit " in said
    assert before[wire] > 1 - 5e-5  # which is written as 1
    assert f": its arrow shrinks from 1 to {after[wire]:.2f}, its entropy grows from 0.00 to" in said


def test_a_run_that_does_not_entangle_is_not_said_to():
    run = bundled_run()
    weights = dict(run.checkpoint.best_weights)
    weights["q_params"] = np.zeros_like(weights["q_params"])
    best = replace(run.best, checkpoint=replace(run.checkpoint, best_weights=weights))
    still = replace(run, epochs=(best,))
    explanation = replace(kept_traces()[0].explanation, angles=np.full(4, math.pi / 2))
    trace = trace_of(kept_traces()[0].picture, b"", explanation, still)
    stages = circuit_stages(trace, build_circuit(run.prepared.settings.circuit))[1:]
    assert stages
    for stage in stages:
        assert "CNOT gates do not entangle the qubits: every arrow keeps its full length" in stage.said
        assert "up to 0.0°" in stage.said


def test_words_are_chosen_from_the_numbers():
    said = layers_words("layer 1", UP, HALF, NO_TURNS)
    assert said == (
        "In layer 1, CNOT gates entangle qubit 0: its arrow shrinks from 1 to 0.50, its entropy grows from 0.00 to "
        "0.81 bit."
    )
    less = layers_words("layer 1", HALF, UP, NO_TURNS)
    assert "entangle qubit 0 less: its arrow grows from 0.50 to 1, its entropy falls from 0.81 to" in less
    more = layers_words("layer 1", 0.9 * UP, HALF, NO_TURNS)
    assert "entangle qubit 0 more: its arrow shrinks from 0.90 to 0.50" in more
    hardly = layers_words("layer 1", UP, 0.995 * UP, NO_TURNS)
    assert "CNOT gates hardly entangle the qubits: every arrow keeps at least 0.9950 of its length" in hardly
    assert "as entangled as they were" in layers_words("layer 1", HALF, HERE, NO_TURNS)
    assert "do not entangle the qubits: every arrow keeps its full length" in layers_words("layer 1", UP, UP, NO_TURNS)
    assert "no gate joins" in layers_words("layer 1", UP, UP, NO_TURNS, joined=False)
    assert layers_words("layer 1", UP, UP, np.radians([-40.0, 3])).endswith("turn by up to 40°, counted from 0.")
    assert "−90°, 30°" in embedding_words(np.radians([-90, 30]))


def test_the_whole_circuit_is_said_to_entangle_only_where_an_arrow_shrinks():
    circuit, trace = build_circuit(CircuitSettings()), kept_traces()[0]
    pure, nearly, mixed = (replace(trace, path=np.tile([0.0, 0, length], (7, 4, 1))) for length in (1, 0.995, 0.5))
    assert brief_circuit_words(pure, circuit) == (
        "4 angles made of them turn 4 qubits; CNOT gates do not entangle them."
    )
    assert brief_circuit_words(nearly, circuit).endswith("; CNOT gates hardly entangle them.")
    assert brief_circuit_words(mixed, circuit).endswith("; CNOT gates entangle them.")
    alone = replace(circuit, gates=tuple(gate for gate in circuit.gates if len(gate.wires) == 1))
    assert brief_circuit_words(pure, alone).endswith("; no gate joins two.")
