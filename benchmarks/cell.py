"""One cell of the growth tables, in a process of its own so that its peak memory is nobody else's.

Run as `python -m benchmarks.cell '<json of Cell>'`; prints the JSON of `Found`.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.homes import PROJECT

if TYPE_CHECKING:
    from qtl_core.training.task import KeptFeatures


@dataclass(frozen=True)
class Cell:
    """A measurement to make: an engine at one size of circuit, on random features shaped as the real ones.

    Attributes:
        contender: Key of `CONTENDERS`.
        qubits, depth: Size of the circuit.
        train, val, feature_size, classes: Shape of the features.
        budget: Seconds the measuring may take.
    """

    contender: str
    qubits: int
    depth: int
    train: int
    val: int
    feature_size: int
    classes: int
    budget: float


@dataclass(frozen=True)
class Found:
    """The measured figures.

    Attributes:
        seconds: Of an epoch.
        batches: How many of its batches were measured.
        peak: MiB of the process at its largest.
        before: MiB at its largest after the same engine had trained one qubit for one batch.
    """

    seconds: float
    batches: int
    peak: float
    before: float


def measured(cell: Cell) -> Found:
    """Measures a cell in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.cell", json.dumps(dataclasses.asdict(cell))]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True, start_new_session=True)
    return Found(**json.loads(done.stdout.splitlines()[-1]))


def peak_memory() -> float:
    """Returns the most memory this process has held, in MiB.

    On Linux from /proc: what getrusage says there begins with the peak of the process that started this one.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes on macOS


def _measure(cell: Cell) -> Found:
    import torch

    from benchmarks.contenders import CONTENDERS, epoch_seconds, fitting_share, shared_out
    from qtl_core.settings import CircuitSettings, TrainingSettings
    from qtl_core.training.compiled import warm_up
    from qtl_core.training.task import TrainingTask

    torch.set_num_threads(1)
    warm_up.load()
    contender = CONTENDERS[cell.contender]
    task = TrainingTask(CircuitSettings(qubits=1, depth=1), TrainingSettings(), _random_features(cell))
    fitting_share(contender, task, budget=0)  # much is only imported by the first step
    before = peak_memory()
    task = replace(task, circuit=CircuitSettings(qubits=cell.qubits, depth=cell.depth))
    share = fitting_share(contender, task, cell.budget)
    smaller, scale = shared_out(task, share)
    return Found(epoch_seconds(contender, smaller) * scale, share, peak_memory(), before)


def _random_features(cell: Cell) -> KeptFeatures:
    import numpy as np

    from qtl_core.training.task import KeptFeatures

    rng = np.random.default_rng(0)
    train, val = (rng.standard_normal((size, cell.feature_size), dtype=np.float32) for size in (cell.train, cell.val))
    labels = (np.arange(size) % cell.classes for size in (cell.train, cell.val))
    return KeptFeatures(train, val, *labels, classes=cell.classes)


if __name__ == "__main__":
    print(json.dumps(dataclasses.asdict(_measure(Cell(**json.loads(sys.argv[1]))))))
