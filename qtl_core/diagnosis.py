"""Is it learning? What a run's figures say about its training, in plain sentences, each with what to do.

To add a finding: write a function `RunView -> Finding | None` and add it to `CHECKS`. Its threshold needs a reason, and
tests/core/test_diagnosis.py a run that shows it and one that must not.

Thresholds were set on real runs (ants and bees, photos, MobileNetV2). The paper's setting gives no finding, nor do
other seeds, depths and widths of it; learning rates of 0.01 and more, of 0.000001, and 12 qubits at random angles do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

import numpy as np

from qtl_core.evaluation import Evaluation, evaluation_of, percent, wilson_interval
from qtl_core.settings import TrainingSettings
from qtl_core.training.view import RunView

# Losses are compared with that of guessing, so that thresholds hold for any number of classes and any mixture.
AS_GUESSING = 0.9  # a training loss above this share of guessing's: next to nothing has been learnt yet
JUMP = 0.15  # share of guessing's loss; runs that go well rise by less than 0.05 of it between two epochs
ONE_CLASS = 0.98  # share of the validation pictures given one class: "all" but for three of 153
OTHERS = 0.1  # with fewer pictures of other classes, giving nearly all of them one class is no mistake
# A slope g must be told from the chance of measuring: that takes about 1/g^2 repetitions of the circuit, for every
# angle at every step. Runs of up to 8 qubits start at 0.005 or more; 12 qubits at random angles at 0.002.
MOST_SHOTS = 100_000
VANISHING = 1 / math.sqrt(MOST_SHOTS)  # 0.0032

Kind = Literal["collapsed", "vanishing", "jumping", "nothing learnt", "overfitting"]


@dataclass(frozen=True)
class Finding:
    """One thing that went wrong, or is about to.

    Attributes:
        kind: Which.
        what: What was seen, one sentence.
        why: What it means.
        do: What to try.
    """

    kind: Kind
    what: str
    why: str
    do: str


def diagnose(view: RunView) -> tuple[Finding, ...]:
    """Returns what there is to say about a run so far, the gravest first; nothing where it goes well."""
    if view.prepared is None or not view.epochs:
        return ()
    found = tuple(finding for check in CHECKS if (finding := check(view)))
    kinds = {finding.kind for finding in found}
    # A training that has broken down has no use for advice on how it might do better.
    hidden = {"nothing learnt", "overfitting"} if kinds & {"collapsed", "jumping"} else set()
    return tuple(finding for finding in found if finding.kind not in hidden)


def guessing_loss(evaluation: Evaluation) -> float:
    """Returns the loss of always saying how common each class is: the entropy of the classes' shares, in nats."""
    shares = np.bincount(evaluation.labels, minlength=len(evaluation.classes)) / evaluation.total
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


def starting_gradient(view: RunView) -> float | None:
    """Returns the root mean square gradient of a circuit angle while nothing is learnt yet.

    Only the epochs before count: at the end of a training that went well small gradients are a success. None where
    there are none, as when the first epoch has learnt something already, or the circuit has no angles.
    """
    floor = AS_GUESSING * guessing_loss(evaluation_of(view, view.epochs[-1]))
    early = list(takewhile(lambda epoch: epoch.train_loss >= floor, view.epochs))
    if not early or not early[0].layer_gradients:
        return None
    return float(np.sqrt(np.square([epoch.layer_gradients for epoch in early]).mean()))


def _collapsed(view: RunView) -> Finding | None:
    last = evaluation_of(view, view.epochs[-1])
    said = np.bincount(last.predicted, minlength=len(last.classes))
    top, stuck = int(said.argmax()), _is_guessing(view, last)
    others = (last.labels != top).mean()
    if not stuck or len(view.epochs) < 2 or said[top] < ONE_CLASS * last.total or others < OTHERS:
        return None
    return Finding(
        "collapsed",
        f"Training has collapsed to one class: {said[top]} of {last.total} validation pictures are taken for "
        f"{last.classes[top]}.",
        "The network ignores the pictures and only says which class is the safer guess.",
        _other_rate(view.prepared.settings.training),
    )


def _vanishing(view: RunView) -> Finding | None:
    gradient = starting_gradient(view)
    if gradient is None or gradient >= VANISHING:
        return None
    circuit = view.prepared.settings.circuit
    return Finding(
        "vanishing",
        f"The circuit's gradients vanish: {gradient:.1g} for an angle at the start, when all is still to be learnt.",
        "In so flat a landscape the angles hardly know which way to turn. This simulation still sees the slope, and "
        f"the linear layers may learn without the circuit; a quantum computer would need some "
        f"{_rounded(1 / gradient**2):,} repetitions of the circuit to tell it from chance.",
        f"Take fewer qubits than {circuit.qubits} or fewer layers than {circuit.depth}, or start the angles closer to "
        f"zero (an initial spread below {view.prepared.settings.training.q_delta:.2g}).",
    )


def _jumping(view: RunView) -> Finding | None:
    losses = [epoch.train_loss for epoch in view.epochs]
    least = JUMP * guessing_loss(evaluation_of(view, view.epochs[-1]))
    rises = [index for index in range(1, len(losses)) if losses[index] - losses[index - 1] >= least]
    recovered = len(rises) == 1 and losses[-1] < losses[rises[0] - 1]
    if not rises or recovered:  # one jump that was made good is no trouble
        return None
    worst = max(rises, key=lambda index: losses[index] - losses[index - 1])
    times = "once and does not come back" if len(rises) == 1 else f"{len(rises)} times"
    return Finding(
        "jumping",
        f"The loss jumps up {times}: most in epoch {view.epochs[worst].epoch}, from {losses[worst - 1]:.2f} to "
        f"{losses[worst]:.2f}.",
        "The steps are so wide that they leap over the valley that they should go down into.",
        f"Lower the learning rate ({view.prepared.settings.training.learning_rate:g}) to a tenth.",
    )


def _nothing_learnt(view: RunView) -> Finding | None:
    last = evaluation_of(view, view.epochs[-1])
    commonest = int(np.bincount(last.labels).max())
    above = wilson_interval(last.right, last.total)[0] > commonest / last.total
    if above or not _is_guessing(view, last):
        return None
    return Finding(
        "nothing learnt",
        f"It has learnt next to nothing: {last.count_in_words()} ({percent(last.accuracy)}), where always naming the "
        f"commonest class gets {commonest} right.",
        f"The loss of {view.epochs[-1].train_loss:.2f} is still close to {guessing_loss(last):.2f}, that of guessing.",
        _other_rate(view.prepared.settings.training),
    )


def _overfitting(view: RunView) -> Finding | None:
    lowest = min(view.epochs, key=lambda epoch: epoch.val_loss)
    last, guessing = view.epochs[-1], guessing_loss(evaluation_of(view, view.epochs[-1]))
    if last.val_loss - lowest.val_loss < JUMP * guessing or last.train_loss >= lowest.train_loss:
        return None
    return Finding(
        "overfitting",
        f"It learns the training pictures by heart: since epoch {lowest.epoch} the loss falls on them and rises on the "
        f"validation pictures, from {lowest.val_loss:.2f} to {last.val_loss:.2f}.",
        "What it finds in the training pictures no longer holds for others.",
        f"Train for about {lowest.epoch} epochs, or with augmentation or more pictures; the weights of the best epoch "
        "are kept in any case.",
    )


def _is_guessing(view: RunView, last: Evaluation) -> bool:
    return view.epochs[-1].train_loss >= AS_GUESSING * guessing_loss(last)


def _rounded(count: float) -> int:
    """One significant figure: more would pretend to a precision that the estimate does not have."""
    power = 10 ** math.floor(math.log10(count))
    return round(count / power) * power


def _other_rate(training: TrainingSettings) -> str:
    usual = TrainingSettings().learning_rate
    if training.learning_rate > usual:
        return f"Lower the learning rate from {training.learning_rate:g}: the paper's is {usual:g}."
    return "Raise the learning rate, to ten times its value for a start, or train for more epochs."


CHECKS: tuple[Callable[[RunView], Finding | None], ...] = (
    _collapsed, _jumping, _vanishing, _nothing_learnt, _overfitting
)  # fmt: skip
