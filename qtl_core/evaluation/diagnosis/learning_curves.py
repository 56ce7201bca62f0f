"""Findings that follow from how figures move over the epochs: the loss leaps, gradients vanish, learning by heart."""

from __future__ import annotations

import math
from itertools import takewhile

import numpy as np

from qtl_core.evaluation.diagnosis.chance import (
    AS_GUESSING,
    guessing_loss,
    has_learnt,
    is_falling,
    is_missed,
    is_worse,
    learns_by_more_than_luck,
    tells_apart,
    training_guessing_loss,
)
from qtl_core.evaluation.diagnosis.finding import Finding, figures, finite_part
from qtl_core.evaluation.metrics import Z_95, Evaluation, evaluation_of
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import PreparedRun, TrainedRun

JUMP_SHARE = 0.15  # share of guessing's loss; runs that go well rise by less than 0.05 of it between two epochs
ONE_PICTURE = math.log(100)  # nats: what one picture costs whose true class is given 1%
# A slope g must be told from the chance of measuring: that takes about 1/g^2 repetitions of the circuit, for every
# angle at every step. Runs of up to 8 qubits start at 0.005 or more; 12 qubits at random angles at 0.002.
MOST_SHOTS = 100_000
VANISHING = 1 / math.sqrt(MOST_SHOTS)  # 0.0032
EARLY_EPOCHS = 5  # epochs: later, small gradients may be those of a training that stands still for another reason


def jumping(view: TrainedRun) -> Finding | None:
    """The training loss rises from one epoch to the next.

    Compares the rise with what guessing loses on the training pictures. The null case is a training that goes well,
    whose loss rises by less than a third of the threshold; a rise that one picture alone may have made is none, which
    counts where pictures are few or nearly all of one class. A single jump that was made good is no trouble.
    """
    losses = [epoch.train_loss for epoch in view.epochs]
    least = JUMP_SHARE * training_guessing_loss(view.prepared)
    least = max(least, ONE_PICTURE / max(1, view.prepared.train_size))
    rises = [index for index in range(1, len(losses)) if losses[index] - losses[index - 1] >= least]
    recovered = len(rises) == 1 and losses[-1] < losses[rises[0] - 1]
    if not rises or recovered:
        return None
    worst = max(rises, key=lambda index: losses[index] - losses[index - 1])
    times = "once and does not come down again: in" if len(rises) == 1 else f"{len(rises)} times: most in"
    before, after = figures(losses[worst - 1], losses[worst])
    return Finding(
        "jumping",
        f"The training loss jumps up {times} epoch {view.epochs[worst].epoch}, from {before} to {after}.",
        "The steps are so wide that they leap over the valley that they should go down into.",
        f"Lower the learning rate ({view.prepared.settings.training.learning_rate:g}) to a tenth.",
    )


def vanishing(view: TrainedRun) -> Finding | None:
    """The circuit's angles have next to no gradient while all is still to be learnt.

    Compares it with what `MOST_SHOTS` repetitions of a real circuit could tell from nothing. The null case is a
    circuit of few qubits; where nearly all training pictures are of one class, answers are nearly right without
    looking, all gradients are smaller, and so is the threshold (`pull_of_guessing`).
    """
    gradient = starting_gradient(view)
    if gradient is None or gradient >= VANISHING * pull_of_guessing(view.prepared):
        return None
    circuit = view.prepared.settings.circuit
    seen = f"{gradient:.1g} for an angle" if gradient else "nothing at all for any angle"
    shots = f"some {_rounded(1 / gradient**2):,} repetitions" if gradient else "more repetitions than can be counted"
    return Finding(
        "vanishing",
        f"The circuit's gradients vanish: {seen} at the start, when all is still to be learnt.",
        "In so flat a landscape the angles hardly know which way to turn. This simulation still sees the slope, and "
        f"the linear layers may learn without the circuit; a quantum computer would need {shots} of the circuit to "
        "tell it from chance.",
        f"Take fewer qubits than {circuit.qubits} or fewer layers than {circuit.depth}, or start the angles closer to "
        f"zero (an initial spread below {view.prepared.settings.training.q_delta:.2g}).",
    )


def starting_gradient(view: PreparedRun) -> float | None:
    """Returns the root mean square gradient of a circuit angle while nothing is learnt yet.

    Only the first epochs count whose loss is that of guessing: at the end of a training that went well small gradients
    are a success. None where there are none, as when the first epoch has learnt something already, or the circuit has
    no angles.
    """
    floor = AS_GUESSING * training_guessing_loss(view.prepared)
    early = list(takewhile(lambda epoch: epoch.train_loss >= floor, finite_part(view).epochs[:EARLY_EPOCHS]))
    if not early or not early[0].layer_gradients:
        return None
    return float(np.sqrt(np.square([epoch.layer_gradients for epoch in early]).mean()))


def pull_of_guessing(prepared: Prepared) -> float:
    """Returns how strongly the loss pulls while guessing, as a share of the pull where all classes are as common.

    The gradient of cross-entropy is the answer minus the truth. Over pictures of shares p its mean square is
    1 - sum p^2 when p is the answer: 0.5 for two equal classes, 0.02 for 100 to 1.
    """
    counts = np.array(prepared.train_counts or (1,) * len(prepared.classes), dtype=np.float64)
    shares = counts / counts.sum()
    return float(np.sqrt((1 - np.square(shares).sum()) / (1 - 1 / len(shares))))


def overfitting(view: TrainedRun) -> Finding | None:
    """The loss of validation rises while that of training falls below guessing, or its answers are no better than luck.

    Compares the loss of the validation pictures now with the lowest that it had, picture by picture: the rise counts
    from a share of what guessing loses on them, and where it is more than the pictures' own scatter leaves open. The
    null cases are a training whose validation loss only ripples, one in which a few pictures got much worse, and one
    that has learnt no more than how common the classes are: its loss on the training pictures is that of guessing.
    """
    lowest, last = min(view.epochs, key=lambda epoch: epoch.val_loss), view.epochs[-1]
    then, now = evaluation_of(view, lowest), evaluation_of(view, last)
    by_heart = last.train_loss < min(lowest.train_loss, AS_GUESSING * training_guessing_loss(view.prepared))
    enough = JUMP_SHARE * guessing_loss(now)
    if not by_heart or not enough or last.val_loss - lowest.val_loss < enough or not _has_risen(then, now):
        return _right_by_heart_alone(view, now)
    least, most = figures(lowest.val_loss, last.val_loss)
    return Finding(
        "overfitting",
        f"It learns the training pictures by heart: since epoch {lowest.epoch} the loss falls on them and rises on the "
        f"validation pictures, from {least} to {most} after epoch {last.epoch}.",
        "What it finds in the training pictures no longer holds for others.",
        f"Train for about {lowest.epoch} {'epoch' if lowest.epoch == 1 else 'epochs'}, or with augmentation or more "
        "pictures; the weights of the best epoch are kept in any case.",
    )


def _right_by_heart_alone(view: TrainedRun, last: Evaluation) -> Finding | None:
    """Training pictures are right, and validation pictures by luck alone, as where labels have nothing to do with them.

    Compares the answers of validation with luck (`tells_apart`), with those of a network that recognises its classes
    (`is_missed`) and with the answers of training. The null cases are one that recognises some class, and validation
    pictures that are too few to tell, or of one class alone.
    """
    if not is_right_by_luck(last) or not has_learnt(view) or not learnt_by_heart(view, last):
        return None
    size, right = view.prepared.train_size, int((last.predicted == last.labels).sum())
    learnt = round(view.epochs[-1].train_accuracy * size)
    return Finding(
        "overfitting",
        f"It learns the training pictures by heart: after epoch {view.epochs[-1].epoch}, {learnt} of {size} are right, "
        f"and {right} of {last.total} validation pictures, no more than luck gives.",
        "What it finds in the training pictures does not hold for others. Labels that have nothing to do with what "
        "pictures show are learnt in this way.",
        "See whether the pictures lie in the folders of their classes, and both parts show the same things. If so, "
        "more training pictures may help.",
    )


def is_right_by_luck(evaluation: Evaluation) -> bool:
    """Returns whether answers are no better than luck, of pictures enough to see that they would be otherwise."""
    right = int((evaluation.predicted == evaluation.labels).sum())
    several = len(set(evaluation.labels.tolist())) > 1
    return several and not tells_apart(evaluation) and is_missed(right, evaluation.total)


def learnt_by_heart(view: TrainedRun, last: Evaluation) -> bool:
    """Returns whether training pictures are learnt, by more than luck, and far more of them right than of `last`."""
    size, right = view.prepared.train_size, int((last.predicted == last.labels).sum())
    learnt = min(size, round(view.epochs[-1].train_accuracy * size))
    is_learnt = len(view.epochs) > 1 and learns_by_more_than_luck(view) and not is_falling(view)
    return is_learnt and is_worse(right, last.total, learnt, size)


def _has_risen(then: Evaluation, now: Evaluation) -> bool:
    """Returns whether the mean loss of the same pictures has risen by more than its own standard error allows."""
    rises = now.losses - then.losses
    if len(rises) < 2:
        return False
    return bool(rises.mean() > Z_95 * rises.std(ddof=1) / math.sqrt(len(rises)))


def _rounded(count: float) -> int:
    """One significant figure: more would pretend to a precision that the estimate does not have."""
    power = 10 ** math.floor(math.log10(count))
    return round(count / power) * power
