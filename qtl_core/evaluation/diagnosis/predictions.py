"""Findings that follow from what a network answers: one class for all, a rare class missed, nothing told apart."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qtl_core.evaluation.diagnosis.advice import (
    MAX_CLASSES_NAMED,
    common_and_rare,
    imbalanced,
    is_too_high,
    more_pictures,
    other_rate,
    rare_beside,
    rate_words,
    usual_rate,
)
from qtl_core.evaluation.diagnosis.chance import (
    AS_GUESSING,
    MIN_MISSED,
    RECOGNISED,
    has_learnt,
    is_falling,
    is_missed,
    is_worse,
    learns_by_more_than_luck,
    right_in_training,
    swapped,
    tells_apart,
    training_guessing_loss,
)
from qtl_core.evaluation.diagnosis.finding import Finding, figures
from qtl_core.evaluation.diagnosis.learning_curves import jumping
from qtl_core.evaluation.metrics import evaluation_of, percent
from qtl_core.pictures.sources.folder import SPLIT_NOTE
from qtl_core.runs.view import TrainedRun

ONE_CLASS = 0.98  # share of validation given one class: "all" but for three of 153, and for one of fewer than 100


def collapsed(view: TrainedRun) -> Finding | None:
    """All validation pictures are given one class, though others are there, in validation or in training.

    Compares the pictures of all other classes that are not given that class with what a network that recognises
    classes would give (`is_missed`). With fewer than three of them in validation, that part cannot tell, and the
    training part has to: beside that class all others are rare in it, its loss is that of guessing, and no more of its
    pictures are right than by always naming that class. The null case is a network that recognises classes, also where
    hardly any picture is of another one.
    After a single epoch a training may just not have begun, and while it is under way, and its loss is below guessing
    and falls, it is waited for; not where the other classes are so rare in training that its loss hardly depends on
    them.
    """
    last = evaluation_of(view, view.epochs[-1])
    said = np.bincount(last.predicted, minlength=len(last.classes))
    top = int(said.argmax())
    of_others = int((last.labels != top).sum())
    names = int(((last.labels != top) & (last.predicted != top)).sum())
    one_class = last.total - said[top] <= max(1, math.floor((1 - ONE_CLASS) * last.total + 1e-9))
    missed = one_class and is_missed(names, of_others)
    unseen = not missed and of_others < MIN_MISSED and said[top] == last.total and _training_names_one(view, top)
    if len(view.epochs) < 2 or not (missed or unseen):
        return None
    rare = rare_beside(view.prepared, top)
    is_the_cause = bool(rare) and set(last.labels.tolist()) <= {top, *rare}
    if not is_the_cause and _is_under_way(view):
        return None
    name = last.classes[top]
    what = (
        f"Training has collapsed to one class: after epoch {view.epochs[-1].epoch}, {said[top]} of {last.total} "
        f"validation pictures are taken for {name}."
    )
    why, do = _rare(view, rare, top) if is_the_cause else _ignoring(view, top)
    return Finding("collapsed", what, f"{why} {_told_by_training(view, of_others, name)}" if unseen else why, do)


def imbalance(view: TrainedRun) -> Finding | None:
    """A class that is rare in training is missed, more often than the commonest one.

    Compares the share of the validation pictures of every rare class (`metrics.IMBALANCE_RATIO`) that are right with
    `RECOGNISED`, and, by an exact test, with that of the commonest class. The null cases are a network that recognises
    the rare class as well, and one that misses both alike, which has other troubles. Nothing is said where it is not
    known how common the classes are in training, of fewer than three pictures, nor while the loss still falls.
    """
    last, counts = evaluation_of(view, view.epochs[-1]), view.prepared.train_counts
    if not counts or len(view.epochs) < 2 or is_falling(view):
        return None
    top = int(np.argmax(counts))
    there, right = last.confusion.sum(axis=1), last.confusion.diagonal()
    rare = [
        each
        for each in rare_beside(view.prepared, top)
        if there[each] >= MIN_MISSED
        and right[each] <= RECOGNISED * there[each]
        and is_worse(int(right[each]), int(there[each]), int(right[top]), int(there[top]))
    ]
    if not rare:
        return None
    found = " and ".join(f"{right[each]} of {there[each]} {last.classes[each]}" for each in rare[:MAX_CLASSES_NAMED])
    return Finding(
        "imbalance",
        f"What is rare in training is missed: of the validation pictures, after epoch {view.epochs[-1].epoch}, only "
        f"{found} are recognised, and {right[top]} of {there[top]} {last.classes[top]}.",
        *_rare(view, rare, top),
    )


def nothing_learnt(view: TrainedRun) -> Finding | None:
    """The training loss is that of guessing, and no class is told from the others.

    Compares the loss of training with that of always saying how common the classes are in training, and the answers,
    of training with always naming the commonest class, of validation with the same answers dealt out by luck
    (`tells_apart`). The null case is a training that has learnt anything at all: a loss well below guessing, or
    answers that are better than that. With so few validation pictures that luck could give any answers, they count as
    better from half way between luck and all right. Imbalance is named as the cause where all classes but one are rare.
    """
    last, guessing = evaluation_of(view, view.epochs[-1]), training_guessing_loss(view.prepared)
    half_way = (1 + 1 / len(last.classes)) / 2
    better = tells_apart(last) or last.balanced_accuracy >= half_way or learns_by_more_than_luck(view)
    if better or view.epochs[-1].train_loss < AS_GUESSING * guessing:
        return None
    commonest = int(np.bincount(last.labels).max())
    top, rare = common_and_rare(view.prepared)
    why = _close_to_guessing(view, guessing)
    cause, do = _rare(view, rare, top) if rare else ("", rate_words(view.prepared))
    return Finding(
        "nothing learnt",
        f"It has learnt next to nothing: after {'the last ' if view.is_over else ''}epoch {view.epochs[-1].epoch} "
        f"{last.count_in_words()} ({percent(last.accuracy)}), where always naming the commonest class gets {commonest} "
        "right.",
        f"{cause} {why}" if cause else why,
        f"{do} If that does not help, see whether the pictures lie in the folders of their classes.",
    )


def swapped_names(view: TrainedRun) -> Finding | None:
    """Validation pictures of classes are recognised, under each other's names.

    Compares how many pictures of a class get another's name with luck (`swapped`). The null cases are a network that
    answers by luck, or wrongly for some class alone, one that has not learnt its training pictures either, and one
    that got such pictures right in an earlier epoch, and so has lost its way.
    """
    last = evaluation_of(view, view.epochs[-1])
    found = swapped(last)
    if not found or not (has_learnt(view) and learns_by_more_than_luck(view)) or _was_right(view, found):
        return None
    names = " and ".join(
        f"{last.confusion[label, said]} of {last.confusion[label].sum()} {last.classes[label]} are taken for "
        f"{last.classes[said]}"
        for label, said in found[:MAX_CLASSES_NAMED]
    )
    return Finding(
        "swapped",
        f"Classes go by each other's names in validation: after epoch {view.epochs[-1].epoch} {names}.",
        "The network tells them apart, as it could not by luck, so the folders of the two parts disagree on what they "
        "are called.",
        "See whether the same class lies in a folder of the same name in both parts.",
    )


def _was_right(view: TrainedRun, moved: Sequence[tuple[int, int]]) -> bool:
    """Returns whether most pictures of one of these classes were right after some epoch."""
    tables = (evaluation_of(view, epoch).confusion for epoch in view.epochs[1:])  # the first may answer by luck
    return any(2 * table[label, label] > table[label].sum() for table in tables for label, _ in moved)


def _rare(view: TrainedRun, rare: Sequence[int], top: int) -> tuple[str, str]:
    """Returns why and what to do, where `rare` classes are missed because `top` is so much more common in training."""
    training = view.prepared.settings.training
    usual = usual_rate(view.prepared)
    rate = f" {other_rate(training, usual=usual)}" if is_too_high(training, usual) and jumping(view) is None else ""
    return imbalanced(view.prepared, top), more_pictures(view.prepared, rare, top) + rate


def _ignoring(view: TrainedRun, top: int) -> tuple[str, str]:
    """Returns why and what to do, where all is one class and no class was rare in training.

    Where the loss jumps as well, what is said of that says what to do about the learning rate.
    """
    guessing, loss = training_guessing_loss(view.prepared), view.epochs[-1].train_loss
    rate = [] if jumping(view) else [rate_words(view.prepared)]
    if view.prepared.train_counts and loss < AS_GUESSING * guessing:
        now, by_guessing = figures(loss, guessing)
        better = (
            f"On the training pictures it does better than guessing (a training loss of {now}, where guessing has "
            f"{by_guessing})"
        )
        if SPLIT_NOTE in view.prepared.notes:  # both parts are of one folder, so neither is of another kind
            why = f"{better}, but not yet on pictures that it has not seen; both parts are of the same folder."
            more = "If that does not help, add pictures of every class." if rate else "Add pictures of every class."
            return why, " ".join([*rate, more])
        why = f"{better}, so the validation pictures may be of another kind."
        see = "See whether both parts show the same things, taken in the same way, in the right folders."
        return why, " ".join([see, *rate])
    see = (
        "See whether the pictures lie in the folders of their classes."
        if view.prepared.train_counts
        else "See also that no class has far fewer training pictures than others."
    )
    counts = view.prepared.train_counts
    why = "So far the network names nearly always the same class, whatever a picture shows"
    if counts and counts[top] == max(counts) > min(counts):
        why += f": {counts[top]} of the {sum(counts)} training pictures are {view.prepared.classes[top]}"
    return f"{why}.", " ".join([*rate, see])


def _told_by_training(view: TrainedRun, of_others: int, name: str) -> str:
    """Says that validation cannot tell a collapse from a network that is right, and that training can."""
    none = "No validation picture is of another class"
    few = f"Only {of_others} of the validation pictures {'is' if of_others == 1 else 'are'} of another class"
    return (
        f"{few if of_others else none}, so the validation part cannot tell whether others are recognised. The training "
        f"part can: no more of its pictures are right than by always saying {name}."
    )


def _close_to_guessing(view: TrainedRun, guessing: float) -> str:
    last = view.epochs[-1]
    loss, by_guessing = f"{last.train_loss:.2f}", f"{guessing:.2f}"
    beside = f"{loss}, {'hardly below' if last.train_loss < guessing else 'above'} {by_guessing}"
    known = "by how common each class is in training" if view.prepared.train_counts else "among equally common classes"
    seen = f"still {loss}" if loss == by_guessing else beside
    return f"The training loss of epoch {last.epoch} is {seen}, that of guessing {known}."


def _training_names_one(view: TrainedRun, top: int) -> bool:
    """Returns whether beside class `top` all are rare in training, and its figures are those of always naming it.

    Where classes are as common, as many right are luck, whatever is named.
    """
    common, rare = common_and_rare(view.prepared)
    as_guessing = view.epochs[-1].train_loss >= AS_GUESSING * training_guessing_loss(view.prepared)
    none_more = bool(rare) and right_in_training(view) <= view.prepared.train_counts[common]
    return common == top and as_guessing and none_more


def _is_under_way(view: TrainedRun) -> bool:
    return has_learnt(view) and is_falling(view)
