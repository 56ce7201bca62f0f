"""One setting trained over k stratified folds, as a job: every picture but those of the test is held out once.

The folds (`folds`) are made of the training and the validation pictures together. No torch or numba at the top, because
pages make jobs from here.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.checks import instance, whole_number
from qtl_core.common.errors import DivergedError, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop, never_stop
from qtl_core.evaluation.cross_validation import CrossValidation, Fold
from qtl_core.jobs import JobSpec, JobView
from qtl_core.settings import RunSettings
from qtl_core.training.folds import FEWEST, MOST, folds_of
from qtl_core.training.repeat import PATIENCE, UNKNOWN_FIGURE, Run, train_tasks
from qtl_core.training.transfer.beginning import KeptStart, begin, starting_point

if TYPE_CHECKING:
    from qtl_core.training.preparation import Preparation
    from qtl_core.training.task import KeptFeatures, TrainingTask

USUAL = 5


@dataclass(frozen=True)
class FoldsRequest:
    """The setting, and how many folds.

    Attributes:
        settings: All settings; the augmented views of a picture take no part.
        folds: How many.
        kept: The carried start that is kept with a run, where its ancestor may be gone; None for what the settings say.
        patience: See `SeedRequest`.
    """

    settings: RunSettings
    folds: int = USUAL
    kept: KeptStart | None = None
    patience: float = math.inf


def folds_job(
    settings: RunSettings, folds: int, owner: str, kept: KeptStart | None = None
) -> JobSpec[JobView[CrossValidation]]:
    """Returns the job that trains `settings` over `folds` folds.

    Raises:
        UserError: There are no kept features to train so many runs from, or the count is not allowed.
    """
    request = _checked(FoldsRequest(settings, folds, kept, PATIENCE))
    return JobSpec("qtl_core.training.cross_validation:run_folds_job", request, owner)


def cross_validate(
    settings: RunSettings, folds: int = USUAL, *, report: ReportProgress = lambda _: None
) -> CrossValidation:
    """Trains `settings` over k folds and returns each one's figures: for Python programs.

    Raises:
        InputError: `settings` are no settings, or `folds` is no whole number.
        UserError: The count is not allowed, a class has too few pictures, or pictures or weights cannot be used.
        DivergedError: No fold's numbers stayed finite.
    """
    request = FoldsRequest(instance("settings", settings, RunSettings), whole_number("folds", folds, 1))
    return validated(_checked(request), report, never_stop)


def _checked(request: FoldsRequest) -> FoldsRequest:
    if not FEWEST <= request.folds <= MOST:
        raise UserError(f"{request.folds} folds are not allowed.", "", f"Choose from {FEWEST} to {MOST}.")
    if request.settings.training.backbone_mode == "published":
        why = "As published, the image network runs again at every batch, and every fold would take minutes."
        raise UserError("This setting cannot be trained over folds.", why, "Choose the truly frozen network.")
    return request


def run_folds_job(
    request: FoldsRequest, emit: Callable[[Progress | CrossValidation], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    emit(validated(request, emit, should_stop))


def validated(request: FoldsRequest, report: ReportProgress, should_stop: ShouldStop) -> CrossValidation:
    """Trains a setting over its folds, after computing the features that are not kept yet.

    Raises:
        UserError: A class has too few pictures for so many folds, or pictures or weights cannot be used.
        DivergedError: No fold's numbers stayed finite.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.compiled.warm_up import warm_up
    from qtl_core.training.preparation import prepare

    warm_up()  # beside the features
    point = None if request.kept else starting_point(request.settings)
    asked = request.settings
    preparation = prepare(asked.changed(augmentation=False, per_class=0, divided_into=0), report, should_stop)
    features, labels = all_of(preparation.features)
    groups = groups_of(preparation)
    divided = folds_of(labels, request.folds, preparation.prepared.classes, groups)
    begun = begin(preparation.prepared, preparation.features, point, request.kept)
    sources = [_source(preparation.features, features, labels, held_out, asked) for held_out in divided]
    tasks = [begun.task_with_seed(source, asked.training.seed) for source in sources]
    began = time.perf_counter()
    found = train_tasks(tasks, report, should_stop, f"Training {len(tasks)} folds", request.patience)
    seconds = time.perf_counter() - began
    settings = begun.prepared.settings.changed(per_class=asked.data.per_class)
    views = ("Augmented views take no part: every picture counts as it is.",) if asked.training.augmentation else ()
    prepared = replace(begun.prepared, settings=settings, asked=asked, notes=(*begun.prepared.notes, *views))
    done = enumerate(zip(tasks, found, strict=True), start=1)
    folds = [_fold(number, task, run) for number, (task, run) in done if not isinstance(run, DivergedError)]
    if not folds:
        raise next((run for run in found if isinstance(run, DivergedError)), DivergedError(1, UNKNOWN_FIGURE))
    sizes = Counter(group for group in groups if group)
    together = sum(size for size in sizes.values() if size > 1)
    return CrossValidation(prepared, request.folds, tuple(folds), together, seconds)


def all_of(source: KeptFeatures) -> tuple[np.ndarray, np.ndarray]:
    """Returns features and labels of all pictures that are learnt from or chosen by."""
    return np.concatenate((source.train, source.val)), np.concatenate((source.train_labels, source.val_labels))


def groups_of(preparation: Preparation) -> list[str]:
    files = (*preparation.train_files, *preparation.prepared.val_files)
    return [preparation.groups.get(file, "") for file in files]


def _source(
    whole: KeptFeatures, features: np.ndarray, labels: np.ndarray, held_out: np.ndarray, asked: RunSettings
) -> KeptFeatures:
    """Returns the features of one fold; of those to learn from, so many of each class as the settings ask for."""
    from qtl_core.training.parts import check_enough, drawn
    from qtl_core.training.task import KeptFeatures

    learnt = np.delete(np.arange(len(labels)), held_out)
    names = [str(label) for label in range(whole.classes)]
    check_enough(labels[learnt], names, asked.data.per_class)
    learnt = learnt[drawn(labels[learnt], asked.data.per_class, asked.training.seed)]
    return KeptFeatures(
        features[learnt],
        features[held_out],
        labels[learnt],
        labels[held_out],
        classes=whole.classes,
        seed=asked.training.seed,
    )


def _fold(number: int, task: TrainingTask, run: Run) -> Fold:
    from qtl_core.training.task import KeptFeatures
    from qtl_core.training.testing import answers

    source = instance("source", task.source, KeptFeatures)
    size, accuracies = len(source.val_labels), run.curves["val_accuracy"][: run.done]
    said = answers(task, run.weights, source.val) if run.said is None else run.said  # other shots would say others
    labels = source.val_labels
    recalls = [(said[labels == label] == label).mean() for label in np.unique(labels)]
    return Fold(
        number,
        len(source.train_labels),
        size,
        run.best_epoch,
        round(float(accuracies[run.best_epoch - 1]) * size),
        round(float(accuracies[-1]) * size),
        float(np.mean(recalls)),
    )
