"""A study's work: some runs over the same features, about a second of it at a time.

`run_chunk` is one pure function of its arguments: it reads no store and no setting of the process, so that another
process, or another machine with the same features, gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import DivergedError, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop, never_stop
from qtl_core.settings import RunSettings
from qtl_core.studies.folds import Divided
from qtl_core.studies.plan import CellRun
from qtl_core.studies.reading import row_read, trained_alike
from qtl_core.studies.rows import Outcome, Row, outcome_of
from qtl_core.training.repeat import Run, drawn_features, train_tasks
from qtl_core.training.transfer.ancestors import StartingPoint
from qtl_core.training.transfer.beginning import begin, starting_point

if TYPE_CHECKING:
    from qtl_core.training.preparation import Preparation
    from qtl_core.training.task import KeptFeatures, TrainingTask

STAGE = "Training the study's runs"


@dataclass(frozen=True)
class SharedFeatures:
    """The features that all runs of a chunk learn from, and the heads that some of them start from.

    Attributes:
        preparation: Of all training pictures; each run draws its own where it learns from so many of each class.
        starts: By the identifier of the run that is started from.
    """

    preparation: Preparation
    starts: dict[str, StartingPoint]

    @cached_property
    def divided(self) -> Divided:
        """The same pictures divided into folds."""
        return Divided(self.preparation)


def shared_features(settings: Sequence[RunSettings], report: ReportProgress, should_stop: ShouldStop) -> SharedFeatures:
    """Gets ready what runs share whose settings differ in nothing that makes features (`features_key`).

    Raises:
        UserError: Pictures, weights or a run to start from cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.preparation import prepare

    points = {each.transfer.start_from: each for each in settings}
    starts = {name: point for name, each in points.items() if (point := starting_point(each))}
    preparation = prepare(settings[0].changed(per_class=0), report, should_stop)
    return SharedFeatures(preparation, starts)


def check_possible(runs: Sequence[CellRun], shared: SharedFeatures, measure: str) -> None:
    """Refuses what would be found out only once many runs are trained.

    Args:
        runs: All that are trained on these features.
        shared: The features.
        measure: What is compared; "" for what there will be.

    Raises:
        UserError: A class has fewer pictures than a run is to learn from, or there is no test part to compare by.
    """
    prepared = shared.preparation.prepared
    if measure == "test_accuracy" and shared.preparation.features.test is None:
        none = f"None of the {prepared.settings.data.noun} are kept for a test."
        do = "Compare by the validation part, or keep a share for the test."
        raise UserError("There is no test part to compare these runs by.", none, do)
    most: dict[tuple[int, int], CellRun] = {}  # by fold: what learns from most of each class
    for run in runs:
        there = most.setdefault((run.fold, run.folds), run)
        if run.settings.data.per_class > there.settings.data.per_class:
            most[run.fold, run.folds] = run
    for run in most.values():
        _check_enough(run, shared)


def _check_enough(run: CellRun, shared: SharedFeatures) -> None:
    from qtl_core.training.parts import check_enough

    if per_class := run.settings.data.per_class:
        check_enough(_learnt(run, shared).train_labels, shared.preparation.prepared.classes, per_class)


def features_key(settings: RunSettings) -> tuple[object, ...]:
    """Returns what is equal for runs that can be trained side by side: the same features, read by one engine."""
    training = settings.training
    views = (training.augmentation, training.views, training.seed) if training.augmentation else ()
    return replace(settings.data, per_class=0), training.backbone_mode, views, settings.reads_exactly


def run_chunk(
    runs: Sequence[CellRun],
    shared: SharedFeatures,
    report: ReportProgress = lambda _: None,
    should_stop: ShouldStop = never_stop,
    threads: int | None = None,
) -> list[Outcome]:
    """Trains runs; returns what came of each, in their order.

    Args:
        runs: All with the same `features_key`.
        shared: What `shared_features` gave for that.
        report: Told how many are done.
        should_stop: Asked often.
        threads: How many train; by default one for every core.

    Raises:
        UserError: A class has fewer pictures than a run is to learn from, or a start does not fit.
        StoppedByUser: `should_stop` said so; nothing of the chunk is of use.
    """
    alike = {trained_alike(run): run for run in runs}
    tasks = {key: _task(run, shared) for key, run in alike.items()}
    came = train_tasks(list(tasks.values()), report, should_stop, STAGE, threads=threads)
    found = dict(zip(tasks, came, strict=True))
    return [_outcome(run, tasks[key], found[key], shared) for run in runs for key in (trained_alike(run),)]


def _task(run: CellRun, shared: SharedFeatures) -> TrainingTask:
    """Returns a run as an engine does it, with the pictures and the network that are really used."""
    preparation, settings = shared.preparation, run.settings
    per_class, seed = settings.data.per_class, settings.training.seed
    _check_enough(run, shared)
    whole = _learnt(run, shared)
    used = replace(settings, data=replace(preparation.prepared.settings.data, per_class=per_class))
    source = drawn_features(whole, used, seed)
    prepared = replace(preparation.prepared, settings=used, asked=settings)
    return begin(prepared, source, shared.starts.get(settings.transfer.start_from)).task_with_seed(source, seed)


def _learnt(run: CellRun, shared: SharedFeatures) -> KeptFeatures:
    """Returns the features of what a run learns from and is judged by, all of each class."""
    return shared.divided.source(run.fold, run.folds) if run.fold else shared.preparation.features


def _outcome(run: CellRun, task: TrainingTask, came: Run | DivergedError, shared: SharedFeatures) -> Outcome:
    if isinstance(came, DivergedError):
        return Outcome(Row(run.key, run.seed, broke_down=came.epoch))
    features = shared.preparation.features
    curves = {name: np.asarray(values[: came.done]) for name, values in came.curves.items()}
    if run.read is not None:
        return Outcome(row_read(run, task, came, run.read, _learnt(run, shared), features), curves)
    return outcome_of(run.key, run.seed, curves, came.best_epoch, _tested(task, came, features))


def _tested(task: TrainingTask, came: Run, features: KeptFeatures) -> float | None:
    from qtl_core.training.testing import share_right

    if features.test is None or features.test_labels is None:
        return None
    return share_right(task, came.weights, features.test, features.test_labels)


def told(done: int, total: int, report: ReportProgress) -> ReportProgress:
    """Returns a report that counts a chunk's runs on from those that were done before it."""

    def tell(progress: Progress) -> None:
        if progress.stage == STAGE:
            progress = replace(progress, done=done + progress.done, total=total)
        report(progress)

    return tell
