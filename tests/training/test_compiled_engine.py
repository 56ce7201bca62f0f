"""The compiled engine gives the numbers of the torch engine and of PennyLane, whatever the settings."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.events import BatchDone, Checkpoint, EpochDone
from qtl_core.settings import CircuitSettings, ModelSettings, TrainingSettings
from qtl_core.training.compiled.engine import train_compiled
from qtl_core.training.task import Engine, KeptFeatures, TrainingTask
from qtl_core.training.torch_engine import train_with_pennylane, train_with_torch

PROJECT = Path(__file__).parents[2]
TRAIN, VAL, FEATURES = 22, 9, 12
EXACT = {"double": 1e-8, "single": 1e-4}


def task(
    circuit: CircuitSettings | None = None, *, classes: int = 2, views: int = 0, precision: str = "double", **training
) -> TrainingTask:
    """A small task with large steps, so that three epochs change every weight by far more than the tolerance."""
    rng = np.random.default_rng(5)
    labels = np.arange(TRAIN + VAL) % classes
    values = rng.standard_normal((classes, FEATURES))[labels] + rng.standard_normal((views or 1, len(labels), FEATURES))
    values = np.ascontiguousarray(values.astype(np.float32).swapaxes(0, 1))
    train, val = values[:TRAIN] if views else values[:TRAIN, 0], np.ascontiguousarray(values[TRAIN:, 0])
    kept = KeptFeatures(train, val, labels[:TRAIN], labels[TRAIN:], classes=classes, seed=3)
    settings = {"epochs": 3, "batch_size": 5, "learning_rate": 0.01, "step_size": 2, "q_delta": 0.5, "seed": 3}
    return TrainingTask(circuit or CircuitSettings(3, 2), TrainingSettings(**{**settings, **training}), kept, precision)


def epochs(engine: Engine, work: TrainingTask, start: Checkpoint | None = None) -> list[EpochDone]:
    return [event for event in engine(work, start, lambda: False) if isinstance(event, EpochDone)]


def assert_same(ours: list[EpochDone], theirs: list[EpochDone], exact: float, idle: slice | None = None) -> None:
    """Compares all figures and the last weights; `idle` names circuit angles that change no figure."""
    assert [epoch.epoch for epoch in ours] == [epoch.epoch for epoch in theirs]
    for left, right in zip(ours, theirs, strict=True):
        for figure in ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate"):
            assert getattr(left, figure) == pytest.approx(getattr(right, figure), abs=exact), figure
        # val_probabilities are single precision in every engine
        np.testing.assert_allclose(left.val_probabilities, right.val_probabilities, atol=max(exact, 1e-6))
        assert left.is_best == right.is_best
    left, right = ours[-1].checkpoint, theirs[-1].checkpoint
    assert (left.steps, left.best_epoch) == (right.steps, right.best_epoch)
    for name, values in right.weights.items():
        kept = np.ones(values.shape, bool)
        if name == "q_params" and idle is not None:
            kept[idle] = False
        np.testing.assert_allclose(left.weights[name][kept], values[kept], atol=exact, err_msg=name)


@pytest.mark.parametrize("circuit", [CircuitSettings(3, 2), CircuitSettings(2, 2, rotation="rot", reuploading=True)])
def test_angles_left_at_their_start_stay_there_in_every_engine(circuit: CircuitSettings):
    work = replace(task(circuit), model=ModelSettings("dressed_fixed"))
    ours, theirs, reference = (
        epochs(engine, work) for engine in (train_compiled, train_with_torch, train_with_pennylane)
    )
    assert_same(ours, theirs, EXACT["double"])
    assert_same(ours, reference, EXACT["double"])
    start = initial_weights(FEATURES, 2, circuit, work.training.q_delta, work.training.seed)
    for found in (ours, theirs):
        assert (found[-1].checkpoint.weights["q_params"] == start["q_params"]).all()
        assert found[-1].layer_gradients == ()
    again = epochs(train_compiled, work, theirs[0].checkpoint)  # a checkpoint without a memory of the angles will do
    assert_same(again, theirs[1:], EXACT["double"])


def idle_angles(circuit: CircuitSettings) -> slice | None:
    """The last RZ of every wire turns a phase nobody measures: where its gradient is not exactly 0, Adam makes
    whole steps of rounding errors."""
    if circuit.rotation == "ry" or circuit.depth == 0:
        return None
    return slice(circuit.weight_count - 3 * circuit.qubits + 2, None, 3)


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("reuploading", [False, True])
@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("entangler", ["brick", "ring", "all", "none"])
@pytest.mark.parametrize(("qubits", "classes"), [(1, 2), (4, 3), (6, 2)])
def test_same_as_torch(qubits, classes, entangler, rotation, reuploading, precision):
    circuit = CircuitSettings(qubits, 2, entangler, rotation, reuploading)
    work = task(circuit, classes=classes, precision=precision)
    ours, theirs = epochs(train_compiled, work), epochs(train_with_torch, work)
    assert_same(ours, theirs, EXACT[precision], idle_angles(circuit))


@pytest.mark.parametrize("reuploading", [False, True])
@pytest.mark.parametrize("rotation", ["ry", "rot"])
@pytest.mark.parametrize("entangler", ["brick", "ring", "all", "none"])
def test_same_as_pennylane(entangler, rotation, reuploading):
    circuit = CircuitSettings(3, 2, entangler, rotation, reuploading)
    work = task(circuit, batch_size=11)
    ours, theirs = epochs(train_compiled, work), epochs(train_with_pennylane, work)
    assert_same(ours, theirs, EXACT["double"], idle_angles(circuit))


@pytest.mark.parametrize("circuit", [CircuitSettings(1, 2, rotation="rot"), CircuitSettings(6, 1, rotation="rot")])
@pytest.mark.parametrize("precision", ["double", "single"])
def test_same_as_pennylane_for_few_and_many_qubits(circuit, precision):
    work = task(circuit, batch_size=11, classes=3, precision=precision)
    ours, theirs = epochs(train_compiled, work), epochs(train_with_pennylane, work)
    assert_same(ours, theirs, EXACT[precision], idle_angles(circuit))


@pytest.mark.parametrize(
    "changes",
    [
        {"circuit": CircuitSettings(2, 0)},
        {"circuit": CircuitSettings(2, 0, rotation="rot", reuploading=True)},
        {"views": 3},
        {"views": 1},
        {"classes": 6},
        {"batch_size": 1},
        {"batch_size": 8},
        {"batch_size": 19},
        {"batch_size": 256},
        {"best_by": "loss"},
    ],
    ids=str,
)
@pytest.mark.parametrize("precision", ["double", "single"])
def test_same_as_torch_whatever_else_is_set(changes, precision):
    work = task(precision=precision, **changes)
    assert_same(epochs(train_compiled, work), epochs(train_with_torch, work), EXACT[precision])


@pytest.mark.parametrize(
    "engines",
    [(train_compiled,) * 2, (train_with_torch, train_compiled), (train_compiled, train_with_torch)],
    ids=["compiled", "torch first", "compiled first"],
)
@pytest.mark.parametrize("depth", [0, 2])
def test_going_on_is_as_never_having_stopped(engines, depth):
    work = task(CircuitSettings(3, depth))
    first, second = engines
    begun = epochs(first, replace(work, training=replace(work.training, epochs=1)))
    ended = begun + epochs(second, work, begun[-1].checkpoint)
    assert_same(ended, epochs(train_compiled, work), 0 if first is second else EXACT["double"])


def test_a_checkpoint_is_not_changed_by_going_on_from_it():
    work = task()
    checkpoint = epochs(train_compiled, work)[0].checkpoint
    before = {name: values.copy() for name, values in checkpoint.weights.items()}
    epochs(train_compiled, work, checkpoint)
    assert before
    assert all(np.array_equal(checkpoint.weights[name], values) for name, values in before.items())


def test_every_epoch_is_preceded_by_its_last_batch():
    events = list(train_compiled(task(), None, lambda: False))
    assert [type(event) for event in events] == [BatchDone, EpochDone] * 3
    assert [(event.epoch, event.batch, event.batches) for event in events[::2]] == [(k, 5, 5) for k in (1, 2, 3)]


def test_the_last_batch_s_loss_is_told():
    small, whole = task(epochs=1, batch_size=TRAIN - 1), task(epochs=1, batch_size=TRAIN)
    told = [event for work in (small, whole) for event in train_compiled(work, None, lambda: False)]
    assert told[2].loss == pytest.approx(told[3].train_loss)  # one batch is the epoch
    assert told[0].loss != pytest.approx(told[1].train_loss)  # the last batch is one picture of 22


def test_it_stops_when_asked_and_forgets_the_epoch_under_way():
    answers = iter([False, True])
    events = list(train_compiled(task(), None, lambda: next(answers)))
    assert [type(event) for event in events] == [BatchDone, EpochDone, BatchDone]


def test_a_large_circuit_is_asked_within_an_epoch():
    circuit = CircuitSettings(12, 20, "all", "rot", True)
    events = train_compiled(task(circuit, epochs=1, precision="single", batch_size=256), None, lambda: False)
    first = next(events)
    assert isinstance(first, BatchDone)
    assert isinstance(next(events), BatchDone)


def test_features_that_are_not_kept_are_refused():
    class Drifting:
        feature_size, classes = FEATURES, 2

    with pytest.raises(TypeError, match="kept features"):
        next(train_compiled(replace(task(), source=Drifting()), None, lambda: False))


def test_it_works_on_read_only_features():
    work = task()
    expected = epochs(train_compiled, work)
    for values in (work.source.train, work.source.val, work.source.train_labels):
        values.flags.writeable = False
    assert_same(epochs(train_compiled, work), expected, 0)


def test_it_needs_no_torch():
    code = "import sys; from qtl_core.training.compiled import engine, many_runs; print('torch' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
