"""The registry of engines, and what stands in for an engine that cannot do a task.

To add one: write a function with the signature `Engine` (task.py), add it to `ENGINES` and a `Choice` with the
same value to `TrainingSettings.engine`; the tests that compare engines take it up from here.

Each is imported when it trains: a first training with machine code need not wait for torch, nor one in torch for numba.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from qtl_core.runs.events import BatchDone, Checkpoint, EpochDone
from qtl_core.training.compiled import warm_up
from qtl_core.training.task import Engine, KeptFeatures, TrainingTask


def train_compiled(
    task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool]
) -> Iterator[BatchDone | EpochDone]:
    """Trains with machine code; see `compiled.engine`."""
    from qtl_core.training.compiled import engine

    return engine.train_compiled(task, start, should_stop)


def train_with_torch(
    task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool]
) -> Iterator[BatchDone | EpochDone]:
    """Trains with the torch state vector; see `torch_engine`."""
    from qtl_core.training import torch_engine

    return torch_engine.train_with_torch(task, start, should_stop)


def train_with_pennylane(
    task: TrainingTask, start: Checkpoint | None, should_stop: Callable[[], bool]
) -> Iterator[BatchDone | EpochDone]:
    """Trains with PennyLane; see `torch_engine`."""
    from qtl_core.training import torch_engine

    return torch_engine.train_with_pennylane(task, start, should_stop)


ENGINES: dict[str, Engine] = {
    "compiled": train_compiled,
    "torch": train_with_torch,
    "pennylane": train_with_pennylane,
}


def engine_name(task: TrainingTask) -> str:
    """Returns the engine that trains this task now: the wanted one, or "torch" where that cannot.

    Shots and noise are torch's alone. The compiled engine cannot while it is still being compiled, nor for a backbone
    that runs at every batch.
    """
    if not task.is_exact:
        return "torch"
    wanted = task.training.engine
    can = isinstance(task.source, KeptFeatures) and warm_up.is_ready()
    return "torch" if wanted == "compiled" and not can else wanted
