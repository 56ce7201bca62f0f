"""Remedies: what to train next, as settings that a button can start, chosen from what was found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qtl_core.evaluation.diagnosis.advice import NOTHING_LEFT, highest_rate, more_pictures, rare_beside, usual_rate
from qtl_core.evaluation.diagnosis.finding import Finding, Kind
from qtl_core.evaluation.diagnosis.underfitting import FEWEST_EPOCHS
from qtl_core.runs.view import TrainedRun
from qtl_core.settings import RunSettings, TrainingSettings, numbers_training, small_set_training
from qtl_core.settings.presets import LONGEST, is_slow_for, makes_few_steps, small_set_steps

# Findings for which any remedy below may help, so that what they advise is what the button does.
ADVISED_BY_REMEDY: frozenset[Kind] = frozenset({"underfitting", "still falling", "class left out", "kept early"})
NOT_FAR_ENOUGH: frozenset[Kind] = ADVISED_BY_REMEDY.union(("nothing learnt", "collapsed"))


@dataclass(frozen=True)
class Remedy:
    """A next training that a button starts.

    Attributes:
        label: What the button says.
        do: The same as advice, a sentence.
        settings: What is trained from the beginning; None where the run is gone on with.
        more_epochs: For how many more epochs it goes on, or 0.
    """

    label: str
    do: str
    settings: RunSettings | None = None
    more_epochs: int = 0


def remedy_for(view: TrainedRun, findings: Sequence[Finding]) -> Remedy | None:
    """Returns the training that is most likely to help, or None where other pictures are needed.

    Steps too wide come first, then too few steps, then a rate that could be higher.
    """
    kinds = {finding.kind for finding in findings}
    settings = view.prepared.settings
    rate, usual = settings.training.learning_rate, usual_rate(view.prepared)
    if not view.is_over or view.prepared.from_elsewhere:
        return None
    if "jumping" in kinds:
        return _at_rate(settings, max(rate / 10, 1e-6), "Lower")
    if "imbalance" in kinds or (kinds & NOT_FAR_ENOUGH and _is_imbalanced(view)):
        return _weighted(settings)
    if not kinds & NOT_FAR_ENOUGH:
        return None
    size = view.prepared.train_size
    if _is_slow_for_numbers(view):
        return _for_numbers(view, settings)
    if makes_few_steps(settings.training, size):
        small = replace(settings, training=_with_more_steps(view))
        do = f"Train for {small_set_steps(size):,} steps, and keep the weights of the lowest validation loss."
        return Remedy("Use the small-set settings and train", do, small)
    if "kept early" in kinds:
        do = "Keep the weights of the lowest validation loss."
        return Remedy("Keep the lowest validation loss and train again", do, settings.changed(best_by="loss"))
    more = _epochs_at_this_rate(view) if "still falling" in kinds else 0
    if more and len(view.epochs) < FEWEST_EPOCHS:
        return _more_epochs(more)
    if rate < usual:
        return _at_rate(settings, usual, "Raise")
    if more:
        return _more_epochs(more)
    if rate < highest_rate(settings.training, usual):
        return _at_rate(settings, highest_rate(settings.training, usual), "Raise")
    epochs = min(LONGEST, 2 * settings.training.epochs)
    longer = settings.changed(epochs=epochs, step_size=min(LONGEST, 2 * settings.training.step_size))
    if longer == settings:
        return None
    return Remedy(f"Train again for {epochs} epochs", f"Train for {epochs} epochs from the beginning.", longer)


def _with_more_steps(view: TrainedRun) -> TrainingSettings:
    """Returns the small-set settings; of points and rows, with the rate that suits them."""
    prepared, training = view.prepared, view.prepared.settings.training
    if prepared.settings.data.is_numbers:
        return numbers_training(prepared.train_size, prepared.feature_size, training)
    return small_set_training(prepared.train_size, training)


def _is_slow_for_numbers(view: TrainedRun) -> bool:
    prepared = view.prepared
    return prepared.settings.data.is_numbers and is_slow_for(prepared.settings.training, prepared.feature_size)


def _for_numbers(view: TrainedRun, settings: RunSettings) -> Remedy:
    """Returns the training that suits rows of so few numbers; its steps are the paper's or more."""
    suited = numbers_training(view.prepared.train_size, view.prepared.feature_size, settings.training)
    rate = f"{suited.learning_rate:g}"
    do = f"Raise the learning rate from {settings.training.learning_rate:g} to {rate}, for {suited.epochs} epochs."
    return Remedy(f"Raise the learning rate to {rate} and train again", do, replace(settings, training=suited))


def with_remedy(view: TrainedRun, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Returns the findings with the advice that the remedy's button follows, once, where any remedy may help.

    Where there is no remedy left, pictures are: of the rare classes, or of all.
    """
    advised = [finding for finding in findings if finding.kind in ADVISED_BY_REMEDY]
    if not advised:
        return tuple(findings)
    remedy = remedy_for(view, findings)
    do = remedy.do if remedy else _pictures(view)
    return tuple(
        replace(finding, do=do if finding is advised[0] else "") if finding in advised else finding
        for finding in findings
    )


def _pictures(view: TrainedRun) -> str:
    """Says which pictures to add, where no settings help."""
    counts = view.prepared.train_counts
    if not counts or not _is_imbalanced(view):
        return NOTHING_LEFT
    top = counts.index(max(counts))
    return more_pictures(view.prepared, rare_beside(view.prepared, top), top)


def _weighted(settings: RunSettings) -> Remedy | None:
    """Returns the same training with balanced class weights; where it has them already, only pictures help."""
    if settings.training.class_weights == "balanced":
        return None
    do = "Let every class count as much in every step, by balanced class weights."
    return Remedy("Balance the class weights and train again", do, settings.changed(class_weights="balanced"))


def _at_rate(settings: RunSettings, rate: float, how: str) -> Remedy:
    rate = float(f"{rate:.3g}")
    now = settings.training.learning_rate
    do = f"{how} the learning rate from {now:g} to {rate:g}."
    return Remedy(f"{how} the learning rate to {rate:g} and train again", do, settings.changed(learning_rate=rate))


def _more_epochs(more: int) -> Remedy:
    label = f"Train {more} more epoch{'s' if more > 1 else ''}"
    return Remedy(label, f"{label}, at the learning rate of the last one.", more_epochs=more)


def _epochs_at_this_rate(view: TrainedRun) -> int:
    """Returns how many more epochs have the last one's rate; with the next rate, a tenth, they would not help."""
    training, done = view.prepared.settings.training, len(view.epochs)
    if training.has_fixed_length:
        return 0
    room = LONGEST - done
    if training.gamma == 1 or training.schedule == "constant":
        return min(room, done)
    return min(room, -done % training.step_size)


def _is_imbalanced(view: TrainedRun) -> bool:
    """Returns whether all classes but one are rare in training: no rate and no epochs help there."""
    counts = view.prepared.train_counts
    return bool(counts) and len(rare_beside(view.prepared, counts.index(max(counts)))) == len(counts) - 1
