"""Trains the runs of a study that have no row yet, chunk by chunk, and keeps each chunk as it comes.

Whatever trains the chunks, one process writes: this one, which holds the study's lock. A worker that ends costs its
chunk, which is trained again.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Iterator, Sequence

import qtl_core
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import LOOK_EVERY, Progress, ReportProgress, ShouldStop, TimeLeft
from qtl_core.runs.provenance import versions_here
from qtl_core.studies.chunks import STAGE, SharedFeatures, check_possible, features_key, shared_features, told
from qtl_core.studies.cutting import Cutter
from qtl_core.studies.facts import facts_of, joined, versions_joined
from qtl_core.studies.plan import CellRun
from qtl_core.studies.rows import Row
from qtl_core.studies.search import asked_more
from qtl_core.studies.store import StudyStore
from qtl_core.studies.workers import Came, Chunk, Lost, Workers, usual
from qtl_core.studies.workers.base import Bench

APP = "Quantum transfer studio"  # among the versions
MOST_LOSSES = 3  # of a chunk: then it is the chunk that ends its workers


def train_study(
    store: StudyStore, report: ReportProgress, should_stop: ShouldStop, workers: Workers | None = None
) -> Iterator[Row]:
    """Trains what has no row yet, yielding each row once it is kept.

    Args:
        store: The study; held for as long as this goes on.
        report: Told how many of all runs are done.
        should_stop: Asked often.
        workers: Where runs are trained, left open; None for `workers.usual`.

    Raises:
        UserError: Pictures, weights or a start cannot be used; another process trains the study; nothing can be kept;
            a chunk ended three workers.
        StoppedByUser: `should_stop` said so; what is kept is gone on with another time.
    """
    judge = TimeLeft()

    def judged(progress: Progress) -> None:
        report(judge.judged(progress))

    with store.locked():
        store.tidy()
        chosen = workers or usual(_waiting(store))
        try:
            yield from _trained(store, chosen, judged, should_stop)
            while not store.is_spent and asked_more(store):
                yield from _trained(store, chosen, judged, should_stop)
            store.tidy()
        finally:
            if workers is None:
                chosen.close()


def _waiting(store: StudyStore) -> list[CellRun]:
    done = store.rows()
    return [run for key, run in store.plan.runs().items() if key not in done]


def _trained(store: StudyStore, workers: Workers, report: ReportProgress, should_stop: ShouldStop) -> Iterator[Row]:
    """Trains what is planned and has no row yet; of a search that is what it asked for so far."""
    waiting = _waiting(store)
    check_trainable(waiting)
    for group in groups_of(waiting):
        if store.is_spent:
            return
        shared = shared_features([run.settings for run in group], report, should_stop)
        here = {APP: qtl_core.__version__, **versions_here()}
        store.keep_fact("versions", versions_joined(store.fact("versions"), here))
        check_possible(group, shared, store.plan.measure)
        store.keep_fact("prepared", joined(store.fact("prepared"), facts_of(shared.preparation.prepared)))
        yield from Training(store, group, shared, report, should_stop).rows(workers)


def check_trainable(runs: Sequence[CellRun]) -> None:
    """Refuses what cannot be trained thousands of times.

    Raises:
        UserError: A run lets the image network run again at every batch.
    """
    if any(run.settings.training.backbone_mode == "published" for run in runs):
        why = "As published, the image network runs again at every batch, and every run would take hours."
        raise UserError("This study cannot be trained.", why, "Choose the truly frozen network.")


def groups_of(runs: Sequence[CellRun]) -> list[list[CellRun]]:
    """Returns the runs that can be trained side by side, in the order of the first of each group."""
    groups: dict[tuple[object, ...], list[CellRun]] = {}
    for run in runs:
        groups.setdefault(features_key(run.settings), []).append(run)
    return list(groups.values())


class Training:
    """The training of a study's runs that share their features.

    Args:
        store: The study.
        runs: Those that have no row.
        shared: What they learn from.
        report, should_stop: See `train_study`.
    """

    def __init__(
        self,
        store: StudyStore,
        runs: Sequence[CellRun],
        shared: SharedFeatures,
        report: ReportProgress,
        should_stop: ShouldStop,
    ) -> None:
        self.store, self.runs, self.shared, self.report, self.should_stop = store, runs, shared, report, should_stop
        self.done, self.total = store.count(), store.plan.planned
        self.under_way: dict[int, Chunk] = {}
        self.losses: Counter[int] = Counter()

    def rows(self, workers: Workers) -> Iterator[Row]:
        """Yields each row once it is kept."""
        began, before = time.perf_counter(), self.store.seconds
        with workers.bench(self.shared, self.store.folder, self._tell, self.should_stop) as bench:
            for came in self._chunks(bench, self._cutter(workers), workers.count + workers.ahead):
                self.store.add(came.outcomes)
                self.store.keep_fact("seconds", before + time.perf_counter() - began)
                self.done += len(came.outcomes)
                self.report(Progress(STAGE, self.done, self.total))
                yield from [outcome.row for outcome in came.outcomes]

    def _cutter(self, workers: Workers) -> Cutter:
        budget = self.store.plan.budget_seconds
        left = budget - self.store.seconds if budget else math.inf
        return Cutter(self.runs, workers.count, left)

    def _tell(self, progress: Progress) -> None:
        told(self.done, self.total, self.report)(progress)

    def _chunks(self, bench: Bench, cutter: Cutter, most: int) -> Iterator[Came]:
        """Yields chunks as they come, with at most so many under way."""
        number = 0
        while True:
            while len(self.under_way) < most and not self.store.is_spent and (runs := cutter.next()):
                self._submit(bench, Chunk(number := number + 1, runs))
            if not self.under_way:
                return
            if self.should_stop():  # a chunk of the smallest runs is over before it asks
                raise StoppedByUser
            for found in bench.wait(LOOK_EVERY):
                chunk = self.under_way.pop(found.number)
                if isinstance(found, Lost):
                    self._again(bench, chunk, found)
                else:
                    cutter.took(chunk.runs, found.seconds)
                    yield found

    def _submit(self, bench: Bench, chunk: Chunk) -> None:
        self.under_way[chunk.number] = chunk
        bench.submit(chunk)

    def _again(self, bench: Bench, chunk: Chunk, lost: Lost) -> None:
        """Has a chunk trained again whose worker ended.

        Raises:
            UserError: That was the third one.
        """
        self.losses[chunk.number] += 1
        if self.losses[chunk.number] >= MOST_LOSSES:
            runs = f"{len(chunk.runs)} run{'s' if len(chunk.runs) != 1 else ''}"
            raise UserError(
                f"{runs} of the study ended what trained them, {MOST_LOSSES} times.",
                lost.why,
                "What was trained is kept. Go on with it with fewer workers, or begin one with fewer qubits.",
            )
        self._submit(bench, chunk)
