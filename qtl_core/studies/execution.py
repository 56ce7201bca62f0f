"""Trains the runs of a study that have no row yet, chunk by chunk, and keeps each chunk as it comes."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop, TimeLeft
from qtl_core.studies.chunks import STAGE, SharedFeatures, features_key, run_chunk, shared_features, told
from qtl_core.studies.plan import CellRun
from qtl_core.studies.rows import Row
from qtl_core.studies.store import StudyStore

CHUNK_SECONDS = 1.0  # a stop and a kill lose no more than this
MOST_IN_CHUNK = 512


def train_study(store: StudyStore, report: ReportProgress, should_stop: ShouldStop) -> Iterator[Row]:
    """Trains what has no row yet, yielding each row once it is kept.

    Args:
        store: The study; held for as long as this goes on.
        report: Told how many of all runs are done.
        should_stop: Asked often.

    Raises:
        UserError: Pictures, weights or a start cannot be used; another process trains the study; nothing can be kept.
        StoppedByUser: `should_stop` said so; what is kept is gone on with another time.
    """
    judge = TimeLeft()

    def judged(progress: Progress) -> None:
        report(judge.judged(progress))

    with store.locked():
        done = store.rows()
        runs = store.plan.runs()
        waiting = [run for key, run in runs.items() if key not in done]
        check_trainable(waiting)
        count = len(runs) - len(waiting)
        for group in groups_of(waiting):
            shared = shared_features([run.settings for run in group], judged, should_stop)
            store.keep_fact("prepared", _facts(shared))
            began, before = time.perf_counter(), float(store.fact("seconds") or 0)
            for rows in _chunks(store, group, shared, (count, len(runs)), judged, should_stop):
                count += len(rows)
                store.keep_fact("seconds", before + time.perf_counter() - began)
                yield from rows


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


def _chunks(
    store: StudyStore,
    runs: Sequence[CellRun],
    shared: SharedFeatures,
    counted: tuple[int, int],
    report: ReportProgress,
    should_stop: ShouldStop,
) -> Iterator[list[Row]]:
    """Trains runs of one group, a chunk at a time, each as large as the one before says is a second's work."""
    (done, total), at, size = counted, 0, os.cpu_count() or 1
    while at < len(runs):
        if should_stop():  # a chunk of the smallest runs is over before it asks
            raise StoppedByUser
        part, began = runs[at : at + size], time.perf_counter()
        outcomes = run_chunk(part, shared, told(done + at, total, report), should_stop)
        store.add(outcomes)
        at += len(part)
        report(Progress(STAGE, done + at, total))
        yield [outcome.row for outcome in outcomes]
        a_run = max((time.perf_counter() - began) / len(part), 1e-6)
        size = max(os.cpu_count() or 1, min(MOST_IN_CHUNK, 2 * size, round(CHUNK_SECONDS / a_run)))


def _facts(shared: SharedFeatures) -> dict[str, object]:
    """Returns what is said of the pictures and the network: how many, which classes, what stood in for what."""
    prepared = shared.preparation.prepared
    data = prepared.settings.data
    return {
        "classes": list(prepared.classes),
        "train_size": prepared.train_size,
        "val_size": prepared.val_size,
        "test_size": prepared.test_size,
        "feature_size": prepared.feature_size,
        "backbone": prepared.backbone_title,
        "noun": data.noun,
        "notes": list(prepared.notes),
    }
