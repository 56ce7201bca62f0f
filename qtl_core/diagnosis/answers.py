"""Findings that follow from what a network answers: one class for all, a rare class missed, nothing told apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qtl_core.diagnosis.guessing import (
    FEWEST,
    RECOGNISED,
    is_missed,
    is_worse,
    swapped,
    tells_apart,
    training_guessing_loss,
)
from qtl_core.diagnosis.records import Finding
from qtl_core.evaluation import evaluation_of, percent, wilson_interval
from qtl_core.settings import TrainingSettings
from qtl_core.training.events import Prepared
from qtl_core.training.view import RunView

AS_GUESSING = 0.9  # a training loss above this share of guessing's: next to nothing has been learnt yet
ONE_CLASS = 0.98  # share of validation given one class: "all" but for three of 153, and for one of fewer than 100
FALLING = 0.05  # share of guessing's loss by which an epoch lowers that of a training that is on its way
# A class is rare beside one that has three times its training pictures. On the photos, 33 bees beside 100 ants still
# have 17 of 20 recognised, 20 have 15, 10 have 10, and 7 none.
UNEVEN = 3
NAMED = 3  # classes that are named in a sentence; the others are counted


def collapsed(view: RunView) -> Finding | None:
    """All validation pictures are given one class, though others are among them.

    Compares the pictures of all other classes that are not given that class with what a network that recognises
    classes would give (`is_missed`). The null case is such a network, also where hardly any picture is of another
    class: with fewer than three of them nothing is said. After a single epoch a training may just not have begun, and
    while it is under way, and its loss is below guessing and falls, it is waited for; not where the other classes are
    so rare in training that its loss hardly depends on them.
    """
    last = evaluation_of(view, view.epochs[-1])
    said = np.bincount(last.predicted, minlength=len(last.classes))
    top = int(said.argmax())
    of_others = int((last.labels != top).sum())
    told = int(((last.labels != top) & (last.predicted != top)).sum())
    one_class = last.total - said[top] <= max(1, math.floor((1 - ONE_CLASS) * last.total + 1e-9))
    if len(view.epochs) < 2 or not one_class or not is_missed(told, of_others):
        return None
    rare = _rare_beside(view.prepared, top)
    is_the_cause = bool(rare) and set(last.labels.tolist()) <= {top, *rare}
    if not is_the_cause and _is_under_way(view):
        return None
    name = last.classes[top]
    what = f"Training has collapsed to one class: {said[top]} of {last.total} validation pictures are taken for {name}."
    if is_the_cause:
        return Finding("collapsed", what, _imbalanced(view.prepared, top), _more_of(view.prepared, rare, top))
    return Finding("collapsed", what, *_ignoring(view, top))


def imbalance(view: RunView) -> Finding | None:
    """A class that is rare in training is missed, more often than the commonest one.

    Compares the share of the validation pictures of every rare class (`UNEVEN`) that are right with `RECOGNISED`, and,
    by an exact test, with that of the commonest class. The null cases are a network that recognises the rare class as
    well, and one that misses both alike, which has other troubles. Nothing is said where it is not known how common
    the classes are in training, of fewer than three pictures, nor while the loss still falls.
    """
    last, counts = evaluation_of(view, view.epochs[-1]), view.prepared.train_counts
    if not counts or len(view.epochs) < 2 or is_falling(view):
        return None
    top = int(np.argmax(counts))
    there, right = last.confusion.sum(axis=1), last.confusion.diagonal()
    rare = [
        each
        for each in _rare_beside(view.prepared, top)
        if there[each] >= FEWEST
        and right[each] <= RECOGNISED * there[each]
        and is_worse(int(right[each]), int(there[each]), int(right[top]), int(there[top]))
    ]
    if not rare:
        return None
    found = " and ".join(f"{right[each]} of {there[each]} {last.classes[each]}" for each in rare[:NAMED])
    return Finding(
        "imbalance",
        f"What is rare in training is missed: of the validation pictures, only {found} are recognised, and "
        f"{right[top]} of {there[top]} {last.classes[top]}.",
        _imbalanced(view.prepared, top),
        _more_of(view.prepared, rare, top),
    )


def nothing_learnt(view: RunView) -> Finding | None:
    """The training loss is that of guessing, and no class is told from the others.

    Compares the loss of training with that of always saying how common the classes are in training, and the answers,
    of training with always naming the commonest class, of validation with the same answers dealt out by luck
    (`tells_apart`). The null case is a training that has learnt anything at all: a loss well below guessing, or
    answers that are better than that. With so few validation pictures that luck could give any answers, they count as
    better from half way between luck and all right.
    """
    last, guessing = evaluation_of(view, view.epochs[-1]), training_guessing_loss(view.prepared)
    half_way = (1 + 1 / len(last.classes)) / 2
    better = tells_apart(last) or last.balanced_accuracy >= half_way or learns_by_more_than_luck(view)
    if better or view.epochs[-1].train_loss < AS_GUESSING * guessing:
        return None
    commonest = int(np.bincount(last.labels).max())
    return Finding(
        "nothing learnt",
        f"It has learnt next to nothing: {last.count_in_words()} ({percent(last.accuracy)}), where always naming the "
        f"commonest class gets {commonest} right.",
        _close_to_guessing(view, guessing),
        f"{other_rate(view.prepared.settings.training)} If that does not help, see whether the pictures lie in the "
        f"folders of their classes.{_and_uneven(view.prepared)}",
    )


def swapped_names(view: RunView) -> Finding | None:
    """Validation pictures of classes are recognised, under each other's names.

    Compares how many pictures of a class get another's name with luck (`swapped`). The null cases are a network that
    answers by luck, or wrongly for some class alone, one that has not learnt its training pictures either, and one
    that got such pictures right in an earlier epoch, and so has lost its way.
    """
    last = evaluation_of(view, view.epochs[-1])
    found = swapped(last)
    if not found or not (has_learnt(view) and learns_by_more_than_luck(view)) or _was_right(view, found):
        return None
    told = " and ".join(
        f"{last.confusion[label, said]} of {last.confusion[label].sum()} {last.classes[label]} are taken for "
        f"{last.classes[said]}"
        for label, said in found[:NAMED]
    )
    return Finding(
        "swapped",
        f"Classes go by each other's names in validation: {told}.",
        "The network tells them apart, as it could not by luck, so the folders of the two parts disagree on what they "
        "are called.",
        "See whether the same class lies in a folder of the same name in both parts.",
    )


def _was_right(view: RunView, moved: Sequence[tuple[int, int]]) -> bool:
    """Whether most pictures of one of these classes were right after some epoch."""
    tables = (evaluation_of(view, epoch).confusion for epoch in view.epochs[1:])  # the first may answer by luck
    return any(2 * table[label, label] > table[label].sum() for table in tables for label, _ in moved)


def has_learnt(view: RunView) -> bool:
    """Whether the training loss is well below that of guessing."""
    return view.epochs[-1].train_loss < AS_GUESSING * training_guessing_loss(view.prepared)


def other_rate(training: TrainingSettings) -> str:
    """Says which way to change the learning rate, from what is usual."""
    usual = TrainingSettings().learning_rate
    if training.learning_rate > usual:
        return f"Lower the learning rate from {training.learning_rate:g}: the paper's is {usual:g}."
    return "Raise the learning rate, to ten times its value for a start, or train for more epochs."


def _ignoring(view: RunView, top: int) -> tuple[str, str]:
    """Why and what to do, where all is one class and no class was rare in training."""
    guessing, rate = training_guessing_loss(view.prepared), other_rate(view.prepared.settings.training)
    loss = view.epochs[-1].train_loss
    if view.prepared.train_counts and loss < AS_GUESSING * guessing:
        return (
            f"On the training pictures it does better than guessing (a loss of {loss:.2f}, where guessing has "
            f"{guessing:.2f}), so the validation pictures may be of another kind.",
            f"See whether both parts show the same things, taken in the same way, in the right folders. {rate}",
        )
    counts = view.prepared.train_counts
    known = "" if counts else " See also that no class has far fewer training pictures than others."
    names = "So far the network names nearly always the same class, whatever a picture shows"
    if counts and counts[top] == max(counts) > min(counts):
        names += f": {counts[top]} of the {sum(counts)} training pictures are {view.prepared.classes[top]}"
    return f"{names}.", rate + known


def _imbalanced(prepared: Prepared, top: int) -> str:
    counts, name = prepared.train_counts, prepared.classes[top]
    return (
        f"The classes are imbalanced: {counts[top]} of the {sum(counts)} training pictures are {name}. Always saying "
        f"{name} is right on {percent(counts[top] / sum(counts))} of them, so little makes the network look for others."
    )


def _more_of(prepared: Prepared, rare: Sequence[int], top: int) -> str:
    training, usual = prepared.settings.training, TrainingSettings().learning_rate
    rate = f" {other_rate(training)}" if training.learning_rate > usual else ""
    return (
        f"Add training pictures of {_listed(prepared, rare)}, or use fewer of {prepared.classes[top]}, until the "
        f"classes are about equally common.{rate}"
    )


def _listed(prepared: Prepared, labels: Sequence[int]) -> str:
    names = [f"{prepared.classes[label]} ({prepared.train_counts[label]} so far)" for label in labels[:NAMED]]
    more = len(labels) - len(names)
    names += [f"{more} other classes" if more > 1 else "one other class"] if more else []
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _and_uneven(prepared: Prepared) -> str:
    if not prepared.train_counts:
        return ""
    top = int(np.argmax(prepared.train_counts))
    rare = _rare_beside(prepared, top)
    return f" {_imbalanced(prepared, top)} {_more_of(prepared, rare, top)}" if rare else ""


def _close_to_guessing(view: RunView, guessing: float) -> str:
    loss = view.epochs[-1].train_loss
    how = "still close to" if loss <= guessing / AS_GUESSING else "still above"
    known = "by how common each class is in training" if view.prepared.train_counts else "among equally common classes"
    return f"The training loss of {loss:.2f} is {how} {guessing:.2f}, that of guessing {known}."


def _rare_beside(prepared: Prepared, top: int) -> list[int]:
    """The classes with so few training pictures beside another class that this one is the safer guess."""
    counts = prepared.train_counts
    return [label for label, count in enumerate(counts) if label != top and UNEVEN * count <= counts[top]]


def learns_by_more_than_luck(view: RunView) -> bool:
    """Whether more training pictures are right than by always naming the commonest class, by more than luck."""
    counts, size = view.prepared.train_counts, view.prepared.train_size
    if not counts or not size:
        return False
    right = min(size, max(0, round(view.epochs[-1].train_accuracy * size)))
    return wilson_interval(right, size)[0] > max(counts) / size


def _is_under_way(view: RunView) -> bool:
    return has_learnt(view) and is_falling(view)


def is_falling(view: RunView) -> bool:
    """Whether a training that is not over lowered its loss in the last epoch by more than a ripple."""
    if view.is_over:
        return False
    before, last = view.epochs[-2].train_loss, view.epochs[-1].train_loss
    return before - last >= FALLING * training_guessing_loss(view.prepared)
