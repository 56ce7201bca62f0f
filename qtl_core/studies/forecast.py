"""Forecasts of how long a study will take, before it starts and while it goes on.

Before: a few of its runs are really trained here for some epochs, on random numbers of the right size, spread over all
kinds of run that it has. While it goes on, or when it is gone on with: what its own runs took.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.settings import RunSettings, TrainingSettings
from qtl_core.studies.cutting import FEWEST_IN_CHUNK
from qtl_core.studies.naming import capital, counted, time_range_words, time_words
from qtl_core.studies.plan import CellRun, StudyPlan
from qtl_core.studies.sampling import RandomSample, Search
from qtl_core.training.feature_forecast import Seconds, forecast_features, widened

if TYPE_CHECKING:
    from qtl_core.training.task import KeptFeatures

KINDS = 6  # that are measured, of the quickest to the slowest
EPOCHS = 2  # of those measured; the rest take as long each
LIKE_ALL = TrainingSettings()
BEFORE = "Measuring how fast this machine is"


@dataclass(frozen=True)
class Forecast:
    """A forecast of how long a study will take.

    Attributes:
        runs: How many are still to be trained.
        low, high: Seconds until all are, features among them.
        features_seconds: Of these, until the first run can start, at most.
        pictures_missing: Pictures whose features are to be computed first.
        workers: How many work at a time.
        budget: The seconds after which it ends in any case; 0 for no end.
        is_most: Whether there may be fewer runs: a search asks for one cell perhaps twice.
    """

    runs: int
    low: float
    high: float
    features_seconds: float = 0.0
    pictures_missing: int = 0
    workers: int = 1
    budget: int = 0
    is_most: bool = False

    @property
    def seconds(self) -> float:
        """The middle of the range."""
        return (self.low + self.high) / 2

    @property
    def words(self) -> str:
        """It as a sentence or two."""
        runs = f"{'at most ' if self.is_most else ''}{counted(self.runs, 'run')}"
        if not self.runs:
            return "Every run is trained already."
        at_once = f", {self.workers} at a time" if self.workers > 1 else ""
        looked_at = f"{counted(self.pictures_missing, 'picture')} {'is' if self.pictures_missing == 1 else 'are'}"
        missing = f" First {looked_at} looked at." if self.pictures_missing else ""
        ends = f" It ends after {time_words(self.budget)} in any case." if 0 < self.budget < self.high else ""
        takes = f"{time_range_words(self.low, self.high)}, longer on a busy machine"
        return f"{capital(runs)}{at_once}: {takes}.{missing}{ends}"


@dataclass(frozen=True)
class ForecastRequest:
    """A plan, how many work at it, and the keys of the runs that are done."""

    plan: StudyPlan
    workers: int
    done: frozenset[str] = field(default=frozenset(), repr=False)


@dataclass
class Measured:
    """Measurements of studies, made a moment ago and each once, so that their forecasts agree.

    Attributes:
        seconds: Of a run, by its kind.
        sizes: What is learnt from, by the pictures and how they are looked at.
    """

    seconds: dict[object, float] = field(default_factory=dict)
    sizes: dict[object, _Sizes] = field(default_factory=dict)


def forecast(
    plan: StudyPlan,
    workers: int,
    should_stop: ShouldStop = never_stop,
    *,
    done: Sequence[str] | frozenset[str] = (),
    measured: Measured | None = None,
) -> Forecast:
    """Measures how long a study will take here.

    Args:
        plan: The study.
        workers: How many work at a time.
        should_stop: Asked often.
        done: Keys of the runs that have a row.
        measured: What was measured of other studies a moment ago, and grows; so that runs of a kind take equally long
            in each of them, and as many pictures are new to each, whatever else the machine does meanwhile.

    Raises:
        UserError: Pictures, weights or a start cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    had = set(done)
    runs = [run for key, run in _whole(plan).runs().items() if key not in had]
    if is_open := _is_open(plan):
        runs = runs[: plan.planned - len(had)]
    if not runs:
        return Forecast(0, 0.0, 0.0, workers=workers, budget=plan.budget_seconds)
    known = measured or Measured()
    for run in runs:
        key = _pictures_of(run.settings)
        if key not in known.sizes:
            known.sizes[key] = _sizes(run.settings, should_stop)
    own = [known.sizes[key] for key in dict.fromkeys(_pictures_of(run.settings) for run in runs)]
    each = _seconds_a_run(runs, known, workers, should_stop)
    features = sum((one.features for one in own), Seconds())
    training = widened(each * len(runs), each * len(runs)) + features
    missing = sum(one.missing for one in own)
    return Forecast(
        *(len(runs), training.low, training.high, features.high, missing),
        workers=workers,
        budget=plan.budget_seconds,
        is_most=is_open,
    )


def _is_open(plan: StudyPlan) -> bool:
    """Returns whether a search is to ask for more cells."""
    return isinstance(plan.sampling, Search) and not plan.sampling.is_over(plan.axes)


def _whole(plan: StudyPlan) -> StudyPlan:
    """Returns the plan with all cells that are to come; those that a search has yet to ask for are drawn by lot."""
    if not isinstance(plan.sampling, Search) or not _is_open(plan):
        return plan
    return replace(plan, sampling=RandomSample(plan.sampling.count(plan.axes)))


def from_rows(plan: StudyPlan, done: int, seconds: float, workers: int) -> Forecast:
    """Returns how long the rest of a study takes, by what its own runs took.

    Args:
        plan: The study.
        done: How many runs have a row, one or more.
        seconds: What they took together.
        workers: How many work at a time.
    """
    left = max(0, plan.planned - done)
    rest = widened(seconds / done * left, seconds / done * left)
    return Forecast(left, rest.low, rest.high, workers=workers, budget=plan.budget_seconds, is_most=_is_open(plan))


def forecast_job(plan: StudyPlan, workers: int, owner: str = "") -> JobSpec[JobView[Forecast]]:
    """Returns the job that measures in a worker."""
    return JobSpec("qtl_core.studies.forecast:run_forecast_job", ForecastRequest(plan, workers), owner)


def run_forecast_job(request: ForecastRequest, emit: Callable[[Forecast], None], should_stop: ShouldStop) -> None:
    """Measures in a worker process."""
    emit(forecast(request.plan, request.workers, should_stop, done=request.done))


@dataclass(frozen=True)
class _Sizes:
    """The sizes of what is learnt from, and how long its features take."""

    train: int
    val: int
    features_of_one: int
    classes: int
    missing: int = 0
    features: Seconds = field(default_factory=Seconds)


def _pictures_of(settings: RunSettings) -> object:
    training = settings.training
    return replace(settings.data, per_class=0), training.augmentation and training.views


def _sizes(settings: RunSettings, should_stop: ShouldStop) -> _Sizes:
    from qtl_core.pictures.backbones.resolve import resolve_backbone
    from qtl_core.pictures.sources.catalogue import find_dataset
    from qtl_core.tables.catalogue import load_numbers
    from qtl_core.training.parts import with_test_part

    if settings.data.is_numbers:
        numbers = load_numbers(settings.data)
        rows = with_test_part(numbers.dataset, settings.data)
        return _Sizes(len(rows.train), len(rows.val), len(numbers.columns), len(rows.classes))
    dataset, data, _ = find_dataset(settings.data, lambda _: None, should_stop, allow_fallback=True)
    dataset = with_test_part(dataset, data)
    resolved = resolve_backbone(data.backbone, data.weights)
    missing, features = forecast_features(settings.training, dataset, resolved, should_stop)
    size = resolved.spec.feature_size
    return _Sizes(len(dataset.train), len(dataset.val), size, len(dataset.classes), missing, features)


def _seconds_a_run(runs: Sequence[CellRun], known: Measured, workers: int, should_stop: ShouldStop) -> float:
    """Returns what a run takes in the mean of all, where so many are trained at a time as there are workers."""
    sizes, seconds = known.sizes, known.seconds
    costs = sorted(((_cost(run, sizes), place) for place, run in enumerate(runs)))
    count = min(KINDS, len({cost for cost, _ in costs}))
    places = [costs[round(at)][1] for at in np.linspace(0, len(costs) - 1, 2 * count + 1)[1::2]]
    for place in places:
        if (kind := _kind(runs[place], sizes)) not in seconds:
            seconds[kind] = _measured(runs[place], sizes, len(runs), workers, should_stop)
    measured = [seconds[_kind(runs[place], sizes)] for place in places]
    by_cost = [_cost(runs[place], sizes) for place in places]
    scale = sum(measured) / sum(by_cost)
    near = np.interp([cost for cost, _ in costs], by_cost, measured) if len(set(by_cost)) > 1 else None
    return float(near.mean()) if near is not None else scale * sum(cost for cost, _ in costs) / len(costs)


def _own(run: CellRun, sizes: dict[object, _Sizes]) -> _Sizes:
    """Returns the sizes of what a run learns from and is judged by, all of each class."""
    own = sizes[_pictures_of(run.settings)]
    if not run.fold:
        return own
    held_out = (own.train + own.val) // run.folds
    return replace(own, train=own.train + own.val - held_out, val=held_out)


def _cost(run: CellRun, sizes: dict[object, _Sizes]) -> float:
    """Returns what a run costs beside others, roughly: it only says which ones are worth a measurement."""
    own, settings, circuit = _own(run, sizes), run.settings, run.settings.circuit
    train = settings.data.per_class * own.classes or own.train
    gates = (1 + circuit.depth) * circuit.qubits * 2**circuit.qubits if settings.model.spec.has_circuit else 0
    return float(settings.training.epochs * (train + own.val) * (own.features_of_one + gates))


def _kind(run: CellRun, sizes: dict[object, _Sizes]) -> object:
    """Returns what tells how long a run takes: all but its seed and how fast it learns."""
    alike, own = run.settings.changed(seed=0, learning_rate=LIKE_ALL.learning_rate), _own(run, sizes)
    return alike, own.train, own.val, own.features_of_one, own.classes, run.read


def _measured(run: CellRun, sizes: dict[object, _Sizes], most: int, workers: int, should_stop: ShouldStop) -> float:
    """Returns what a run of this kind takes, features there, while each worker trains some of them side by side."""
    from qtl_core.training.repeat import train_tasks
    from qtl_core.training.task import task_of

    epochs = min(EPOCHS, run.settings.training.epochs)
    source = _random_features(run.settings, _own(run, sizes))
    short = run.settings.changed(epochs=epochs, patience=0)
    count = min(most, FEWEST_IN_CHUNK * workers) if run.settings.reads_exactly else 1
    tasks = [task_of(short.changed(seed=seed), source.with_seed(seed)) for seed in range(count)]
    for _ in range(2 if run.settings.reads_exactly else 1):  # the first time has everything to set up
        began = time.perf_counter()
        train_tasks(tasks, lambda _: None, should_stop, BEFORE)
        took = time.perf_counter() - began
    reading = _reading(run, source) / workers if run.read else 0.0
    return took / count / epochs * run.settings.training.epochs + reading


def _reading(run: CellRun, source: KeptFeatures) -> float:
    """Returns the seconds in which a trained head is read out once."""
    from qtl_core.training.starting import first_weights
    from qtl_core.training.task import task_of
    from qtl_core.training.testing import share_right

    task = task_of(replace(run.settings, readout=run.read), source) if run.read else task_of(run.settings, source)
    began = time.perf_counter()
    share_right(task, first_weights(task), source.val, source.val_labels)
    return time.perf_counter() - began


def _random_features(settings: RunSettings, own: _Sizes) -> KeptFeatures:
    from qtl_core.training.task import KeptFeatures

    rng, train = np.random.default_rng(0), settings.data.per_class * own.classes or own.train
    return KeptFeatures(
        rng.standard_normal((max(train, own.classes), own.features_of_one), dtype=np.float32),
        rng.standard_normal((own.val, own.features_of_one), dtype=np.float32),
        np.arange(max(train, own.classes)) % own.classes,
        np.arange(own.val) % own.classes,
        classes=own.classes,
    )
