"""How far a training has come, by its own loss and its own pictures: what several findings ask."""

from __future__ import annotations

from qtl_core.diagnosis.guessing import AS_GUESSING, training_guessing_loss
from qtl_core.evaluation import wilson_interval
from qtl_core.training.view import TrainedRun

FALLING = 0.05  # share of guessing's loss by which an epoch lowers that of a training that is on its way


def has_learnt(view: TrainedRun) -> bool:
    """Whether the training loss is well below that of guessing."""
    return view.epochs[-1].train_loss < AS_GUESSING * training_guessing_loss(view.prepared)


def learns_by_more_than_luck(view: TrainedRun) -> bool:
    """Whether more training pictures are right than by always naming the commonest class, by more than luck."""
    counts, size = view.prepared.train_counts, view.prepared.train_size
    if not counts or not size:
        return False
    return wilson_interval(right_in_training(view), size)[0] > max(counts) / size


def right_in_training(view: TrainedRun) -> int:
    """Returns how many training pictures are right in the last epoch."""
    size = view.prepared.train_size
    return min(size, max(0, round(view.epochs[-1].train_accuracy * size)))


def is_falling(view: TrainedRun) -> bool:
    """Whether a training that is not over lowered its loss in the last epoch by more than a ripple."""
    if view.is_over:
        return False
    before, last = view.epochs[-2].train_loss, view.epochs[-1].train_loss
    return before - last >= FALLING * training_guessing_loss(view.prepared)
