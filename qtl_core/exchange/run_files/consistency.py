"""Checks that a run's file agrees with itself: a claim of 148 of 153 right must follow from its predictions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qtl_core.exchange.heads.head_file import LONGEST_CLASS_NAMES, MOST_CLASSES
from qtl_core.exchange.run_files.container import Refused
from qtl_core.exchange.run_files.manifest import RunDescription
from qtl_core.network.head_scores import MEAN, SCALE
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.events import Checkpoint, Prepared, Tested
from qtl_core.runs.store.files import GROUPS
from qtl_core.settings.parameters import Shapes, parameter_count, parameter_shapes

MOST_CELLS = 2_000_000  # validation pictures times classes, which pages lay out: 20,000 of 100 classes
DIGEST = re.compile(r"([0-9a-f]{64})?")
PLAIN_NAME = re.compile(r"[\w .:()+-]{0,60}")  # a device's or an engine's name
SUMS_WITHIN = 1e-3  # how far probabilities in single precision may be from adding up to 1
MOST_RADIANS = 2.0**24  # of an angle: beyond it single precision leaves out whole radians, and it says nothing
COUNTS_WITHIN = 1e-3  # how far a share times the number of pictures may be from a whole number of them


def check(description: RunDescription, checkpoint: Checkpoint, probabilities: np.ndarray) -> None:
    """Refuses what contradicts itself.

    Args:
        description: What the file says.
        checkpoint: Its weights.
        probabilities: What it says of every validation picture, float32 (epochs, pictures, classes).

    Raises:
        Refused: With the first contradiction.
    """
    _check_prepared(description.prepared)
    _check_weights(description.prepared, checkpoint)
    _check_predictions(description, probabilities)
    _check_best(description, checkpoint)


def _check_prepared(prepared: Prepared) -> None:
    classes, size = prepared.classes, prepared.feature_size
    spec = spec_of(prepared.settings.data.backbone)
    if not 2 <= len(classes) <= MOST_CLASSES or len(set(classes)) < len(classes) or not all(classes):
        raise Refused("Its classes are too few, too many, or not different ones.")
    if sum(map(len, classes)) > LONGEST_CLASS_NAMES:
        raise Refused("The names of its classes are too long, all together.")
    for part, count in (("validation", prepared.val_size), ("test", prepared.test_size)):
        if count * len(classes) > MOST_CELLS:
            raise Refused(f"It holds more {part} pictures, times classes, than can be shown.")
    if not DIGEST.fullmatch(prepared.weights_sha256):
        raise Refused("What it calls the SHA-256 of its weights is none.")
    if not (PLAIN_NAME.fullmatch(prepared.device) and PLAIN_NAME.fullmatch(prepared.engine)):
        raise Refused("What it was trained on, or with, has no plain name.")
    if prepared.feature_names and len(prepared.feature_names) != size:
        raise Refused("It names more or fewer columns than it reads.")
    if size != spec.feature_size and not prepared.settings.data.is_numbers:
        raise Refused(f"It says that {spec.title} gives {size} features, which gives {spec.feature_size}.")
    settings = prepared.settings
    if prepared.parameters != parameter_count(size, len(classes), settings.circuit, settings.model):
        raise Refused("The number of its head's numbers does not follow from its settings.")
    if prepared.trained_parameters > prepared.parameters:
        raise Refused("More of its numbers are said to learn than its head has.")
    if not len(prepared.val_files) == len(prepared.val_labels) == prepared.val_size:
        raise Refused("It lists more or fewer validation pictures than it says there are.")
    if not len(prepared.test_files) == len(prepared.test_labels) == prepared.test_size:
        raise Refused("It lists more or fewer test pictures than it says there are.")
    counts = prepared.train_counts
    if counts and (len(counts) != len(classes) or sum(counts) != prepared.train_size):
        raise Refused("Its training pictures, counted by class, are not as many as it says there are.")
    for part, labels in (("validation", prepared.val_labels), ("test", prepared.test_labels)):
        if any(label >= len(classes) for label in labels):
            raise Refused(f"A {part} picture is said to show a class that there is not.")


def _check_weights(prepared: Prepared, checkpoint: Checkpoint) -> None:
    settings = prepared.settings
    shapes = parameter_shapes(prepared.feature_size, len(prepared.classes), settings.circuit, settings.model)
    moved = dict.fromkeys((MEAN, SCALE), (prepared.feature_size,)) if settings.training.standardise else {}
    for group in ("weights", "best_weights", "start_weights"):
        arrays = getattr(checkpoint, group)
        if (arrays or group != "start_weights") and _shapes(arrays) != {**shapes, **moved}:
            raise Refused(f"The shapes of its {group.replace('_', ' ')} do not follow from its settings.")
    for group in ("first_moments", "second_moments"):  # of what stands still, and of SGD's squares, there are none
        if not _shapes(getattr(checkpoint, group)).items() <= shapes.items():
            raise Refused(f"The shapes of its {group.replace('_', ' ')} do not follow from its settings.")
    _check_start(shapes, checkpoint)
    groups = (getattr(checkpoint, group) for group in GROUPS)
    if not all(np.isfinite(values).all() for group in groups for values in group.values()):
        raise Refused(
            "Among its weights are some that are no finite numbers (NaN or infinite): it could answer nothing."
        )
    for group in ("weights", "best_weights", "start_weights"):
        if (np.abs(getattr(checkpoint, group).get("q_params", 0.0)) > MOST_RADIANS).any():
            raise Refused(
                f"Among the angles in its {group.replace('_', ' ')} are some above {MOST_RADIANS:,.0f} radians, which "
                "single precision cannot tell from the next full turn."
            )


def _check_start(shapes: Shapes, checkpoint: Checkpoint) -> None:
    masks = {name: values.shape if values.dtype == np.bool_ else () for name, values in checkpoint.carried.items()}
    if not masks.items() <= shapes.items() or bool(masks) != bool(checkpoint.start_weights):
        raise Refused("What it carried over from another run does not fit its head.")


def _shapes(arrays: Mapping[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    return {name: values.shape if values.dtype == np.float32 else () for name, values in arrays.items()}


def _check_predictions(description: RunDescription, probabilities: np.ndarray) -> None:
    prepared, epochs = description.prepared, description.figures
    _check_probabilities(probabilities, (len(epochs), prepared.val_size, len(prepared.classes)))
    labels = np.array(prepared.val_labels, dtype=np.int64)
    for figures, found in zip(epochs, probabilities, strict=True):
        if prepared.val_size and not _is_share(figures["val_accuracy"], found, labels):
            raise Refused(
                f"The accuracy it claims after epoch {figures['epoch']} does not follow from its predictions."
            )


def _check_probabilities(probabilities: np.ndarray, expected: tuple[int, ...]) -> None:
    if probabilities.dtype != np.float32 or probabilities.shape != expected:
        raise Refused(f"Its predictions have the shape {probabilities.shape}, where {expected} follows from the rest.")
    if not np.isfinite(probabilities).all() or (probabilities < 0).any() or (probabilities > 1).any():
        raise Refused("Among its predictions are some that are no probabilities.")
    if probabilities.size and np.abs(probabilities.sum(axis=-1) - 1).max() > SUMS_WITHIN:
        raise Refused("The probabilities in its predictions do not add up to 1.")


def check_tested(description: RunDescription, tested: Tested) -> None:
    """Refuses a look at the test pictures that contradicts itself or the rest.

    Args:
        description: What the file says.
        tested: The look.

    Raises:
        Refused: With the first contradiction.
    """
    prepared = description.prepared
    _check_probabilities(tested.probabilities, (prepared.test_size, len(prepared.classes)))
    labels = np.array(prepared.test_labels, dtype=np.int64)
    if not prepared.test_size or not _is_share(tested.accuracy, tested.probabilities, labels):
        raise Refused("The test accuracy it claims does not follow from its predictions.")
    if not 1 <= tested.epoch <= description.ended.epochs or not description.looks:
        raise Refused("It says that its test pictures were looked at when they cannot have been.")


def _is_share(accuracy: float, found: np.ndarray, labels: np.ndarray) -> bool:
    """Returns whether a share of pictures is right; of a tie in single precision, either class may have been meant."""
    highest = found == found.max(axis=1, keepdims=True)
    tied = highest.sum(axis=1) > 1
    right = (found.argmax(axis=1) == labels)[~tied].sum()
    count = accuracy * len(labels)
    return bool(right - COUNTS_WITHIN <= count <= right + tied.sum() + COUNTS_WITHIN)


def _check_best(description: RunDescription, checkpoint: Checkpoint) -> None:
    epochs, ended = description.figures, description.ended
    numbers = [figures["epoch"] for figures in epochs]
    if not epochs or numbers != list(range(1, len(epochs) + 1)):
        raise Refused("Its epochs do not count from 1 without a gap.")
    if not ended.epochs == checkpoint.epoch == len(epochs):
        raise Refused("It says that it ended after another number of epochs than it holds.")
    if len(epochs) > description.prepared.settings.training.epochs:
        raise Refused("It holds more epochs than its settings ask for.")
    best = [figures["epoch"] for figures in epochs if figures["is_best"]]
    if not best or not best[-1] == ended.best_epoch == checkpoint.best_epoch:
        raise Refused("Which of its epochs was the best is told in two ways.")
    _check_best_figures(epochs[best[-1] - 1], description, checkpoint)


def _check_best_figures(best: Mapping[str, Any], description: RunDescription, checkpoint: Checkpoint) -> None:
    for name, figure in (("accuracy", best["val_accuracy"]), ("loss", best["val_loss"])):
        claims = getattr(description.ended, f"best_val_{name}"), getattr(checkpoint, f"best_val_{name}")
        if not _equal((figure, *claims)):
            raise Refused(f"Its best validation {name} is told in two ways.")
    depth = description.prepared.settings.circuit.depth
    if any(len(figures["layer_gradients"]) not in (0, depth) for figures in description.figures):
        raise Refused("It holds gradients of more or fewer layers than its circuit has.")


def _equal(figures: Sequence[float]) -> bool:
    return bool(np.array_equal(figures, [figures[0]] * len(figures), equal_nan=True))
