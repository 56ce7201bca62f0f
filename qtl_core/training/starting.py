"""What a training goes on from, checked where it enters an engine: it may come from a file or another program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from qtl_core import checks
from qtl_core.errors import InputError
from qtl_core.parameters import parameter_shapes
from qtl_core.training.events import Arrays, Checkpoint
from qtl_core.training.task import TrainingTask

MOMENTS = ("first_moments", "second_moments")


def checked_start(task: TrainingTask, start: Checkpoint | None) -> Checkpoint | None:
    """Returns a checkpoint that fits the task, its arrays as engines take them; None stays None.

    Raises:
        InputError: A parameter is missing, unknown, of another shape or not finite, or a count is no count.
    """
    checks.instance("task", task, TrainingTask)
    if start is None:
        return None
    checks.instance("start", start, Checkpoint)
    shapes = parameter_shapes(task.source.feature_size, task.source.classes, task.circuit)
    for group in ("weights", *MOMENTS, "best_weights"):
        checks.instance(f"start.{group}", getattr(start, group), Mapping)
    if missing := [name for name in shapes if name not in start.weights]:
        raise InputError("start.weights", f"has no {missing[0]}", f"arrays named {', '.join(shapes)}")
    groups = {group: _checked(f"start.{group}", getattr(start, group), shapes) for group in ("weights", *MOMENTS)}
    if set(groups["first_moments"]) != set(groups["second_moments"]):
        raise InputError("start.second_moments", "has other parameters than start.first_moments", "of the same")
    return replace(
        start,
        best_weights=_checked("start.best_weights", start.best_weights, shapes),
        best_epoch=checks.whole_number("start.best_epoch", start.best_epoch, 0),
        epoch=checks.whole_number("start.epoch", start.epoch, 0),
        steps=checks.whole_number("start.steps", start.steps, 0),
        weights=groups["weights"],
        first_moments=groups["first_moments"],
        second_moments=groups["second_moments"],
    )


def _checked(group: str, arrays: Arrays, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    if unknown := [name for name in arrays if name not in shapes]:
        raise InputError(group, f"has an array {unknown[0]!r}", f"arrays named {', '.join(shapes)}")
    return {name: checks.real_array(f"{group}[{name!r}]", arrays[name], shapes[name]) for name in arrays}
