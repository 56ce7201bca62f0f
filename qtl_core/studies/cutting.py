"""A study's runs cut into chunks of about a second, of one shape each, so that they can be trained side by side."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from qtl_core.studies.plan import CellRun

CHUNK_SECONDS = 1.0  # a stop and a kill lose no more than this
FEWEST_IN_CHUNK = 8  # fewer cannot be trained side by side
LONGEST_SECONDS = 4.0  # that these may take
MOST_IN_CHUNK = 512

Shape = tuple[object, ...]


def shape_of(run: CellRun) -> Shape:
    """Returns what is equal for runs that take the same steps on numbers of the same shapes."""
    settings = run.settings
    circuit, training = settings.circuit, settings.training
    return circuit.qubits, circuit.depth, settings.model.head, training.batch_size, settings.data.per_class


class Cutter:
    """Cuts runs into chunks, each as large as those before say is a second's work.

    Args:
        runs: All over the same features; shapes take turns, in the order of their first run.
        count: How many chunks are trained at once.
        budget: Seconds that are left for all of them; then chunks begin with a single run.
    """

    def __init__(self, runs: Sequence[CellRun], count: int, budget: float = math.inf) -> None:
        self.waiting: dict[Shape, deque[CellRun]] = {}
        for run in runs:
            self.waiting.setdefault(shape_of(run), deque()).append(run)
        self.left, self.count = len(runs), count
        # With little time a chunk of unknown length is short: what is trained when it is over has to end all the same.
        self.fewest = FEWEST_IN_CHUNK if budget > FEWEST_IN_CHUNK * LONGEST_SECONDS * count else 1
        self.pace: dict[Shape, float] = {}  # seconds a run
        self.largest: dict[Shape, int] = {}

    def next(self) -> tuple[CellRun, ...]:
        """Returns the runs of the next chunk; none where all are cut."""
        if not self.waiting:
            return ()
        shape, runs = next(iter(self.waiting.items()))
        chunk = tuple(runs.popleft() for _ in range(min(self._size(shape, runs[0]), len(runs))))
        del self.waiting[shape]
        if runs:  # goes round: whenever it ends, no shape is far behind the others
            self.waiting[shape] = runs
        self.left -= len(chunk)
        return chunk

    def took(self, runs: Sequence[CellRun], seconds: float) -> None:
        """Is told how long a chunk took."""
        shape = shape_of(runs[0])
        self.pace[shape] = max(seconds / len(runs), 1e-6)
        self.largest[shape] = max(len(runs), self.largest.get(shape, 0))

    def _size(self, shape: Shape, first: CellRun) -> int:
        if shape not in self.pace:
            return self.fewest if first.settings.reads_exactly else 1
        fewest = self.fewest if FEWEST_IN_CHUNK * self.pace[shape] <= LONGEST_SECONDS else 1
        fair = -(-self.left // (2 * self.count))  # towards the end, so that all workers are done at about the same time
        wished = min(round(CHUNK_SECONDS / self.pace[shape]), 4 * self.largest[shape], MOST_IN_CHUNK, fair)
        return max(wished, fewest)
