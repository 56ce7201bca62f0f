"""A chunk in a worker process: this is what `local` sends there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs.messages import NO_MEMORY, error_message
from qtl_core.studies.chunks import STAGE, SharedFeatures, run_chunk
from qtl_core.studies.workers.base import Came, Chunk, Lost
from qtl_core.studies.workers.shared_file import read_shared


@dataclass(frozen=True)
class ChunkRequest:
    """A chunk, and where its features are.

    Attributes:
        chunk: The runs.
        features: A file by `write_shared`.
        written: When it was written, in nanoseconds: a file of the same name may hold other features later.
    """

    chunk: Chunk
    features: Path
    written: int


def chunk_job(request: ChunkRequest, emit: Callable[[Came | Lost | Progress], None], should_stop: ShouldStop) -> None:
    """Trains a chunk on one core and emits what came of it."""
    shared = _read(request.features, request.written)
    emit(trained(request.chunk, shared, emit, should_stop))


def trained(
    chunk: Chunk, shared: SharedFeatures, emit: Callable[[Progress], None], should_stop: ShouldStop
) -> Came | Lost:
    """Trains a chunk on one core; a lack of memory loses it, as the end of the process would.

    Raises:
        UserError: It cannot be trained, here or elsewhere.
    """

    def report(progress: Progress) -> None:
        if progress.stage != STAGE:  # how far a chunk is matters to nobody: it is over in a second
            emit(progress)

    began = time.perf_counter()
    try:
        outcomes = run_chunk(chunk.runs, shared, report, should_stop, threads=1)
    except Exception as error:
        if error_message(error) != NO_MEMORY:
            raise
        return Lost(chunk.number, NO_MEMORY[0])
    return Came(chunk.number, outcomes, time.perf_counter() - began)


@lru_cache(maxsize=1)
def _read(file: Path, written: int) -> SharedFeatures:
    return read_shared(file)
