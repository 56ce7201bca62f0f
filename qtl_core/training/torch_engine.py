"""The training loop in torch, the reference of every engine: forward, cross-entropy, a step, validation every epoch.

What stands still is put back after each step, and so is its memory: all optimisers move each number by its own
gradient and memory alone, so the others never notice.

It knows neither files nor pages: it takes a task and yields records. The same loop serves two engines, which
differ only in what runs the circuit: the torch state vector (fast) or PennyLane (the reference). Under noise, or from
shots, a third does: `readout_simulator`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from qtl_core.common import checks
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.model import Simulator, build_head, head_weights, load_head
from qtl_core.runs.divergence import check_epoch, check_loss
from qtl_core.runs.events import BatchDone, Checkpoint, EpochDone
from qtl_core.training.checkpoints import checked_start, improves, is_over, layer_gradients, with_best
from qtl_core.training.class_weights import class_weights
from qtl_core.training.optimisers import Optimiser
from qtl_core.training.readout_simulator import VALIDATION, ReadoutSimulator
from qtl_core.training.schedules import learning_rates
from qtl_core.training.starting import first_weights, standing_still, whole
from qtl_core.training.task import TrainingTask, batch_order, check_exact

PARALLEL_AMPLITUDES = 2**15  # torch itself splits elementwise work from about this size on
# Our names of an optimiser's memory -> torch's.
ADAM_MEMORY = {"first_moments": "exp_avg", "second_moments": "exp_avg_sq"}
MEMORY = {"adam": ADAM_MEMORY, "adamw": ADAM_MEMORY, "sgd": {"first_moments": "momentum_buffer"}}


def train_with_torch(
    task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool]
) -> Iterator[BatchDone | EpochDone]:
    """Trains with the torch state vector, or as the task's readout says; see `train`."""
    checks.instance("task", task, TrainingTask)
    simulator = None if task.is_exact else ReadoutSimulator(task.circuit, task.readout, task.training.seed)
    return train(task, start, should_stop, simulator=simulator)


def train_with_pennylane(
    task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool]
) -> Iterator[BatchDone | EpochDone]:
    """Trains with PennyLane's `default.qubit`; see `train`.

    Raises:
        InputError: The circuit is not to be read exactly.
    """
    check_exact(task)
    from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator

    has_circuit = task.model.spec.has_circuit
    simulator = PennyLaneSimulator(build_circuit(task.circuit)) if has_circuit else None
    return train(task, start, should_stop, simulator=simulator)


def train(
    task: TrainingTask,
    start: Checkpoint | None,
    should_stop: Callable[[], bool],
    *,
    simulator: Simulator | None,
) -> Iterator[BatchDone | EpochDone]:
    """Trains the head and yields a record after every batch and every epoch.

    Args:
        task: Settings and features.
        start: Where to go on from, or None for the beginning.
        should_stop: Asked between batches; True ends the run, and the epoch under way is forgotten.
        simulator: What runs the circuit; None for the torch state vector.

    Raises:
        InputError: The source or the checkpoint does not fit the task.
        DivergedError: A loss, a weight or a gradient stopped being finite.
    """
    checks.instance("task", task, TrainingTask)
    with _worthwhile_threads(task):
        yield from _epochs(task, start, should_stop, simulator)


def _epochs(
    task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool], simulator: Simulator | None
) -> Iterator[BatchDone | EpochDone]:
    start, loop = checked_start(task, start), _Loop(task, simulator)
    checkpoint = start or loop.checkpoint(Checkpoint(0, {}, {}, {}, 0), epoch=0)
    loop.restore(checkpoint)
    while not is_over(task.training, checkpoint):
        epoch, began, totals = checkpoint.epoch + 1, time.perf_counter(), _Totals()
        for batch in loop.batches(epoch, totals):
            yield batch
            if should_stop():
                return
        done = check_epoch(loop.finish_epoch(epoch, totals, checkpoint, began))
        checkpoint = done.checkpoint
        yield done


@contextmanager
def _worthwhile_threads(task: TrainingTask) -> Iterator[None]:
    """One thread for small states: waking a second one for microseconds of work costs more than it does."""
    before = torch.get_num_threads()
    if 2**task.circuit.qubits * task.training.batch_size < PARALLEL_AMPLITUDES:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def device_for(task: TrainingTask, simulator: Simulator | None) -> torch.device:
    """Returns where a head trains: on a GPU whose cores a batch fills, else on the CPU.

    Each of a step's dozens of kernels takes a GPU some microseconds however small it is: the paper's 4 qubits in
    batches of 4 are done on the CPU before the first of them has begun. Other simulators know no GPU.
    """
    fills = 2**task.circuit.qubits * task.training.batch_size >= PARALLEL_AMPLITUDES
    return torch.device("cuda" if fills and simulator is None and torch.cuda.is_available() else "cpu")


@dataclass
class _Totals:
    """Running sums over the pictures of one epoch."""

    loss: float = 0.0
    correct: int = 0
    seen: int = 0

    def add(self, loss: float, right: int, seen: int) -> None:
        self.loss, self.correct, self.seen = self.loss + loss * seen, self.correct + right, self.seen + seen


def _labels(task: TrainingTask, name: str) -> np.ndarray:
    """Returns a split's labels; those of any source are checked, as torch takes them for indices."""
    labels = getattr(task.source, name)
    return checks.class_labels(name, labels, len(labels), task.source.classes)


class _Loop:
    """Model and optimiser of one run."""

    def __init__(self, task: TrainingTask, simulator: Simulator | None) -> None:
        self.task, self.source, self.training = task, task.source, task.training
        self.train_labels, self.val_labels = _labels(task, "train_labels"), _labels(task, "val_labels")
        self.dtype = {"single": torch.float32, "double": torch.float64}[task.precision]
        self.model = build_head(
            self.source.feature_size, self.source.classes, task.circuit, task.model, simulator=simulator
        )
        self.device = device_for(task, simulator)
        self.model.to(self.device, self.dtype)
        self.reading = simulator if isinstance(simulator, ReadoutSimulator) else None
        load_head(self.model, first_weights(task))
        self.still = {name: torch.from_numpy(mask).to(self.device) for name, mask in standing_still(task).items()}
        for name in whole(standing_still(task)):
            self.model.get_parameter(name).requires_grad_(False)  # optimisers pass over what has no gradient
        weights = class_weights(self.training, self.train_labels, self.source.classes)
        self.class_weights = None if (weights == 1).all() else torch.from_numpy(weights).to(self.device, self.dtype)
        self.optimiser = Optimiser(self.training, self.model.parameters())
        self.memory, self.steps = MEMORY[self.training.optimiser], 0

    def batches(self, epoch: int, totals: _Totals) -> Iterator[BatchDone]:
        """Trains on every batch of an epoch, adding to `totals`."""
        order = batch_order(self.training.seed, epoch, len(self.source.train_labels))
        starts = range(0, len(order), self.training.batch_size)
        rates = learning_rates(self.training, epoch, len(starts)).tolist()
        for number, first in enumerate(starts, start=1):
            self.optimiser.rate = rates[number - 1]
            indices = order[first : first + self.training.batch_size]
            self._move_to(epoch, number)
            loss, right = self._step(epoch, indices)
            check_loss(epoch, loss)
            totals.add(loss, right, len(indices))
            yield BatchDone(epoch, number, len(starts), loss)

    def _move_to(self, epoch: int, batch: int) -> None:
        if self.reading:
            self.reading.move_to(epoch, batch)

    def _step(self, epoch: int, indices: np.ndarray) -> tuple[float, int]:
        """One step of the weights; returns the batch's plain mean loss and how many of its pictures were right."""
        labels = torch.from_numpy(self.train_labels[indices]).to(self.device)
        scores = self.model(self.source.train_batch(epoch, indices).to(self.device, self.dtype))
        loss = nn.functional.cross_entropy(scores, labels)
        self.optimiser.zero_grad()
        self._lowered(loss, scores, labels).backward()
        self._move()
        return loss.item(), int((scores.argmax(1) == labels).sum())

    def _lowered(self, loss: torch.Tensor, scores: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """Returns what a step lowers: the mean loss of smoothed labels, each picture weighing what its class does."""
        smoothing = self.training.label_smoothing
        if self.class_weights is None and not smoothing:
            return loss
        losses = nn.functional.cross_entropy(scores, labels, reduction="none", label_smoothing=smoothing)  # (batch,)
        return (losses if self.class_weights is None else losses * self.class_weights[labels]).mean()

    def _move(self) -> None:
        """Takes a step of the weights, but of those that stand still."""
        still = {self.model.get_parameter(name): mask for name, mask in self.still.items()}
        before = {tensor: tensor.detach()[mask].clone() for tensor, mask in still.items() if tensor.requires_grad}
        self.optimiser.step()
        self.steps += 1
        for tensor, values in before.items():
            tensor.data[still[tensor]] = values
            for memory in self.memory.values():
                if (kept := self.optimiser.state.get(tensor, {}).get(memory)) is not None:
                    kept[still[tensor]] = 0

    def finish_epoch(self, epoch: int, totals: _Totals, before: Checkpoint, began: float) -> EpochDone:
        """Validates and returns the epoch's record, with the state after it."""
        self._move_to(epoch, VALIDATION)
        with torch.no_grad():
            scores = self.model(self.source.validation().to(self.device, self.dtype)).cpu()
        labels = torch.from_numpy(self.val_labels)
        val_loss = nn.functional.cross_entropy(scores, labels).item()
        val_accuracy = (scores.argmax(1) == labels).double().mean().item()
        after = self.checkpoint(before, epoch)
        is_best = improves(self.training.best_by, before, val_accuracy, val_loss)
        return EpochDone(
            epoch=epoch,
            train_loss=totals.loss / totals.seen,
            train_accuracy=totals.correct / totals.seen,
            val_loss=val_loss,
            val_accuracy=val_accuracy,
            learning_rate=self.optimiser.rate,
            seconds=time.perf_counter() - began,
            is_best=is_best,
            val_probabilities=scores.softmax(1).float().numpy(),
            checkpoint=with_best(after, val_accuracy, val_loss) if is_best else after,
            layer_gradients=layer_gradients(self.task.circuit, before, after),
        )

    def checkpoint(self, before: Checkpoint, epoch: int) -> Checkpoint:
        """Returns `before` moved on to the present weights and optimiser state; its best epoch stays."""
        state = {name: self.optimiser.state.get(tensor, {}) for name, tensor in self.model.named_parameters()}
        moments = {
            ours: {
                name: kept[theirs].cpu().numpy().copy() for name, kept in state.items() if kept.get(theirs) is not None
            }
            for ours, theirs in self.memory.items()
        }
        return replace(
            before,
            epoch=epoch,
            weights=head_weights(self.model),
            first_moments=moments["first_moments"],
            second_moments=moments.get("second_moments", {}),
            steps=self.steps,
            backbone_state=self.source.state(),
        )

    def restore(self, checkpoint: Checkpoint) -> None:
        """Takes weights and the optimiser's memory from `checkpoint`."""
        load_head(self.model, checkpoint.weights)
        self.steps = checkpoint.steps
        for name, tensor in self.model.named_parameters():
            if name in checkpoint.first_moments:
                memory = {
                    theirs: torch.tensor(getattr(checkpoint, ours)[name], device=self.device, dtype=self.dtype)
                    for ours, theirs in self.memory.items()
                }
                self.optimiser.state[tensor] = {
                    "step": torch.tensor(float(checkpoint.steps), device=self.device),
                    **memory,
                }
