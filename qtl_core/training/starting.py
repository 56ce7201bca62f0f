"""The start of a head, and which of its numbers stand still: the same for every engine."""

from __future__ import annotations

import numpy as np

from qtl_core.common import checks
from qtl_core.common.errors import InputError
from qtl_core.network.head_scores import MEAN, SCALE
from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.events import Arrays
from qtl_core.settings.parameters import PART_OF, Shapes, parameter_shapes
from qtl_core.training.task import KeptFeatures, TrainingTask


def trained_shapes(task: TrainingTask) -> Shapes:
    """Returns the shape of every parameter of the task's head, by name."""
    return parameter_shapes(task.source.feature_size, task.source.classes, task.circuit, task.model)


def weight_shapes(task: TrainingTask) -> Shapes:
    """Returns the shapes of all arrays of a head's weights: the parameters, and what its features are moved by."""
    size = (task.source.feature_size,)
    return trained_shapes(task) | ({MEAN: size, SCALE: size} if task.training.standardise else {})


def first_weights(task: TrainingTask) -> dict[str, np.ndarray]:
    """Returns the weights that a task starts from, by parameter name: those carried over, or fresh ones.

    Raises:
        InputError: Those carried over lack a parameter, or one has another shape or is not finite.
    """
    source, training = task.source, task.training
    moved = standardisation(task)
    if task.start is None:
        fresh = initial_weights(
            source.feature_size, source.classes, task.circuit, training.q_delta, training.seed, task.model
        )
        return fresh | moved
    shapes = trained_shapes(task)
    if missing := [name for name in shapes if name not in task.start]:
        raise InputError("start", f"has no {missing[0]}", f"arrays named {', '.join(shapes)}")
    return {
        name: checks.real_array(f"start[{name!r}]", task.start[name], shape) for name, shape in shapes.items()
    } | moved


def standardisation(task: TrainingTask) -> dict[str, np.ndarray]:
    """Returns the mean of every feature over the training pictures and one over its spread; {} where it is not wanted.

    Those of `TrainingTask.start` stay as they are, as a first layer that is carried over was trained on features moved
    so. Views of a picture count as pictures. A feature that is always the same is moved to 0 and not scaled.

    Raises:
        InputError: Those carried over have another shape or are not finite.
        TypeError: The features are not kept: of a network that drifts they are not known beforehand.
    """
    if not task.training.standardise:
        return {}
    if task.start is not None and MEAN in task.start and SCALE in task.start:
        size = (task.source.feature_size,)
        return {name: checks.real_array(f"start[{name!r}]", task.start[name], size) for name in (MEAN, SCALE)}
    if not isinstance(task.source, KeptFeatures):
        raise TypeError("Features are standardised where they are kept: those of a network that drifts are not known")
    mean, spread = task.source.moments()
    # Rounding leaves a spread of 1e-8 to features that never change.
    varies = spread > 1e-6 * np.maximum(1.0, np.abs(mean))
    return {MEAN: mean, SCALE: np.where(varies, 1 / np.where(varies, spread, 1.0), 1.0)}


def standing_still(task: TrainingTask) -> dict[str, np.ndarray]:
    """Returns which numbers do not learn, by parameter name: True where one stands still, in the parameter's shape.

    Parameters that learn altogether are not in it.

    Raises:
        InputError: A mask is of no parameter of this head, has another shape, or nothing is left that learns.
    """
    shapes, found = trained_shapes(task), {}
    if unknown := [name for name in task.fixed if name not in shapes]:
        raise InputError("fixed", f"has a mask {unknown[0]!r}", f"masks named {', '.join(shapes)}")
    for name, shape in shapes.items():
        mask = np.array(task.fixed.get(name, np.zeros(shape, bool)), dtype=bool)
        if mask.shape != shape:
            raise InputError(f"fixed[{name!r}]", f"has shape {mask.shape}", str(shape))
        if PART_OF[name] in task.model.spec.fixed:
            mask[...] = True
        if mask.any():
            found[name] = mask
    if sum(int(mask.sum()) for mask in found.values()) == sum(int(np.prod(shape)) for shape in shapes.values()):
        raise InputError("fixed", "leaves nothing to learn", "False for one number or more")
    return found


def whole(masks: Arrays) -> frozenset[str]:
    """Returns the names of the parameters that stand still altogether (one without numbers is none of them)."""
    return frozenset(name for name, mask in masks.items() if mask.size and mask.all())


def trained_parameters(task: TrainingTask) -> int:
    """Returns how many numbers learn."""
    still = sum(int(mask.sum()) for mask in standing_still(task).values())
    return sum(int(np.prod(shape)) for shape in trained_shapes(task).values()) - still
