"""The null cases of diagnosis: what guessing loses, which answers luck would give, how far a training came.

`scipy.special` takes a tenth of a second to import; pages that say nothing of a training do without it.
"""

from __future__ import annotations

import numpy as np

from qtl_core.evaluation.metrics import Evaluation, wilson_interval
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import TrainedRun

AS_GUESSING = 0.9  # a training loss above this share of guessing's: next to nothing has been learnt yet
BY_LUCK = 0.05  # what luck gives less often than once in twenty is not called luck
# Of a class that is "recognised", two pictures in three are. So three pictures, all missed, are the fewest to say that
# a class is not: that happens to one that is in (1/3)^3 = 0.037 of such sets.
RECOGNISED = 2 / 3
MIN_MISSED = 3


def guessing_loss(evaluation: Evaluation) -> float:
    """Returns the loss of always saying how common each class is in these pictures, in nats."""
    return entropy(np.bincount(evaluation.labels, minlength=len(evaluation.classes)))


def training_guessing_loss(prepared: Prepared) -> float:
    """Returns the loss of always saying how common each class is among the training pictures, in nats.

    Where that is not known it is ln(classes), of classes that are equally common. Guessing never loses more, so a
    training loss as high as that is no better than guessing, whatever the mixture was. So it is with balanced class
    weights, by which the best guess gives every class the same.
    """
    counts = np.asarray(prepared.train_counts or np.ones(len(prepared.classes)))
    return entropy(counts > 0 if prepared.settings.training.class_weights == "balanced" else counts)


def entropy(counts: np.ndarray | tuple[int, ...]) -> float:
    """Returns the entropy of the shares of `counts`, in nats."""
    from scipy.special import entr

    return float(entr(np.asarray(counts, dtype=np.float64) / np.sum(counts)).sum())


def tells_apart(evaluation: Evaluation) -> bool:
    """Returns whether a class is recognised more often than luck would.

    Luck deals the same answers out among the pictures whatever they show. How many of a class's pictures then get its
    name is hypergeometric (Fisher's exact test, one-sided), so the mixture of the classes and how often each is said
    are allowed for. With more than two classes each is a test of its own, and the bound is shared among them.
    """
    said = evaluation.confusion.sum(axis=0)
    there = evaluation.confusion.sum(axis=1)
    tests = 1 if len(there) == 2 else len(there)
    return any(
        _tail(int(evaluation.confusion[label, label]), int(there[label]), int(said[label]), evaluation.total)
        < BY_LUCK / tests
        for label in range(len(there))
    )


def swapped(evaluation: Evaluation) -> list[tuple[int, int]]:
    """Returns the classes that are recognised under another class's name, each with the one that is said.

    Luck gives none: most pictures of each go by the other name, more than Fisher's exact test allows for, and every
    class goes by a name of its own.
    """
    table = evaluation.confusion
    there, said, names = table.sum(axis=1), table.sum(axis=0), table.argmax(axis=1)
    moved = [(label, int(name)) for label, name in enumerate(names) if label != name]
    is_told = [
        table[label, name] >= RECOGNISED * there[label] > 0
        and _tail(int(table[label, name]), int(there[label]), int(said[name]), evaluation.total) < BY_LUCK / len(there)
        for label, name in moved
    ]
    return moved if len(set(names.tolist())) == len(names) and all(is_told) else []


def is_missed(right: int, total: int) -> bool:
    """Returns whether so few of a class's pictures are right that a network which knows it would rarely do as badly.

    By the exact binomial test: of a class that is recognised, `RECOGNISED` of the pictures are right.
    """
    from scipy.special import bdtr

    return bool(bdtr(right, total, RECOGNISED) < BY_LUCK)


def is_worse(right: int, total: int, other: int, other_total: int) -> bool:
    """Returns whether `right` of `total` is below `other` of `other_total` by more than luck (Fisher's exact test)."""
    wrong = total - right
    return _tail(wrong, total, wrong + other_total - other, total + other_total) < BY_LUCK


def _tail(hits: int, there: int, said: int, total: int) -> float:
    """The chance of `hits` or more when `said` of `total` pictures, `there` of them of the class, get its name."""
    k = np.arange(hits, min(there, said) + 1)
    k = k[total - there >= said - k]
    ways = _log_choices(there, k) + _log_choices(total - there, said - k) - _log_choices(total, said)
    return float(np.exp(ways).sum())


def _log_choices(count: int, chosen: np.ndarray | int) -> np.ndarray:
    """The logarithm of the number of ways to choose so many of `count`."""
    from scipy.special import gammaln

    return np.asarray(gammaln(count + 1) - gammaln(chosen + 1) - gammaln(count - chosen + 1))


FALLING_SHARE = 0.05  # share of guessing's loss by which an epoch lowers that of a training that is on its way


def has_learnt(view: TrainedRun) -> bool:
    """Returns whether the training loss is well below that of guessing."""
    return view.epochs[-1].train_loss < AS_GUESSING * training_guessing_loss(view.prepared)


def learns_by_more_than_luck(view: TrainedRun) -> bool:
    """Returns whether more training pictures are right than by always naming the commonest class, by more than luck."""
    counts, size = view.prepared.train_counts, view.prepared.train_size
    if not counts or not size:
        return False
    return wilson_interval(right_in_training(view), size)[0] > max(counts) / size


def right_in_training(view: TrainedRun) -> int:
    """Returns how many training pictures are right in the last epoch."""
    size = view.prepared.train_size
    return min(size, max(0, round(view.epochs[-1].train_accuracy * size)))


def is_falling(view: TrainedRun) -> bool:
    """Returns whether a training that is not over lowered its loss in the last epoch by more than a ripple."""
    if view.is_over:
        return False
    before, last = view.epochs[-2].train_loss, view.epochs[-1].train_loss
    return before - last >= FALLING_SHARE * training_guessing_loss(view.prepared)
