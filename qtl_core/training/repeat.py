"""One setting trained over many seeds, as a job: features once, then all runs at once, on all cores.

Every seed draws its own initial weights and its own order of the pictures. No torch or numba at the top, because pages
make jobs from this module.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qtl_core.common.checks import instance, whole_number
from qtl_core.common.errors import DivergedError, StoppedByUser, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop, never_stop
from qtl_core.evaluation.seed_spread import FIGURES, SeedBand
from qtl_core.jobs import JobSpec, JobView
from qtl_core.runs.events import Arrays, EpochDone, Prepared
from qtl_core.settings import RunSettings, spec_of
from qtl_core.training.transfer.beginning import Beginning, KeptStart, begin, starting_point

if TYPE_CHECKING:
    from qtl_core.training.preparation import Preparation
    from qtl_core.training.task import KeptFeatures, TrainingTask

UNKNOWN_FIGURE = "loss or a weight"  # of many runs it is not looked up which it was
# Seconds that a page waits for the compiler: two idle cores need half of it, a busy machine may take half an hour. What
# runs from a shell or a program waits to the end, so that its numbers are those of the same engine every time.
PATIENCE = 60.0
FEWEST, MOST, USUAL = 5, 200, 50  # fewer say nothing about a spread, more say it no better

Told = Callable[[int, int], None]


class Run(NamedTuple):
    """The outcome of one training of many.

    Attributes:
        curves: By name, each shape (epochs,); a run that patience ended early keeps its last figures from then on.
        best_epoch: Counted from 1.
        weights: The head's, after it.
        done: How many epochs were trained.
        said: The class that was said of each validation picture after the best epoch, shape (pictures,), where shots
            or noise read them then; None where the weights alone say it again.
    """

    curves: dict[str, np.ndarray]
    best_epoch: int
    weights: Arrays
    done: int
    said: np.ndarray | None = None


@dataclass(frozen=True)
class SeedRequest:
    """The setting, and how many seeds from its own on.

    Attributes:
        settings: All settings; their seed is the first one.
        count: How many seeds.
        kept: The carried start that is kept with a run, where its ancestor may be gone; None for what the settings say.
        patience: How many seconds after its start the compiler is waited for; then torch trains.
    """

    settings: RunSettings
    count: int
    kept: KeptStart | None = None
    patience: float = math.inf

    @property
    def seeds(self) -> tuple[int, ...]:
        """The setting's seed and those after it; before it where the largest allowed one would be passed."""
        first = min(self.settings.training.seed, int(spec_of(self.settings.training, "seed").high) - self.count + 1)
        return tuple(range(first, first + self.count))


def seeds_job(
    settings: RunSettings, count: int, owner: str, kept: KeptStart | None = None
) -> JobSpec[JobView[SeedBand]]:
    """Returns the job that repeats `settings` over `count` seeds; a carried start is the same for all of them.

    Args:
        settings: All settings.
        count: How many seeds.
        owner: Whose job it is.
        kept: See `SeedRequest`.

    Raises:
        UserError: There are no kept features to train so many runs from, or the count is not allowed.
    """
    request = _checked(SeedRequest(settings, count, kept, PATIENCE))
    return JobSpec("qtl_core.training.repeat:run_seeds_job", request, owner)


def train_seeds(settings: RunSettings, count: int = USUAL, *, report: ReportProgress = lambda _: None) -> SeedBand:
    """Trains `settings` over many seeds and returns the figures of all runs: for Python programs.

    Nothing is kept on disk but the pictures' features.

    Args:
        settings: All settings; their seed is the first one.
        count: How many seeds, from 5 to 200.
        report: Told how far it is.

    Raises:
        InputError: `settings` are no settings, or `count` is no whole number.
        UserError: The count is not allowed, or pictures or weights cannot be used.
        DivergedError: No seed's numbers stayed finite.
    """
    request = SeedRequest(instance("settings", settings, RunSettings), whole_number("count", count, 1))
    return repeat(_checked(request), report, never_stop)


def _checked(request: SeedRequest) -> SeedRequest:
    if not FEWEST <= request.count <= MOST:
        raise UserError(f"{request.count} seeds are not allowed.", "", f"Choose from {FEWEST} to {MOST}.")
    if request.settings.training.backbone_mode == "published":
        why = "As published, the image network runs again at every batch, and every run would take hours."
        raise UserError("This setting cannot be repeated over many seeds.", why, "Choose the truly frozen network.")
    return request


def run_seeds_job(request: SeedRequest, emit: Callable[[Progress | SeedBand], None], should_stop: ShouldStop) -> None:
    """Does the job in a worker process."""
    emit(repeat(request, emit, should_stop))


def repeat(request: SeedRequest, report: ReportProgress, should_stop: ShouldStop) -> SeedBand:
    """Trains a setting over many seeds, after computing the features that are not kept yet.

    Raises:
        UserError: Pictures or weights cannot be used.
        DivergedError: No seed's numbers stayed finite.
        StoppedByUser: `should_stop` said so; what was trained by then is of no use.
    """
    return repeat_keeping_weights(request, report, should_stop)[0]


def repeat_keeping_weights(
    request: SeedRequest, report: ReportProgress, should_stop: ShouldStop
) -> tuple[SeedBand, list[Arrays], KeptFeatures]:
    """Does what `repeat` does; returns the band, the best weights of each of its seeds, and the features.

    Raises:
        UserError, DivergedError, StoppedByUser: As `repeat` does.
    """
    from qtl_core.training.compiled.warm_up import warm_up
    from qtl_core.training.preparation import prepare

    warm_up()  # beside the features
    point = None if request.kept else starting_point(request.settings)
    preparation = _whole(prepare(request.settings.changed(per_class=0), report, should_stop), request.settings)
    source = drawn_features(preparation.features, request.settings, request.settings.training.seed)
    begun = begin(preparation.prepared, source, point, request.kept)
    tasks = _tasks(preparation.features, begun, request)
    engine = _engine(tasks, report, should_stop, request.patience)
    began = time.perf_counter()
    found = _trained_by(engine, tasks, report, should_stop, f"Training {len(tasks)} runs")
    seconds = time.perf_counter() - began
    band = _band(replace(begun.prepared, engine=engine), request.seeds, found, seconds)
    good = [(task, run) for task, run in zip(tasks, found, strict=True) if not isinstance(run, DivergedError)]
    tested = _tests(good, preparation.features)
    return replace(band, test_accuracies=tested), [run.weights for _, run in good], source


def _whole(preparation: Preparation, asked: RunSettings) -> Preparation:
    """Returns a preparation of all training pictures as one of which every seed draws so many of each class.

    Raises:
        UserError: Of a class there are fewer.
    """
    from qtl_core.training.parts import check_enough

    per_class, prepared = asked.data.per_class, preparation.prepared
    if not per_class:
        return preparation
    check_enough(preparation.features.train_labels, prepared.classes, per_class)
    classes = len(prepared.classes)
    note = f"Every seed draws its own {per_class:,} training {asked.data.noun} of each class."
    return replace(
        preparation,
        prepared=replace(
            prepared,
            settings=prepared.settings.changed(per_class=per_class),
            asked=asked,
            train_size=classes * per_class,
            train_counts=(per_class,) * classes,
            notes=(*prepared.notes, note),
        ),
    )


def drawn_features(source: KeptFeatures, settings: RunSettings, seed: int) -> KeptFeatures:
    """Returns the features of the training pictures that a seed learns from."""
    from qtl_core.training.parts import drawn

    per_class = settings.data.per_class
    part = source.drawn(drawn(source.train_labels, per_class, seed)) if per_class else source
    return part.with_seed(seed)


def _tests(good: Sequence[tuple[TrainingTask, Run]], source: KeptFeatures) -> np.ndarray | None:
    """Returns the test accuracy of the best weights of each seed, from that seed's shots; None without a test part."""
    from qtl_core.training.testing import share_right

    if source.test is None or source.test_labels is None:
        return None
    test, labels = source.test, source.test_labels
    return np.array([share_right(task, run.weights, test, labels) for task, run in good])


def train_tasks(
    tasks: Sequence[TrainingTask],
    report: ReportProgress,
    should_stop: ShouldStop,
    stage: str,
    patience: float = math.inf,
    threads: int | None = None,
) -> list[Run | DivergedError]:
    """Trains every task from its beginning; returns what came of each, in their order.

    Args:
        tasks: What to train, from kept features.
        report: Told how many of them are done, as the stage `stage`.
        should_stop: Asked often.
        stage: What this training is called.
        patience: How many seconds after its start the compiler is waited for; then torch trains.
        threads: How many tasks are trained at a time; by default one for every core.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    return _trained_by(_engine(tasks, report, should_stop, patience), tasks, report, should_stop, stage, threads)


def _trained_by(
    engine: str,
    tasks: Sequence[TrainingTask],
    report: ReportProgress,
    should_stop: ShouldStop,
    stage: str,
    threads: int | None = None,
) -> list[Run | DivergedError]:
    slower = engine == "torch" and all(task.is_exact for task in tasks)
    said = f"{stage} without the fast engine, which is not ready" if slower else stage
    return _RUNNERS[engine](tasks, should_stop, lambda done, total: report(Progress(said, done, total)), threads)


def _band(prepared: Prepared, seeds: Sequence[int], found: Sequence[Run | DivergedError], seconds: float) -> SeedBand:
    """Returns the band of the runs that kept to finite numbers, naming the seeds of the others.

    Raises:
        DivergedError: None of them did.
    """
    good = {seed: run for seed, run in zip(seeds, found, strict=True) if not isinstance(run, DivergedError)}
    if not good:
        raise next(error for error in found if isinstance(error, DivergedError))
    curves = {name: np.stack([run.curves[name] for run in good.values()]) for name in FIGURES}
    best = np.array([run.best_epoch for run in good.values()])
    broken, done = tuple(seed for seed in seeds if seed not in good), tuple(run.done for run in good.values())
    return SeedBand(prepared, tuple(good), curves, best, seconds, broken, epochs_done=done)


def _tasks(source: KeptFeatures, begun: Beginning, request: SeedRequest) -> list[TrainingTask]:
    """One task a seed; all share the features, while each draws its own views of them and its own fresh numbers."""
    return [begun.task_with_seed(drawn_features(source, request.settings, seed), seed) for seed in request.seeds]


def _engine(tasks: Sequence[TrainingTask], report: ReportProgress, should_stop: ShouldStop, patience: float) -> str:
    """Returns what trains, after waiting for the compiler: many runs are worth some wait.

    Shots and noise are for torch alone.
    """
    from qtl_core.training.compiled.warm_up import is_ready, kernels_compiled, seconds_at_it, warm_up

    if not all(task.is_exact for task in tasks):
        return "torch"
    compiling = warm_up()
    while compiling.is_alive() and seconds_at_it() < patience:
        done, total = kernels_compiled()
        compiled = Progress("Compiling the fast engine, once on this machine", done, total)
        report(compiled if done < total else Progress("Loading the fast engine", 0, 0))
        compiling.join(0.1)
        if should_stop():
            raise StoppedByUser
    return "compiled" if is_ready() else "torch"


def _at_once(
    tasks: Sequence[TrainingTask], should_stop: ShouldStop, progress: Told, threads: int | None
) -> list[Run | DivergedError]:
    from qtl_core.training.compiled.many_runs import train_many

    found = train_many(tasks, should_stop, threads, progress)
    names = {"train_accuracy": "train_accuracies", "val_accuracy": "val_accuracies"}
    names |= {"train_loss": "train_losses", "val_loss": "val_losses"}
    return [
        DivergedError(run.diverged, UNKNOWN_FIGURE)
        if run.diverged
        else _held(task, {name: getattr(run, names[name]) for name in FIGURES}, run.best_epoch, run.best_weights)
        for task, run in zip(tasks, found, strict=True)
    ]


def _one_by_one(
    tasks: Sequence[TrainingTask], should_stop: ShouldStop, progress: Told, threads: int | None
) -> list[Run | DivergedError]:
    """The same with torch, where nothing can be compiled: the numbers are equal, the time is not.

    Under noise and from shots there is no other.
    """
    from qtl_core.training.checkpoints import is_over
    from qtl_core.training.torch_engine import train_with_torch

    found: list[Run | DivergedError] = []
    for done, task in enumerate(tasks):
        progress(done, len(tasks))
        try:
            epochs = [event for event in train_with_torch(task, None, should_stop) if isinstance(event, EpochDone)]
        except DivergedError as error:
            found.append(error)
            continue
        if not epochs or not is_over(task.training, last := epochs[-1].checkpoint):
            raise StoppedByUser
        curves = {name: np.array([getattr(epoch, name) for epoch in epochs]) for name in FIGURES}
        run = _held(task, curves, last.best_epoch, last.best_weights)
        best = next((epoch for epoch in epochs if epoch.epoch == last.best_epoch), None)
        read = None if task.is_exact or best is None else best.val_probabilities.argmax(axis=1)
        found.append(run._replace(said=read))
    return found


def _held(task: TrainingTask, curves: dict[str, np.ndarray], best_epoch: int, best_weights: Arrays) -> Run:
    """Returns a run whose curves are as long as the settings say, by its last figures where it ended early."""
    done = len(curves["val_loss"])
    longer = {name: np.pad(values, (0, task.training.epochs - done), "edge") for name, values in curves.items()}
    return Run(longer, best_epoch, best_weights, done)


_RUNNERS = {"compiled": _at_once, "torch": _one_by_one}
