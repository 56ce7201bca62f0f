"""An autoencoder carried from one family of states to another."""

from __future__ import annotations

import numpy as np
import pennylane as qml
import pytest

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import never_stop
from qtl_core.learn import encoders
from qtl_core.learn.experiments import compression
from qtl_core.learn.experiments.outcome import corrected, outcome_of

EXPERIMENT = compression.EXPERIMENT
SEEDS = np.arange(EXPERIMENT.seeds)
DICE = np.random.default_rng(0)


def as_ops(angles: np.ndarray) -> None:
    for index, angle in enumerate(angles):
        if index and index % 3 == 0:
            qml.CNOT([1, 2])
            qml.CNOT([0, 1])
        qml.RY(angle, index % 3)


def test_near_fields_save_and_random_states_do_not():
    found = corrected(
        [
            outcome_of(each, compression.learn(each, SEEDS, never_stop), EXPERIMENT.quality)
            for each in EXPERIMENT.likenesses
        ]
    )
    assert found[0].verdict != "saved"
    assert [each.verdict for each in found[2:]] == ["saved"] * 3
    assert found[2].scratch.missed <= 4


def test_equal_arguments_give_equal_curves_and_task_b_is_the_same_at_every_stop():
    once, again = (compression.learn(EXPERIMENT.likenesses[1], np.arange(2), never_stop) for _ in range(2))
    assert all(np.array_equal(getattr(once, name), getattr(again, name)) for name in vars(once))
    other = compression.learn(EXPERIMENT.likenesses[0], np.arange(1, 2), never_stop)
    assert other.scratch[0, :20] == pytest.approx(once.scratch[1, :20])


def test_ground_states_are_those_of_pennylanes_hamiltonian():
    fields = np.array([0.2, 0.8, 3.0])
    assert fields.any()
    for field, state in zip(fields, compression.ground_states(fields), strict=True):
        words = [qml.Z(0) @ qml.Z(1), qml.Z(1) @ qml.Z(2), qml.X(0), qml.X(1), qml.X(2)]
        matrix = qml.matrix(qml.Hamiltonian([-1, -1, -field, -field, -field], words), wire_order=range(3))
        least = np.linalg.eigvalsh(matrix)[0]
        assert state @ matrix.real @ state == pytest.approx(least) and state.sum() > 0


def test_the_encoder_is_pennylanes_and_so_is_what_is_brought_back():
    angles, states = DICE.uniform(-3, 3, encoders.ANGLES), np.array([compression.anything(DICE)[:3]])
    device = qml.device("default.mixed", wires=3)

    @qml.qnode(device)
    def brought_back(state):
        qml.StatePrep(state, wires=range(3))
        as_ops(angles)
        for wire in (1, 2):
            qml.ResetError(1.0, 0.0, wires=wire)
        qml.adjoint(as_ops)(angles)
        return qml.density_matrix(range(3))

    matrix = qml.matrix(as_ops, wire_order=range(3))(angles)
    assert np.allclose(encoders.encoded(angles[None], states)[0], states[0] @ matrix.real.T)
    lacking = [1 - (state @ brought_back(state) @ state).real for state in states[0]]
    assert encoders.error(angles[None], states)[0] == pytest.approx(np.mean(lacking), abs=1e-9)


def test_a_sweep_never_empties_the_dropped_qubits_less():
    states = np.array([compression.family(DICE, 0.8)[:6] for _ in range(4)])
    angles = DICE.uniform(-3, 3, (4, encoders.ANGLES))
    last, seen = np.zeros(4), 0
    for _ in range(3):
        for _ in encoders._swept(states, angles):
            empty = np.square(encoders.encoded(angles, states)[..., encoders.EMPTY]).sum(axis=-1).mean(axis=-1)
            assert np.all(empty >= last - 1e-12)
            last, seen = empty, seen + 1
    assert seen == 3 * encoders.ANGLES


def test_training_stops_when_asked():
    with pytest.raises(StoppedByUser):
        compression.learn(EXPERIMENT.likenesses[1], np.arange(1), lambda: True)


def test_principal_components_bring_unseen_states_back_better():
    errors = []
    for seed in range(EXPERIMENT.seeds):
        dice = np.random.default_rng([seed, 22])
        dice.uniform(size=(2, encoders.ANGLES))  # the starts are drawn first
        states = compression.family(dice, compression.MIDDLE)
        components = np.linalg.svd(states[: compression.LEARNT])[2]
        encoder = components[[0, 2, 3, 4, 1, 5, 6, 7]]  # the two largest are left with the dropped qubits at 0
        halves = (states[compression.LEARNT :] @ encoder.T).reshape(-1, 2, 4)
        fidelities = [np.square(half[:, 0] @ half).sum() for half in halves]
        errors.append(1 - np.mean(fidelities))
    assert f"{np.mean(errors):.5f}" == "0.00006" and "0.00006" in EXPERIMENT.without
