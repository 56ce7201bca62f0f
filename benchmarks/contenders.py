"""The engines that are compared, all as functions with the signature of `qtl_core.training.task.Engine`.

The three PennyLane ones share the torch loop around the circuit, so the circuit alone makes the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.clock import seconds_of
from qtl_core.common.progress import never_stop
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.runs.events import BatchDone, Checkpoint, EpochDone
from qtl_core.training.compiled.engine import train_compiled
from qtl_core.training.task import Engine, KeptFeatures, TrainingTask
from qtl_core.training.torch_engine import train, train_with_torch

PUBLISHED, LIGHTNING, BROADCAST, TORCH, COMPILED = "published", "lightning", "broadcast", "torch", "compiled"


@dataclass(frozen=True)
class Contender:
    """An engine.

    Attributes:
        title: What to call it in a table.
        train: The engine.
        epochs: Epochs timed together: more where one is over too soon to be timed.
    """

    title: str
    train: Engine
    epochs: int = 1


def _pennylane(device: str, diff_method: str, *, batched: bool) -> Engine:
    def engine(
        task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool]
    ) -> Iterator[BatchDone | EpochDone]:
        circuit = build_circuit(task.circuit)
        simulator = PennyLaneSimulator(circuit, device, batched=batched, diff_method=diff_method)
        return train(task, start, should_stop, simulator=simulator)

    return engine


CONTENDERS: dict[str, Contender] = {
    PUBLISHED: Contender(
        "published: a QNode a sample (`default.qubit`)", _pennylane("default.qubit", "best", batched=False)
    ),
    LIGHTNING: Contender(
        "`lightning.qubit`, adjoint, a QNode a sample", _pennylane("lightning.qubit", "adjoint", batched=False)
    ),
    BROADCAST: Contender("`default.qubit`, batch broadcast", _pennylane("default.qubit", "best", batched=True)),
    TORCH: Contender("torch state vector", train_with_torch, epochs=3),
    COMPILED: Contender("compiled", train_compiled, epochs=30),
}


def batches_in(task: TrainingTask) -> int:
    """Returns how many batches an epoch of the task has."""
    return -(-len(task.source.train_labels) // task.training.batch_size)


def shared_out(task: TrainingTask, batches: int) -> tuple[TrainingTask, float]:
    """Cuts a task down to its first `batches` batches, and its validation by as much.

    Returns:
        The smaller task, and what its time is to be multiplied by for that of a whole epoch.
    """
    source, pictures = task.source, batches * task.training.batch_size
    if batches >= batches_in(task):
        return task, 1.0
    share = pictures / len(source.train_labels)
    validation = max(1, round(share * len(source.val_labels)))
    smaller = KeptFeatures(
        np.ascontiguousarray(source.train[:pictures]),
        np.ascontiguousarray(source.val[:validation]),
        source.train_labels[:pictures],
        source.val_labels[:validation],
        classes=source.classes,
    )
    return replace(task, source=smaller), 1 / share


def fitting_share(contender: Contender, task: TrainingTask, budget: float) -> int:
    """Returns how many batches of an epoch take about `budget` seconds, at least one; warms the contender up."""
    smallest, scale = shared_out(task, 1)
    once = replace(contender, epochs=1)
    whole = min(epoch_seconds(once, smallest) for _ in range(2)) * scale
    return max(1, min(batches_in(task), int(batches_in(task) * budget / (whole * contender.epochs))))


def epoch_seconds(contender: Contender, task: TrainingTask) -> float:
    """Trains `contender.epochs` epochs from the beginning; returns the seconds of one, setting up included."""
    training = replace(task.training, epochs=contender.epochs)
    work = contender.train(replace(task, training=training), None, never_stop)
    return seconds_of(lambda: list(work)) / contender.epochs
