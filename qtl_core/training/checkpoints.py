"""Checkpoints: which epoch's weights are kept, what Adam's memory says of gradients, what a training goes on from.

Adam keeps v, a running average of squared gradients: v_t = b v_(t-1) + (1 - b) g_t^2 with b = 0.999. Over an epoch
of S steps therefore v_end - b^S v_start = (1 - b) sum_k b^(S-k) g_k^2, and dividing by 1 - b^S gives the mean
square of the epoch's own gradients (with weights from 1 down to b^S, 0.94 for the recipe's 61 steps). So the
figure costs nothing, and every engine whose checkpoints hold Adam's memory has it. SGD keeps no such average: there
the figure is not known, nor is it of angles that stand still, whose gradient nobody computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from qtl_core.common import checks
from qtl_core.common.errors import InputError
from qtl_core.runs.events import Arrays, Checkpoint
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.settings.parameters import Shapes
from qtl_core.training.starting import trained_shapes, weight_shapes
from qtl_core.training.task import TrainingTask

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8  # torch.optim.Adam's defaults, which the recipe uses


def improves(best_by: str, before: Checkpoint, val_accuracy: float, val_loss: float) -> bool:
    """Returns whether these figures beat the best ones in `before`, by "accuracy" or by "loss"."""
    if best_by == "loss":
        return val_loss < before.best_val_loss
    return val_accuracy > before.best_val_accuracy


def with_best(checkpoint: Checkpoint, val_accuracy: float, val_loss: float) -> Checkpoint:
    """Returns the checkpoint with its own epoch as the best one."""
    return replace(
        checkpoint,
        best_epoch=checkpoint.epoch,
        best_val_accuracy=val_accuracy,
        best_val_loss=val_loss,
        best_weights=checkpoint.weights,
        best_backbone_state=checkpoint.backbone_state,
    )


def is_over(training: TrainingSettings, checkpoint: Checkpoint) -> bool:
    """Returns whether a training ends at this checkpoint: all epochs done, or as many without a better one as allowed.

    By the checkpoint alone, so that a run that was stopped ends where an unbroken one does.
    """
    return training.ends_after(checkpoint.epoch, checkpoint.best_epoch)


def layer_gradients(circuit: CircuitSettings, before: Checkpoint, after: Checkpoint) -> tuple[float, ...]:
    """Returns the root mean square gradient of the angles of every layer, shape (depth,), over the steps between.

    It is () where that is not known: no memory of squares is kept of the angles. Of a layer that stands still while
    others learn it is 0. With Adam's weight decay, which is part of its gradient, it counts that pull as well.

    Args:
        circuit: Whose angles they are; `q_params` is read as (depth, angles of a layer).
        before, after: Two checkpoints of one run, the second at least one step later.
    """
    if circuit.depth == 0 or "q_params" not in after.second_moments:
        return ()
    decay = BETA2 ** (after.steps - before.steps)
    end = np.asarray(after.second_moments["q_params"], dtype=np.float64)
    start = np.asarray(before.second_moments.get("q_params", np.zeros_like(end)), dtype=np.float64)
    mean_square = np.maximum(end - decay * start, 0.0) / (1.0 - decay)  # rounding may leave a hair below zero
    return tuple(np.sqrt(mean_square.reshape(circuit.depth, -1).mean(axis=1)).tolist())


MOMENTS = ("first_moments", "second_moments")


def checked_start(task: TrainingTask, start: Checkpoint | None) -> Checkpoint | None:
    """Returns a checkpoint that fits the task, its arrays as engines take them; None stays None.

    Raises:
        InputError: A parameter is missing, unknown, of another shape or not finite, a count is no count, or the memory
            is that of another optimiser.
    """
    checks.instance("task", task, TrainingTask)
    if start is None:
        return None
    checks.instance("start", start, Checkpoint)
    shapes = {"weights": weight_shapes(task), **dict.fromkeys(MOMENTS, trained_shapes(task))}
    for group in ("weights", *MOMENTS, "best_weights"):
        checks.instance(f"start.{group}", getattr(start, group), Mapping)
    if missing := [name for name in shapes["weights"] if name not in start.weights]:
        raise InputError("start.weights", f"has no {missing[0]}", f"arrays named {', '.join(shapes['weights'])}")
    groups = {group: _checked(f"start.{group}", getattr(start, group), of) for group, of in shapes.items()}
    if task.training.optimiser == "sgd":
        if groups["second_moments"]:
            raise InputError("start.second_moments", "is the memory of Adam", "empty, as SGD keeps no squares")
    elif set(groups["first_moments"]) != set(groups["second_moments"]):
        raise InputError("start.second_moments", "has other parameters than start.first_moments", "of the same")
    return replace(
        start,
        best_weights=_checked("start.best_weights", start.best_weights, shapes["weights"]),
        best_epoch=checks.whole_number("start.best_epoch", start.best_epoch, 0),
        epoch=checks.whole_number("start.epoch", start.epoch, 0),
        steps=checks.whole_number("start.steps", start.steps, 0),
        weights=groups["weights"],
        first_moments=groups["first_moments"],
        second_moments=groups["second_moments"],
    )


def _checked(group: str, arrays: Arrays, shapes: Shapes) -> dict[str, np.ndarray]:
    if unknown := [name for name in arrays if name not in shapes]:
        raise InputError(group, f"has an array {unknown[0]!r}", f"arrays named {', '.join(shapes)}")
    return {name: checks.real_array(f"{group}[{name!r}]", arrays[name], shapes[name]) for name in arrays}
