"""A run as it is logged: settings, tags and figures as plain values, and pictures; without a path of this machine."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

import qtl_core
from qtl_core.compare.listing import data_words
from qtl_core.drawing.confusion import confusion_png
from qtl_core.drawing.png import draw_png
from qtl_core.drawing.svg import draw_svg
from qtl_core.evaluation.class_figures import part_figures
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.events import EpochDone, Prepared
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import FIELDS, PRIVATE, is_of_network
from qtl_core.settings.relevant import counts

Value = str | int | float | bool
EPOCH_FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate", "seconds")
MEASURED = ("val_loss", "val_accuracy")  # those of a head that was trained elsewhere
TAG = "qtl."  # what the tags begin with, so that they are told from others'


@dataclass(frozen=True)
class Logged:
    """A run as it is logged.

    Attributes:
        id: Its identifier.
        name: What it is called there.
        started: When it began, seconds since the epoch.
        params: Its settings, by name.
        tags: What else is known when it begins: seed, versions, data, where it started from.
    """

    id: str
    name: str
    started: float
    params: Mapping[str, Value] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


def logged(run_id: str, name: str, started: float, prepared: Prepared, versions: Mapping[str, str]) -> Logged:
    """Returns how a run is logged.

    Args:
        run_id: Its identifier.
        name: What a person called it, or "".
        started: When it began, seconds since the epoch.
        prepared: What it trains.
        versions: Versions by name of what took part.
    """
    params, tags = params_of(prepared.settings), _tags(run_id, prepared, versions)
    if prepared.from_elsewhere:
        params = {name: value for name, value in params.items() if is_of_network(name)}
    return Logged(run_id, name or f"Run {run_id}", started, params, tags)


def params_of(settings: RunSettings) -> dict[str, Value]:
    """Returns the settings that count for a run, without what would name a place of this machine."""
    return {name: _plain(settings.value(name)) for name in FIELDS if name not in PRIVATE and counts(settings, name)}


def _plain(value: object) -> Value:
    return value if isinstance(value, str | int | float | bool) else str(value)


def _tags(run_id: str, prepared: Prepared, versions: Mapping[str, str]) -> dict[str, str]:
    settings, classes = prepared.settings, prepared.classes
    found = {"run": run_id, "app": qtl_core.__version__, "classes": ", ".join(classes)}
    if not prepared.from_elsewhere:
        found |= {"data": data_words(settings.data, classes), "seed": str(settings.training.seed)}
    elif prepared.is_measured:
        found |= {"measured_on": data_words(settings.data, classes)}
    sizes = {"training": prepared.train_size, "validation": prepared.val_size, "test": prepared.test_size}
    noun = settings.data.noun if settings.data.is_numbers else "pictures"
    found |= {noun: ", ".join(f"{size} {part}" for part, size in sizes.items() if size or not prepared.from_elsewhere)}
    if prepared.backbone_title:
        found |= {"image_network": prepared.backbone_title, "image_network_sha256": prepared.weights_sha256}
    for parent in prepared.lineage[:1]:
        found |= {"parent": parent.run, "parent_name": parent.name, "carried": ", ".join(parent.carried)}
        found |= {"frozen": ", ".join(settings.transfer.frozen_parts)}
    found |= {f"version.{name}": version for name, version in versions.items()}
    return {f"{TAG}{name}": text for name, text in found.items() if text}


def epoch_figures(epoch: EpochDone, *, is_trained: bool = True) -> dict[str, float]:
    """Returns an epoch's figures that are numbers.

    Args:
        epoch: The epoch.
        is_trained: Whether it was one of a training, not the one that stands for a head from elsewhere.
    """
    found = {name: float(getattr(epoch, name)) for name in EPOCH_FIGURES if is_trained or name in MEASURED}
    return {name: value for name, value in found.items() if math.isfinite(value)}


def epoch_times(started: float, view: RunView) -> Iterator[float]:
    """Yields when each epoch ended, seconds since the epoch: from when the run began, and how long each took."""
    at = started + (view.prepared.seconds_features if view.prepared else 0.0)
    for epoch in view.epochs:
        at += epoch.seconds
        yield at


def last_figures(view: RunView) -> dict[str, float]:
    """Returns what is known once training is over: the best epoch's figures, and those of the test part."""
    found: dict[str, float] = {}
    if view.best:
        found = {"best_epoch": view.best.epoch, "best_val_accuracy": view.best.val_accuracy}
        found |= {"best_val_loss": view.best.val_loss}
        if view.prepared and view.prepared.from_elsewhere:  # it has no epochs of its own
            del found["best_epoch"]
    if view.tested:
        found |= {"test_accuracy": view.tested.accuracy, "test_loss": view.tested.loss}
    return {name: float(value) for name, value in found.items() if math.isfinite(value)}


def files_of(view: RunView) -> dict[str, bytes]:
    """Returns pictures of what came out, by name: the confusion matrix of each part, and the trained circuit."""
    found = {
        f"confusion_{part}.png": confusion_png(figures.evaluation.confusion, figures.evaluation.classes)
        for part, figures in part_figures(view).items()
    }
    drawn = _circuit(view)
    if drawn:
        found |= {"circuit.png": draw_png(*drawn), "circuit.svg": draw_svg(*drawn).encode()}
    return found


def _circuit(view: RunView) -> tuple[Circuit, list[float], np.ndarray] | None:
    if not view.epochs or view.prepared is None or not view.prepared.settings.model.spec.has_circuit:
        return None
    run = TrainedRun.of(view)
    if why_no_head(run):  # it broke down: its angles are no numbers
        return None
    circuit = build_circuit(run.prepared.settings.circuit)
    return circuit, [0.0] * circuit.wires, run.checkpoint.best_weights["q_params"].ravel()
