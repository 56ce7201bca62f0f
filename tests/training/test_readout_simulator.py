"""Training under a readout: the slopes of exact averages, of shots, and a run that goes on as if it never stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from qtl_core.common.errors import InputError
from qtl_core.machines.placing import noisy_circuit_of
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.density_matrix import noisy_expectations
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator
from qtl_core.runs.events import EpochDone
from qtl_core.settings import CircuitSettings, ModelSettings, ReadoutSettings, RunSettings, TrainingSettings
from qtl_core.training.engines import ENGINES, engine_name
from qtl_core.training.readout_simulator import ReadoutSimulator
from qtl_core.training.run import RunRequest, continue_request, train
from qtl_core.training.run import run as run_events
from qtl_core.training.task import TrainingTask, task_of
from qtl_core.training.testing import answers, log_probabilities
from qtl_core.training.torch_engine import train_with_torch
from tests.conftest import PROJECT
from tests.training.test_torch_engine import assert_same_state, epochs, figures, source

CIRCUIT = CircuitSettings(2, 2)
NOISY = ReadoutSettings(depolarizing_one=0.02, depolarizing_two=0.05)
EVERY_RATE = {
    "depolarizing_one": 0.05,
    "depolarizing_two": 0.05,
    "amplitude_damping": 0.05,
    "phase_damping": 0.05,
    "readout_flip": 0.05,
}
each_readout = pytest.mark.parametrize(
    "readout",
    [
        ReadoutSettings(shots=20),
        replace(NOISY, shots=20),
        *(ReadoutSettings(**{name: rate}) for name, rate in EVERY_RATE.items()),
    ],
    ids=["shots", "both", *EVERY_RATE],
)


def task(readout: ReadoutSettings, **training) -> TrainingTask:
    settings = TrainingSettings(
        **{"engine": "torch", "epochs": 2, "learning_rate": 0.02, "step_size": 2, "q_delta": 0.5, **training}
    )
    return TrainingTask(CIRCUIT, settings, source(), readout=readout)


def run(work: TrainingTask, start=None):
    return epochs(train_with_torch(work, start, lambda: False))


def inputs(pictures: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(1)
    angles = torch.tensor(rng.uniform(-1.5, 1.5, (pictures, CIRCUIT.qubits)), requires_grad=True)
    return angles, torch.tensor(rng.normal(size=CIRCUIT.weight_count), requires_grad=True)


@each_readout
def test_every_readout_trains_and_is_no_exact_training(readout):
    found = run(task(readout))
    assert len(found) == 2
    assert [epoch.train_loss for epoch in found] != [epoch.train_loss for epoch in run(task(ReadoutSettings()))]


@each_readout
def test_going_on_after_a_stop_is_as_if_it_never_had(readout):
    whole = run(task(readout))
    assert [figures(epoch) for epoch in run(task(readout))] == [figures(epoch) for epoch in whole]
    first = run(task(readout, epochs=1))
    onward = run(task(readout), first[0].checkpoint)
    assert [figures(epoch) for epoch in (*first, *onward)] == [figures(epoch) for epoch in whole]
    assert_same_state(onward[-1].checkpoint, whole[-1].checkpoint)


def test_another_seed_draws_other_shots():
    readout = ReadoutSettings(shots=20)
    angles, weights = inputs()
    one, same, other = (ReadoutSimulator(CIRCUIT, readout, seed)(angles, weights) for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_every_step_draws_shots_of_its_own_whatever_came_before():
    readout, (angles, weights) = ReadoutSettings(shots=20), inputs()
    simulator = ReadoutSimulator(CIRCUIT, readout, 0)
    found = {}
    for place in ((1, 1), (1, 2), (2, 1), (1, 0), (1, 1)):
        simulator.move_to(*place)
        now = simulator(angles, weights).detach()
        assert torch.equal(found.setdefault(place, now), now)
    assert len({tuple(each.flatten().tolist()) for each in found.values()}) == 4


def test_under_noise_the_slopes_are_those_of_the_exact_averages():
    """By finite differences of the reference, wherever the simulator takes them from."""
    angles, weights = inputs()
    simulator = ReadoutSimulator(CIRCUIT, replace(NOISY, readout_flip=0.05), 0)
    mixing = torch.tensor(np.random.default_rng(2).normal(size=angles.shape))
    (simulator(angles, weights) * mixing).sum().backward()
    noisy = noisy_circuit_of(CIRCUIT, replace(NOISY, readout_flip=0.05))

    def mixed(of_angles: np.ndarray, of_weights: np.ndarray) -> float:
        return float((noisy_expectations(noisy, of_angles, of_weights) * mixing.numpy()).sum())

    plain = angles.detach().numpy(), weights.detach().numpy()
    assert angles.numel() and weights.numel()
    for which, tensor in enumerate((angles, weights)):
        for place in np.ndindex(*tensor.shape):
            moved = [[values.copy() for values in plain] for _ in range(2)]
            moved[0][which][place] += 1e-5
            moved[1][which][place] -= 1e-5
            slope = (mixed(*moved[0]) - mixed(*moved[1])) / 2e-5
            assert tensor.grad[place] == pytest.approx(slope, abs=1e-8)


def test_slopes_from_shots_average_to_the_exact_ones():
    """Within six standard errors of so many steps' shots, each with its own."""
    readout, (angles, weights) = ReadoutSettings(shots=50), inputs(2)
    StateVectorSimulator(build_circuit(CIRCUIT))(angles, weights).sum().backward()
    exact = angles.grad.clone(), weights.grad.clone()
    simulator, found = ReadoutSimulator(CIRCUIT, readout, 0), ([], [])
    for batch in range(1, 201):
        simulator.move_to(1, batch)
        angles.grad = weights.grad = None
        simulator(angles, weights).sum().backward()
        for drawn, tensor in zip(found, (angles, weights), strict=True):
            drawn.append(tensor.grad.clone())
    for drawn, wanted in zip(found, exact, strict=True):
        values = torch.stack(drawn)
        assert (values.std(0) > 0).all()
        assert ((values.mean(0) - wanted).abs() < 6 * values.std(0) / len(values) ** 0.5 + 1e-9).all()


def test_what_stands_still_is_never_shifted(monkeypatch):
    simulator, (angles, weights) = ReadoutSimulator(CIRCUIT, ReadoutSettings(shots=9), 0), inputs()
    weights.requires_grad_(False)
    runs, read = [], simulator.read
    monkeypatch.setattr(simulator, "read", lambda angles, rows, rng: runs.append(len(rows)) or read(angles, rows, rng))
    simulator(angles, weights).sum().backward()
    assert runs == [1, 2 * CIRCUIT.qubits], "trained angles were shifted, too"
    assert angles.grad.abs().sum() > 0


@pytest.mark.parametrize("engine", ["compiled", "pennylane"])
def test_no_other_engine_takes_it_on(engine):
    work = task(NOISY, engine=engine)
    assert engine_name(work) == "torch"
    with pytest.raises(InputError, match="readout"):
        list(ENGINES[engine](work, None, lambda: False))


def test_a_head_without_a_circuit_does_not_ask():
    plain = replace(task(ReadoutSettings(), engine="pennylane"), model=ModelSettings("linear"))
    noisy = replace(plain, readout=NOISY)
    assert engine_name(noisy) == "pennylane"
    assert [figures(epoch) for epoch in run(noisy)] == [figures(epoch) for epoch in run(plain)]


def test_the_settings_readout_is_the_task_s():
    settings = RunSettings().changed(shots=7, depolarizing_two=0.1)
    assert task_of(settings, source()).readout == settings.readout


@each_readout
def test_the_test_part_is_read_as_it_was_trained_and_always_the_same(readout):
    work = task(readout)
    weights = run(work)[-1].checkpoint.weights
    settings = RunSettings(CIRCUIT, work.training, readout=readout)
    found = log_probabilities(settings, weights, work.source.val)
    exact = log_probabilities(replace(settings, readout=ReadoutSettings()), weights, work.source.val)
    assert np.array_equal(found, log_probabilities(settings, weights, work.source.val))
    assert not np.allclose(found, exact, atol=1e-6)
    assert np.array_equal(answers(work, weights, work.source.val), found.argmax(axis=1))


@pytest.mark.parametrize("readout", [{"shots": 9}, {"machine": "ibmqx4"}], ids=["shots", "machine"])
def test_a_kept_run_that_was_stopped_ends_as_if_it_never_had(own_home, readout):
    settings = RunSettings().changed(source="points", points=40, epochs=3, qubits=3, depth=1, test_share=0.2, **readout)
    whole = train(settings, keep=False)
    seen: list[EpochDone] = []
    ended = None
    for ended in run_events(RunRequest(settings), lambda _: None, lambda: bool(seen)):
        if isinstance(ended, EpochDone):
            seen.append(ended)
    assert (ended.how, ended.epochs) == ("stopped", 1)
    request = continue_request(ended.run)
    view = request.before
    for event in run_events(request, lambda _: None, lambda: False):
        view = view.apply(event)
    assert [figures(epoch) for epoch in view.epochs] == [figures(epoch) for epoch in whole.epochs]
    assert np.array_equal(view.best.val_probabilities, whole.best.val_probabilities)
    assert np.array_equal(view.tested.probabilities, whole.tested.probabilities)
    assert_same_state(view.checkpoint, whole.checkpoint)


TWICE = """
import hashlib, sys
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
changes = {"shots": 9, "readout_flip": 0.05, "depolarizing_two": 0.02}
view = train(RunSettings().changed(source="points", points=40, epochs=2, qubits=3, depth=2, **changes), keep=False)
found = hashlib.sha256()
for epoch in view.epochs:
    found.update(epoch.val_probabilities.tobytes())
for name, values in sorted(view.checkpoint.weights.items()):
    found.update(values.tobytes())
print(found.hexdigest())
"""


def test_two_processes_train_the_same_to_the_last_bit(own_home):
    found = [
        subprocess.run(
            [sys.executable, "-c", TWICE],
            env=os.environ | {"OMP_NUM_THREADS": threads, "PYTHONHASHSEED": threads},
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    ]
    assert len(found[0].strip()) == 64 and found[0] == found[1]
