"""A forecast of a run's duration, measured on this machine before it starts: a few real pictures, a few real steps.

Imports no torch at the top, because pages ask for forecasts; the measuring happens in a worker process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.paths import why_not_writable
from qtl_core.common.progress import LOOK_EVERY, ShouldStop, never_stop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.sources.dataset import Dataset, Picture
from qtl_core.runs.events import EpochDone
from qtl_core.settings import RunSettings
from qtl_core.training.feature_forecast import Seconds, forecast_features, widened
from qtl_core.training.readout_check import check_readout, training_circuits

if TYPE_CHECKING:
    from qtl_core.pictures.backbones.resolve import ResolvedBackbone
    from qtl_core.training.task import FeatureSource

# Steps of the weights of the two timings; their difference leaves out what is done once.
FEW, MORE = 4, 12
SLOW_SECONDS = 60  # from here on a person should know why before pressing Start


@dataclass(frozen=True)
class Forecast:
    """The forecast of a run, each time a range.

    Attributes:
        features: Until training can start.
        training: All epochs, with validation.
        pictures_missing: Vectors of features that are not kept yet (a picture has one for each of its views).
        warnings: Why it will be slow, if it will, one sentence each.
        circuits: How many circuits are run in all epochs, where shots or noise read them; 0 where they are exact.
        stands_in: Whether a slower engine was measured, as the fast one was still being made ready.
    """

    features: Seconds
    training: Seconds
    pictures_missing: int
    warnings: tuple[str, ...] = ()
    circuits: int = 0
    stands_in: bool = False

    @property
    def seconds(self) -> Seconds:
        """Everything together."""
        return self.features + self.training


def forecast(settings: RunSettings, should_stop: ShouldStop = never_stop) -> Forecast:
    """Measures how long `settings` will take to train here.

    Raises:
        UserError: Pictures or weights cannot be used, or the circuit cannot be trained under the readout.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.pictures.backbones.resolve import resolve_backbone
    from qtl_core.pictures.sources.catalogue import find_dataset
    from qtl_core.tables.catalogue import load_numbers
    from qtl_core.training.parts import with_parts

    check_readout(settings)
    if settings.data.is_numbers:
        numbers = load_numbers(settings.data)
        rows = with_parts(numbers.dataset, settings.data, settings.training.seed)
        training = _epoch(settings, rows, len(numbers.columns), should_stop) * settings.training.epochs
        return _with_warnings(Forecast(Seconds(), training, 0, circuits=_circuits(settings, rows)), settings)
    dataset, data, _ = find_dataset(settings.data, lambda _: None, should_stop, allow_fallback=True)
    dataset = with_parts(dataset, data, settings.training.seed)
    resolved, circuits = resolve_backbone(settings.data.backbone, settings.data.weights), _circuits(settings, dataset)
    if settings.training.backbone_mode == "published":
        training = _published_epoch(settings, dataset, resolved, should_stop) * settings.training.epochs
        return _with_warnings(Forecast(Seconds(), training, 0, circuits=circuits), settings)
    missing, features = forecast_features(settings.training, dataset, resolved, should_stop)
    training = _epoch(settings, dataset, resolved.spec.feature_size, should_stop) * settings.training.epochs
    return _with_warnings(Forecast(features, training, missing, circuits=circuits), settings)


def _circuits(settings: RunSettings, dataset: Dataset) -> int:
    return training_circuits(settings, len(dataset.train), len(dataset.val))


def forecast_job(settings: RunSettings, owner: str = "") -> JobSpec[JobView[Forecast]]:
    """Returns the job that measures in a worker."""
    return JobSpec("qtl_core.training.forecast:run_forecast_job", settings, owner)


def run_forecast_job(settings: RunSettings, emit: Callable[[Forecast], None], should_stop: ShouldStop) -> None:
    """Measures in a worker process."""
    emit(forecast(settings, should_stop))


def _epoch(settings: RunSettings, dataset: Dataset, feature_size: int, should_stop: ShouldStop) -> Seconds:
    """Returns the seconds of one epoch, from epochs of a few steps each on random features.

    What the longer one took more is that of its further steps alone; where the machine was busy meanwhile, in the
    first or in the second, that says too little or too much, and all of the longer one by its steps bounds it.
    """
    batch, train_size = settings.training.batch_size, len(dataset.train)
    steps = -(-train_size // batch)
    sizes = (FEW * batch, MORE * batch) if steps > MORE else (train_size,)
    sources = (_random_features(size, dataset, feature_size) for size in sizes)
    seconds = [_one_epoch(settings, source, should_stop) for source in sources]
    if len(sizes) == 1:
        return widened(seconds[0], seconds[0])
    each_step = max(0.0, seconds[-1] - seconds[0]) / (MORE - FEW)  # the validation is in both, and so in neither
    ends = seconds[0] + (steps - FEW) * each_step, seconds[-1] / MORE * steps
    return widened(min(ends), max(ends))


def _random_features(train_size: int, dataset: Dataset, feature_size: int) -> FeatureSource:
    from qtl_core.training.task import KeptFeatures

    rng, val_size, classes = np.random.default_rng(0), len(dataset.val), len(dataset.classes)
    return KeptFeatures(
        rng.standard_normal((train_size, feature_size), dtype=np.float32),
        rng.standard_normal((val_size, feature_size), dtype=np.float32),
        np.arange(train_size) % classes,
        np.arange(val_size) % classes,
        classes=classes,
    )


def _published_epoch(
    settings: RunSettings, dataset: Dataset, resolved: ResolvedBackbone, should_stop: ShouldStop
) -> Seconds:
    """Returns the seconds of one epoch with the backbone running at every batch: so many a picture, of either split."""
    from qtl_core.pictures.features.published import PublishedBackbone

    source = PublishedBackbone(
        _usable(dataset.train, FEW),
        _usable(dataset.val, FEW),
        resolved,
        classes=len(dataset.classes),
        augment=settings.training.augmentation,
        seed=0,
    )
    measured, pictures = len(source.train) + len(source.val), len(dataset.train) + len(dataset.val)
    seconds = _one_epoch(settings, source, should_stop) / measured * pictures
    return widened(seconds, seconds)


def _usable(pictures: Sequence[Picture], count: int) -> list[Picture]:
    """Returns the first `count` pictures that can be read.

    Raises:
        UserError: There is none.
    """

    def is_readable(picture: Picture) -> bool:
        try:
            open_picture(picture.path)
        except UserError:
            return False
        return True

    found = list(islice(filter(is_readable, pictures), count))
    if not found:
        raise UserError("None of the pictures can be read.", "", "Replace them.")
    return found


def _one_epoch(settings: RunSettings, source: FeatureSource, should_stop: ShouldStop) -> float:
    """Returns the seconds of an epoch of `source`: the second one, as the first has everything to set up.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.engines import ENGINES, engine_name
    from qtl_core.training.task import task_of

    is_compiled_wanted = settings.training.engine == "compiled" and settings.reads_exactly
    if is_compiled_wanted and settings.training.backbone_mode == "frozen":
        _load_compiled(should_stop)
    task = task_of(settings.changed(epochs=2, patience=0), source)
    engine = ENGINES[engine_name(task)]
    epochs = [event for event in engine(task, None, should_stop) if isinstance(event, EpochDone)]
    if len(epochs) < 2:
        raise StoppedByUser
    return epochs[-1].seconds


def _load_compiled(should_stop: ShouldStop) -> None:
    """Waits until the compiled engine can be measured, if it lies compiled: a run waits for it, too.

    Where it is still to be compiled, a run begins with the torch engine, and so that one is measured.
    """
    from qtl_core.training.compiled.code_folder import is_compiled
    from qtl_core.training.compiled.warm_up import warm_up

    loading = warm_up()
    while is_compiled() and loading.is_alive() and not should_stop():
        loading.join(LOOK_EVERY)


def _is_compiling(settings: RunSettings) -> bool:
    """Returns whether a run of these settings would begin with another engine, as the compiler is not done."""
    from qtl_core.training.compiled.warm_up import is_ready

    training = settings.training
    return (
        settings.reads_exactly
        and training.engine == "compiled"
        and training.backbone_mode == "frozen"
        and not is_ready()
    )


def _held_up() -> str:
    """Returns how long the engine has been made ready, once that is longer than it takes where nobody else works."""
    from qtl_core.training.compiled.warm_up import seconds_at_it

    minutes = int(seconds_at_it() / 60)
    if not minutes:
        return ""
    took = f"{minutes:,} minute{'s' * (minutes != 1)}"
    return f" Other work on this machine holds it up: it had taken {took} when this was measured."


def _with_warnings(found: Forecast, settings: RunSettings) -> Forecast:
    found = replace(found, stands_in=_is_compiling(settings))
    if found.seconds.high < SLOW_SECONDS:
        return found
    training, circuit = settings.training, settings.circuit
    reasons = []
    if training.backbone_mode == "published":
        reasons.append("As published, the whole image network runs again for every batch of every epoch.")
    if not settings.reads_exactly:
        runs = "twice for every angle at every step" if settings.readout.shots else "with all its noise at every step"
        reasons.append(f"Read as a real machine would be, the circuit runs {runs}.")
    elif training.engine == "pennylane":
        reasons.append("PennyLane is the reference, not the fastest: the fast engine gives the same numbers.")
    elif found.stands_in:
        reasons.append(
            "The fast engine is still being made ready, once on this machine; until then a slower one trains, to the "
            f"same numbers.{_held_up()}"
        )
    if circuit.qubits >= 9:
        reasons.append(f"{circuit.qubits} qubits are {2**circuit.qubits:,} amplitudes for every picture and gate.")
    if training.augmentation and found.pictures_missing:
        reasons.append(f"Augmentation looks at {training.views} more views of every training picture once.")
    if found.features.high > SLOW_SECONDS and not training.augmentation:
        kept = "" if why_not_writable("features") else "; next time its features are kept"
        reasons.append(f"The image network has not seen these pictures yet{kept}.")
    many = f"There are many steps: epochs times {settings.data.noun} over batch size."
    return replace(found, warnings=tuple(reasons or [many]))
