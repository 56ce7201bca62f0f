"""The training loop: the same as one written by hand, the same again, the same after a stop, and quick to stop.

Every engine of the registry is held to what the first tests say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pennylane as qml
import pytest
import torch
from torch import nn

from qtl_core.runs.events import BatchDone, Checkpoint, EpochDone
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.engines import ENGINES
from qtl_core.training.task import KeptFeatures, TrainingTask, batch_order
from qtl_core.training.torch_engine import _worthwhile_threads, train_with_pennylane, train_with_torch

FEATURES, TRAIN, VAL = 12, 18, 8
each_engine = pytest.mark.parametrize("name", list(ENGINES))


def source(classes: int = 2, seed: int = 0) -> KeptFeatures:
    """Classes that lie apart but overlap, so that there is something to learn and something to get wrong."""
    rng = np.random.default_rng(11)
    centres = rng.standard_normal((classes, FEATURES))
    labels = np.arange(TRAIN + VAL) % classes
    values = (centres[labels] + rng.standard_normal((TRAIN + VAL, FEATURES))).astype(np.float32)
    return KeptFeatures(values[:TRAIN], values[TRAIN:], labels[:TRAIN], labels[TRAIN:], classes=classes, seed=seed)


def task(
    *, circuit: CircuitSettings | None = None, classes: int = 2, precision: str = "single", **training
) -> TrainingTask:
    settings = TrainingSettings(
        **{"engine": "torch", "epochs": 3, "learning_rate": 0.02, "step_size": 2, "q_delta": 0.5, **training}
    )
    return TrainingTask(circuit or CircuitSettings(3, 2), settings, source(classes, settings.seed), precision)


def records(
    work: TrainingTask, start: Checkpoint | None = None, should_stop: Callable[[], bool] = lambda: False
) -> list[BatchDone | EpochDone]:
    return list(ENGINES[work.training.engine](work, start, should_stop))


def epochs(events: Iterable[BatchDone | EpochDone]) -> list[EpochDone]:
    return [event for event in events if isinstance(event, EpochDone)]


def figures(epoch: EpochDone) -> tuple[float, ...]:
    return epoch.train_loss, epoch.train_accuracy, epoch.val_loss, epoch.val_accuracy, epoch.learning_rate


def assert_same_state(left: Checkpoint, right: Checkpoint) -> None:
    assert (left.epoch, left.steps, left.best_epoch) == (right.epoch, right.steps, right.best_epoch)
    for group in ("weights", "first_moments", "second_moments", "best_weights"):
        ours, theirs = getattr(left, group), getattr(right, group)
        assert ours.keys() == theirs.keys()
        assert all(np.array_equal(ours[name], theirs[name]) for name in ours), group


# What every engine does


@each_engine
def test_batches_and_epochs_are_told_in_order(name):
    """An engine may tell of several batches at once, but at least once an epoch, the last batch at the end."""
    events = records(task(engine=name, epochs=2))
    places = [(event.epoch, event.batch if isinstance(event, BatchDone) else "end") for event in events]
    assert [epoch for epoch, place in places if place == "end"] == [1, 2]
    for epoch in (1, 2):
        *batches, end = (place for number, place in places if number == epoch)
        assert (batches, end) == (sorted(batches), "end")
        assert batches[-1] == 5
    assert {event.batches for event in events if isinstance(event, BatchDone)} == {5}  # 18 pictures: four 4s and a 2


@each_engine
def test_training_learns(name):
    found = epochs(records(task(engine=name, epochs=6, learning_rate=0.05)))
    assert found[-1].train_loss < 0.8 * found[0].train_loss
    assert found[-1].checkpoint.best_val_accuracy >= 0.75


@each_engine
def test_the_same_seed_gives_the_same_run_and_another_one_another(name):
    one, same, other = (epochs(records(task(engine=name, seed=seed))) for seed in (5, 5, 6))
    assert list(map(figures, one)) == list(map(figures, same))
    assert_same_state(one[-1].checkpoint, same[-1].checkpoint)
    assert figures(one[0]) != figures(other[0])


@each_engine
def test_no_global_randomness_is_used_or_moved(name):
    torch.manual_seed(1)
    before, numpys = torch.random.get_rng_state(), np.random.get_state()[1].copy()
    one = epochs(records(task(engine=name, epochs=1)))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], numpys)
    torch.manual_seed(2)
    assert figures(epochs(records(task(engine=name, epochs=1)))[0]) == figures(one[0])


@each_engine
@pytest.mark.parametrize("training", [{}, {"augmentation": True}, {"best_by": "loss"}], ids=str)
def test_a_run_that_goes_on_is_an_unbroken_one(name, training):
    unbroken = epochs(records(task(engine=name, epochs=4, **training)))
    begun = epochs(records(task(engine=name, epochs=2, **training)))
    resumed = epochs(records(task(engine=name, epochs=4, **training), begun[-1].checkpoint))
    assert [epoch.epoch for epoch in resumed] == [3, 4]
    assert list(map(figures, (*begun, *resumed))) == list(map(figures, unbroken))
    assert [epoch.is_best for epoch in (*begun, *resumed)] == [epoch.is_best for epoch in unbroken]
    assert_same_state(resumed[-1].checkpoint, unbroken[-1].checkpoint)


@each_engine
def test_a_run_that_is_done_has_nothing_to_go_on_with(name):
    work = task(engine=name, epochs=2)
    assert records(work, epochs(records(work))[-1].checkpoint) == []


@each_engine
def test_a_stop_in_the_middle_forgets_the_epoch_under_way_and_nothing_more(name):
    """Stopped at the first look in the second epoch; going on from the first gives the unbroken run."""
    looks: list[int] = []
    done: list[EpochDone] = []

    def should_stop() -> bool:
        looks.append(len(done))
        return bool(done)

    work = task(engine=name, epochs=3)
    for event in ENGINES[work.training.engine](work, None, should_stop):
        done += [event] if isinstance(event, EpochDone) else []
    assert [epoch.epoch for epoch in done] == [1]
    assert looks.count(1) == 1, "it ended at once"
    resumed = epochs(records(work, done[-1].checkpoint))
    assert_same_state(resumed[-1].checkpoint, epochs(records(work))[-1].checkpoint)


@each_engine
def test_the_best_weights_are_those_of_the_best_epoch(name):
    found = epochs(records(task(engine=name, epochs=5, learning_rate=0.3)))
    last = found[-1].checkpoint
    best = found[last.best_epoch - 1]
    assert best.val_accuracy == max(epoch.val_accuracy for epoch in found) == last.best_val_accuracy
    assert [epoch.is_best for epoch in found].index(True) == 0
    assert next(epoch for epoch in reversed(found) if epoch.is_best) is best
    assert all(np.array_equal(last.best_weights[key], best.checkpoint.weights[key]) for key in last.weights)


@each_engine
@pytest.mark.parametrize("classes", [2, 5])
def test_probabilities_belong_to_the_figures(name, classes):
    work = task(engine=name, epochs=1, classes=classes)
    (epoch,) = epochs(records(work))
    assert (epoch.val_probabilities.shape, epoch.val_probabilities.dtype) == ((VAL, classes), np.float32)
    assert np.allclose(epoch.val_probabilities.sum(1), 1, atol=1e-5)
    labels = work.source.val_labels
    assert (epoch.val_probabilities.argmax(1) == labels).mean() == pytest.approx(epoch.val_accuracy)
    assert -np.log(epoch.val_probabilities[np.arange(VAL), labels]).mean() == pytest.approx(epoch.val_loss, rel=1e-4)


@each_engine
@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 256},
        {"batch_size": 1, "epochs": 1},
        {"batch_size": 7},
        {"circuit": CircuitSettings(1, 0)},
        {"circuit": CircuitSettings(2, 1, "ring", "rot", True)},
        {"circuit": CircuitSettings(5, 2, "none")},
        {"learning_rate": 1.0},
    ],
    ids=str,
)
def test_the_ends_of_the_settings(name, options):
    found = epochs(records(task(engine=name, **options)))
    assert found
    assert all(np.isfinite(figures(epoch)).all() for epoch in found)


# Against PennyLane, and against a loop of its own


@pytest.mark.parametrize(
    "circuit", [CircuitSettings(), CircuitSettings(3, 2, "ring", "rot", True), CircuitSettings(2, 0)], ids=str
)
@pytest.mark.parametrize(("precision", "tolerance"), [("double", 1e-10), ("single", 1e-4)])
@each_engine
def test_every_engine_trains_as_pennylane_does(name, circuit, precision, tolerance):
    """Two epochs of five steps. Weights are compared in double precision only: where a gradient is nought but for
    rounding, as that of a last phase is, Adam makes whole steps of the rounding, which no output sees.
    """
    ours = epochs(records(task(engine=name, circuit=circuit, precision=precision, epochs=2, seed=3)))
    work = task(circuit=circuit, precision=precision, epochs=2, seed=3)
    theirs = epochs(train_with_pennylane(work, None, lambda: False))
    assert len(ours) == 2
    for mine, reference in zip(ours, theirs, strict=True):
        assert figures(mine) == pytest.approx(figures(reference), abs=tolerance)
        assert np.abs(mine.val_probabilities - reference.val_probabilities).max() < max(tolerance, 1e-6)
        for key, values in reference.checkpoint.weights.items():
            assert mine.checkpoint.weights[key].shape == values.shape
            if precision == "double":
                assert np.abs(mine.checkpoint.weights[key] - values).max(initial=0) < 10 * tolerance


class Demo(nn.Module):
    """The PennyLane demo's own network, written as it writes it, for one picture at a time."""

    def __init__(self, qubits: int, depth: int, classes: int) -> None:
        super().__init__()
        self.pre_net = nn.Linear(FEATURES, qubits)
        self.q_params = nn.Parameter(torch.zeros(depth * qubits))
        self.post_net = nn.Linear(qubits, classes)

        @qml.qnode(qml.device("default.qubit", wires=qubits), interface="torch")
        def quantum_net(angles, weights):
            for wire in range(qubits):
                qml.Hadamard(wires=wire)
            for wire in range(qubits):
                qml.RY(angles[wire], wires=wire)
            for layer in range(depth):
                for first in (0, 1):
                    for wire in range(first, qubits - 1, 2):
                        qml.CNOT(wires=[wire, wire + 1])
                for wire in range(qubits):
                    qml.RY(weights[layer * qubits + wire], wires=wire)
            return [qml.expval(qml.PauliZ(wire)) for wire in range(qubits)]

        self.quantum_net = quantum_net

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        angles = torch.tanh(self.pre_net(features)) * np.pi / 2.0
        return self.post_net(torch.stack([torch.stack(self.quantum_net(row, self.q_params)) for row in angles]))


def test_a_loop_written_as_the_demo_writes_it_gives_the_same_epochs():
    """Only the initial weights and the batch order are taken over; loss, Adam, StepLR and figures are torch's own."""
    work = task(precision="double", epochs=3, step_size=1)
    start = initial_weights_of(work)
    demo = Demo(3, 2, 2).double()
    demo.load_state_dict({name: torch.tensor(values) for name, values in start.items()})
    optimiser = torch.optim.Adam(demo.parameters(), lr=0.02)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, step_size=1, gamma=0.1)
    criterion = nn.CrossEntropyLoss()
    train, val = (torch.tensor(values).double() for values in (work.source.train, work.source.val))
    train_labels, val_labels = torch.tensor(work.source.train_labels), torch.tensor(work.source.val_labels)
    ours = epochs(records(work))
    assert len(ours) == 3
    for found in ours:
        loss_sum, right = 0.0, 0
        for indices in torch.tensor(batch_order(0, found.epoch, TRAIN)).split(4):
            optimiser.zero_grad()
            outputs = demo(train[indices])
            loss = criterion(outputs, train_labels[indices])
            loss.backward()
            optimiser.step()
            loss_sum += loss.item() * len(indices)
            right += int((outputs.argmax(1) == train_labels[indices]).sum())
        with torch.no_grad():
            outputs = demo(val)
        assert found.train_loss == pytest.approx(loss_sum / TRAIN, abs=1e-8)
        assert found.train_accuracy == right / TRAIN
        assert found.val_loss == pytest.approx(criterion(outputs, val_labels).item(), abs=1e-8)
        assert found.val_accuracy == (outputs.argmax(1) == val_labels).double().mean().item()
        assert found.learning_rate == pytest.approx(scheduler.get_last_lr()[0])
        scheduler.step()


def initial_weights_of(work: TrainingTask) -> dict[str, np.ndarray]:
    """The weights a task starts from, as the loop under test makes them."""
    from qtl_core.network.model import DressedQuantumNet, head_weights

    training = work.training
    model = DressedQuantumNet(FEATURES, 2, work.circuit, q_delta=training.q_delta, seed=training.seed)
    return head_weights(model.double())


# The torch loop's own


def test_stops_between_two_batches():
    batches = [event for event in train_with_torch(task(), None, lambda: True) if isinstance(event, BatchDone)]
    assert len(batches) == 1


def test_the_number_of_threads_is_as_it_was():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        run = train_with_torch(task(), None, lambda: False)
        next(run)
        assert torch.get_num_threads() == 1, "small states are quicker on one"
        run.close()
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(("qubits", "batch", "threads"), [(4, 4, 1), (10, 31, 1), (10, 32, 2), (12, 8, 2)])
def test_more_than_one_thread_is_for_many_amplitudes(qubits, batch, threads):
    work = TrainingTask(CircuitSettings(qubits, 1), TrainingSettings(batch_size=batch), task().source)
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        with _worthwhile_threads(work):
            assert torch.get_num_threads() == threads
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_a_checkpoint_is_not_moved_by_the_training_after_it():
    found = epochs(records(task(epochs=1)))[0].checkpoint
    copies = {name: values.copy() for name, values in (found.weights | found.first_moments).items()}
    records(task(epochs=3), found)
    assert copies
    assert all(np.array_equal((found.weights | found.first_moments)[name], copies[name]) for name in copies)


def test_every_engine_of_the_settings_is_there():
    from qtl_core.settings import spec_of

    assert set(ENGINES) == {choice.value for choice in spec_of(TrainingSettings, "engine").choices}
