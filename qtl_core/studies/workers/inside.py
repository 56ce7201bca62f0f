"""Chunks trained in the process that asks for them, with a thread a core: for small studies, and on a single core."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qtl_core.common.progress import ReportProgress, ShouldStop
from qtl_core.studies.chunks import SharedFeatures, run_chunk
from qtl_core.studies.workers.base import Came, Chunk, Lost


class InsideWorkers:
    """The process itself."""

    count, ahead = 1, 0

    @property
    def words(self) -> str:
        """See `Workers`."""
        cores = os.cpu_count() or 1
        return f"on {cores} core{'s' if cores != 1 else ''} of this machine"

    @contextmanager
    def bench(
        self, shared: SharedFeatures, folder: Path, report: ReportProgress, should_stop: ShouldStop
    ) -> Iterator[InsideBench]:
        """See `Workers`."""
        yield InsideBench(shared, report, should_stop)

    def close(self) -> None:
        """Has nothing to end."""


class InsideBench:
    """See `Bench`: a chunk is trained when it is waited for."""

    def __init__(self, shared: SharedFeatures, report: ReportProgress, should_stop: ShouldStop) -> None:
        self.shared, self.report, self.should_stop = shared, report, should_stop
        self.waiting: list[Chunk] = []

    def submit(self, chunk: Chunk) -> None:
        """See `Bench`."""
        self.waiting.append(chunk)

    def wait(self, seconds: float) -> list[Came | Lost]:
        """See `Bench`."""
        chunk, began = self.waiting.pop(0), time.perf_counter()
        outcomes = run_chunk(chunk.runs, self.shared, self.report, self.should_stop)
        return [Came(chunk.number, outcomes, time.perf_counter() - began)]
