"""Runs made by hand for tests: tiny pictures on disk and the events that a training of them would have sent."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
from PIL import Image

from qtl_core.runs.events import Checkpoint, Ended, EpochDone, Prepared
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings

CLASSES = ("ants", "bees")
GROUPS = ("weights", "first_moments", "second_moments", "best_weights", "backbone_state", "best_backbone_state")
SIZE = 6  # validation pictures: three of each class


def made_pictures(folder: Path, splits: tuple[str, ...] = ("train", "val"), each: int = 3) -> Path:
    """Writes `each` small plain JPEGs of every class into folder/<split>/<class>; returns the folder."""
    for split in splits:
        for label, name in enumerate(CLASSES):
            place = folder / split / name
            place.mkdir(parents=True, exist_ok=True)
            for number in range(each):
                red = 200 - 60 * label - 10 * (split == "val")  # no picture is a copy of another
                colour = (red, 20 * number % 251, 90 + 60 * label)
                Image.new("RGB", (48, 36), colour).save(place / f"{name}_{number}.jpg")
    return folder


def made_epoch(epoch: int, right: int, is_best: bool) -> EpochDone:
    """An epoch after which the first `right` of the six validation pictures are predicted correctly."""
    sure = np.linspace(0.95, 0.6, SIZE, dtype=np.float32)
    labels = np.arange(SIZE) // 3
    predicted = np.where(np.arange(SIZE) < right, labels, 1 - labels)
    probabilities = np.stack([np.where(predicted == label, sure, 1 - sure) for label in (0, 1)], axis=1)
    loss = float(-np.log(probabilities[np.arange(SIZE), labels]).mean())
    checkpoint = Checkpoint(epoch, {"q_params": np.zeros(24, np.float32)}, {}, {}, epoch)
    return EpochDone(epoch, 0.6, 0.75, loss, right / SIZE, 0.0004, 0.05, is_best, probabilities, checkpoint)


def made_run(
    folder: Path,
    right_by_epoch: tuple[int, ...] = (3, 5, 4),
    *,
    settings: RunSettings | None = None,
    ended: bool = True,
    notes: tuple[str, ...] = (),
    passed_over: tuple[tuple[str, str], ...] = (),
) -> RunView:
    """A run on the pictures of `made_pictures(folder)`, whose best epoch is the first with the most right."""
    settings = settings or RunSettings()
    files = tuple(str(folder / "val" / name / f"{name}_{number}.jpg") for name in CLASSES for number in range(3))
    prepared = Prepared(
        settings,
        settings,
        CLASSES,
        SIZE,
        SIZE,
        files,
        (0, 0, 0, 1, 1, 1),
        passed_over,
        512,
        2086,
        "ResNet-18",
        "5c106cde".ljust(64, "0"),
        "cpu",
        12.5,
        0,
        notes,
        train_counts=(3, 3),
    )
    epochs = tuple(
        made_epoch(number, right, is_best=right > max(right_by_epoch[: number - 1], default=-1))
        for number, right in enumerate(right_by_epoch, start=1)
    )
    best = max(range(len(epochs)), key=lambda index: right_by_epoch[index])
    over = Ended(
        "finished", len(epochs), best + 1, epochs[best].val_accuracy, epochs[best].val_loss, 0.05 * len(epochs)
    )
    return RunView(prepared=prepared, epochs=epochs, ended=over if ended else None)


def whole_run(folder: Path) -> RunView:
    """A run whose last checkpoint has something in every group, names with dots and slashes among them."""
    settings = RunSettings().changed(qubits=3, learning_rate=0.01, folder=str(folder / "ünï côdé"), source="folder")
    view = made_run(folder, settings=settings, notes=("A note.",), passed_over=(("a.gif", "It is a GIF."),))
    rng = np.random.default_rng(0)
    groups = {
        group: {f"pre_net.{group}": rng.standard_normal((3, 5)).astype(np.float32), "q_params": np.array([number])}
        for number, group in enumerate(GROUPS)
    }
    checkpoint = Checkpoint(3, steps=183, best_epoch=2, best_val_accuracy=5 / 6, best_val_loss=0.4, **groups)
    last = dataclasses.replace(view.epochs[-1], checkpoint=checkpoint)
    return dataclasses.replace(view, epochs=(*view.epochs[:-1], last))
