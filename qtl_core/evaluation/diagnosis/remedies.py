"""Remedies: what to train next, as settings that a button can start, chosen from what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qtl_core.evaluation.diagnosis.advice import HIGHEST, rare_beside
from qtl_core.evaluation.diagnosis.finding import Finding
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings, TrainingSettings, is_small, small_set_training, steps_of
from qtl_core.settings.presets import LONGEST, PAPER_STEPS

NOT_FAR_ENOUGH = frozenset(
    {"underfitting", "still falling", "class left out", "kept early", "nothing learnt", "collapsed"}
)


@dataclass(frozen=True)
class Remedy:
    """A next training that a button starts.

    Attributes:
        label: What the button says.
        settings: What is trained from the beginning; None where the run is gone on with.
        more_epochs: For how many more epochs it goes on, or 0.
    """

    label: str
    settings: RunSettings | None = None
    more_epochs: int = 0


def remedy_for(view: TrainedRun, findings: Sequence[Finding]) -> Remedy | None:
    """Returns the training that is most likely to help, or None where other pictures are needed.

    Steps too wide come first, then too few steps, then a rate that could be higher.
    """
    kinds = {finding.kind for finding in findings}
    settings = view.prepared.settings
    rate, usual = settings.training.learning_rate, TrainingSettings().learning_rate
    if not view.is_over or view.prepared.from_elsewhere:
        return None
    if "jumping" in kinds:
        return _at_rate(settings, max(rate / 10, 1e-6), "Lower")
    if not kinds & NOT_FAR_ENOUGH or _is_imbalanced(view):
        return None
    size = view.prepared.train_size
    small = replace(settings, training=small_set_training(size, settings.training)) if size else settings
    if is_small(size) and steps_of(settings.training, size) < PAPER_STEPS and small != settings:
        return Remedy("Use the small-set settings and train", small)
    if "kept early" in kinds:
        return Remedy("Keep the lowest validation loss and train again", settings.changed(best_by="loss"))
    if rate < usual:
        return _at_rate(settings, usual, "Raise")
    if "still falling" in kinds and (more := _epochs_at_this_rate(view)):
        return Remedy(f"Train {more} more epochs", more_epochs=more)
    if rate < HIGHEST * usual:
        return _at_rate(settings, HIGHEST * usual, "Raise")
    epochs = min(LONGEST, 2 * settings.training.epochs)
    longer = settings.changed(epochs=epochs, step_size=min(LONGEST, 2 * settings.training.step_size))
    return Remedy(f"Train again for {epochs} epochs", longer) if longer != settings else None


def _at_rate(settings: RunSettings, rate: float, how: str) -> Remedy:
    rate = float(f"{rate:.3g}")
    return Remedy(f"{how} the learning rate to {rate:g} and train again", settings.changed(learning_rate=rate))


def _epochs_at_this_rate(view: TrainedRun) -> int:
    """Returns how many more epochs have the last one's rate; with the next rate, a tenth, they would not help."""
    training, done = view.prepared.settings.training, len(view.epochs)
    room = LONGEST - done
    if training.gamma == 1:
        return min(room, done)
    return min(room, -done % training.step_size)


def _is_imbalanced(view: TrainedRun) -> bool:
    """Returns whether all classes but one are rare in training: no rate and no epochs help there."""
    counts = view.prepared.train_counts
    return bool(counts) and len(rare_beside(view.prepared, counts.index(max(counts)))) == len(counts) - 1
