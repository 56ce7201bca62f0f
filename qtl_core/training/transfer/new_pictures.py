"""A trained head, or its circuit alone, carried over to pictures that this app draws anew: a bee, or neither?

The tour asks for it. The new pictures are drawn in the style of the drawn set: bees that are not in it, and scenes with
a beetle, a ladybird or nothing. They are nobody's data set: only their features are kept. No torch or numba at the top,
because pages make jobs from here.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.sources.dataset import Picture, Split, labels_of
from qtl_core.runs.events import Arrays, Prepared
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import DataSettings, ReadoutSettings, RunSettings
from qtl_core.training.repeat import PATIENCE
from qtl_core.training.transfer.arms import TransferComparison
from qtl_core.training.transfer.comparison import SEEDS, carried_start, compare_starts
from qtl_core.training.transfer.facts import HeadFacts, facts_of
from qtl_core.training.transfer.recipes import RECIPES, why_no_recipe, with_recipe

if TYPE_CHECKING:
    from PIL import Image

    from qtl_core.training.task import KeptFeatures

CLASSES = ("bees", "neither")
TRAIN, VAL = 20, 50  # pictures of each class
AMOUNTS = (5, TRAIN)
RECIPE_NAMES = ("new_ends", "go_on")  # the circuit alone, which stands still; or all of the head, which learns on
FIRST = 1_000  # numbers that neither the drawn set has nor any ready-made class
STAGE = "Drawing new pictures"
_PARTS: tuple[tuple[Split, int], ...] = (("train", TRAIN), ("val", VAL))


@dataclass(frozen=True)
class NewPicturesRequest:
    """A request to carry a head over.

    Attributes:
        facts, weights: The trained head, as `carried_start` takes it.
        seeds: How many seeds.
        patience: See `SeedRequest`.
    """

    facts: HeadFacts
    weights: Arrays = field(repr=False)
    seeds: int = SEEDS
    patience: float = PATIENCE


@dataclass(frozen=True, eq=False)
class Carried:
    """The outcome of one way to carry the head over, by its name of `RECIPE_NAMES`."""

    recipe: str
    found: TransferComparison


def can_carry(run: TrainedRun) -> bool:
    """Returns whether a run's head can be carried over: it reads pictures, and has a circuit with something learnt."""
    facts = facts_of(run.prepared)
    return not facts.settings.data.is_numbers and not any(why_no_recipe(RECIPES[name], facts) for name in RECIPE_NAMES)


def new_pictures_job(run: TrainedRun, owner: str, seeds: int = SEEDS) -> JobSpec[JobView[tuple[Carried, ...]]]:
    """Returns the job that trains the new pictures from a run's head and from scratch, one way after the other."""
    weights = run.checkpoint.best_weights or run.checkpoint.weights
    request = NewPicturesRequest(facts_of(run.prepared), weights, seeds)
    return JobSpec(
        "qtl_core.training.transfer.new_pictures:run_new_pictures_job",
        request,
        owner,
        view=JobView(result=()),
        fold=JobView.collect,
    )


def run_new_pictures_job(
    request: NewPicturesRequest, emit: Callable[[Progress | Carried], None], should_stop: ShouldStop
) -> None:
    """Does the job in a worker process."""
    for found in compare(request, emit, should_stop):
        emit(found)


def compare(request: NewPicturesRequest, report: ReportProgress, should_stop: ShouldStop) -> Iterator[Carried]:
    """Yields what came of every way to carry the head over.

    Raises:
        UserError: The image network's weights cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.compiled.warm_up import warm_up

    warm_up()  # beside the features
    all_settings = {name: settings_of(request, name) for name in RECIPE_NAMES}
    source, any_prepared = _prepared(all_settings[RECIPE_NAMES[0]], report, should_stop)
    for name, settings in all_settings.items():
        prepared = replace(any_prepared, settings=settings, asked=settings)
        start_of = carried_start(request.facts, request.weights, facts_of(prepared))
        plan = TransferComparison(prepared, request.seeds, AMOUNTS)
        *_, found = compare_starts(
            source, plan, start_of, report, should_stop, with_control=True, patience=request.patience
        )
        yield Carried(name, found)


def settings_of(request: NewPicturesRequest, recipe: str) -> RunSettings:
    """Returns what is trained: as the run was, but for the pictures and the start; the circuit is read exactly."""
    there = request.facts.settings
    data = DataSettings(source="drawn", backbone=there.data.backbone, weights=there.data.weights)
    training = replace(there.training, backbone_mode="frozen", augmentation=False, class_weights="none", seed=0)
    plain = replace(there, data=data, training=training, readout=ReadoutSettings())
    return with_recipe(RECIPES[recipe], "new pictures", request.facts, plain)


def draw(folder: Path, report: ReportProgress, should_stop: ShouldStop) -> list[Picture]:
    """Draws the new pictures into a folder: first those to learn from, then those that judge, class by class in turn.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    parts = [split for split, count in _PARTS for _ in range(count)]
    found: list[Picture] = []
    for number, split in enumerate(parts):
        for label, name in enumerate(CLASSES):
            if should_stop():
                raise StoppedByUser
            path = folder / f"{name}_{number:03d}.jpg"
            draw_new(name, number).save(path, "JPEG", quality=90)
            found.append(Picture(path, label, split))
            report(Progress(STAGE, len(found), len(parts) * len(CLASSES)))
    return found


def draw_new(name: str, number: int) -> Image.Image:
    """Draws one of the new pictures: of a class, and which of it; from `TRAIN` on those that judge."""
    from qtl_core.pictures.sources.drawn.compose import draw_picture
    from qtl_core.pictures.sources.drawn.neither import draw_neither

    return draw_neither(FIRST + number) if name == "neither" else draw_picture("val", name, FIRST + number)


def _prepared(settings: RunSettings, report: ReportProgress, should_stop: ShouldStop) -> tuple[KeptFeatures, Prepared]:
    from qtl_core.pictures.backbones.resolve import resolve_backbone
    from qtl_core.pictures.features.compute import compute_features
    from qtl_core.training.task import KeptFeatures

    began = time.perf_counter()
    resolved = resolve_backbone(settings.data.backbone, settings.data.weights, allow_fallback=False)
    with tempfile.TemporaryDirectory(prefix="qtl-new-pictures-") as folder:
        pictures = draw(Path(folder), report, should_stop)
        stage = f"Looking at the new pictures with {resolved.spec.title}"
        features = compute_features(
            pictures,
            resolved,
            progress=lambda done, total: report(Progress(stage, done, total)),
            should_stop=should_stop,
        )
    labels, split = np.array(labels_of(pictures)), TRAIN * len(CLASSES)
    source = KeptFeatures(
        features.values[:split], features.values[split:], labels[:split], labels[split:], classes=len(CLASSES)
    )
    prepared = Prepared(
        settings=settings,
        asked=settings,
        classes=CLASSES,
        train_size=split,
        val_size=len(labels) - split,
        val_files=tuple(picture.path.name for picture in pictures[split:]),
        val_labels=tuple(labels[split:].tolist()),
        passed_over=(),
        feature_size=source.feature_size,
        parameters=0,
        backbone_title=resolved.spec.title,
        weights_sha256=resolved.weights_sha256,
        device="cpu",
        seconds_features=time.perf_counter() - began,
        features_kept=features.from_store,
        train_counts=(TRAIN,) * len(CLASSES),
    )
    return source, prepared
