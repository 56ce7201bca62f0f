"""Advice on a training, in sentences that findings share: other pictures, or another learning rate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qtl_core.evaluation.metrics import IMBALANCE_RATIO, percent
from qtl_core.runs.events import Prepared
from qtl_core.settings import TrainingSettings, numbers_rate, steps_of
from qtl_core.settings.presets import LONGEST, PAPER_STEPS, makes_few_steps, small_set_steps

# A class is rare beside one that has three times its training pictures. On the photos, 33 bees beside 100 ants still
# have 17 of 20 recognised, 20 have 15, 10 have 10, and 7 none.
MAX_CLASSES_NAMED = 3  # classes that are named in a sentence; the others are counted
NOTHING_LEFT = "Add training pictures: there can be no more epochs, and the learning rate is as high as it should be."
PUSH_OF_USUAL = 10  # steps that a push of momentum 0.9 is worth
PAPERS_RATE = TrainingSettings().learning_rate
HIGHEST_OF_ALL = 0.1  # of rows of few numbers, whose usual rate is high already
HIGHEST = 10  # times the paper's learning rate: as high as is ever advised, so what is advised is never called too high


def usual_rate(prepared: Prepared) -> float:
    """Returns the learning rate that suits a run: the paper's, or of points and rows of a table `numbers_rate`."""
    if prepared.settings.data.is_numbers and prepared.feature_size:
        return numbers_rate(prepared.feature_size)
    return TrainingSettings().learning_rate


def highest_rate(training: TrainingSettings, usual: float) -> float:
    """Returns the highest learning rate that is ever advised where `usual` is what suits."""
    scale = sgd_scale(training) if training.optimiser == "sgd" else 1
    return max(usual, min(HIGHEST * scale * usual, HIGHEST_OF_ALL))


def sgd_scale(training: TrainingSettings) -> float:
    """Returns by how much SGD's rate may be above that of momentum 0.9, by which a step goes on ten times as far.

    A push of momentum m is worth 1 / (1 - m) steps. On the photos 147 to 149 of 153 are right at rates of 0.0004 and
    0.004 with 0.9, and chance is left at 0.02; without momentum 145 to 147 are at 0.02 and 146 at 0.1.
    """
    return float(f"{PUSH_OF_USUAL * (1 - training.momentum):.2g}")


def other_rate(training: TrainingSettings, pictures: int = 0, usual: float = PAPERS_RATE) -> str:
    """Says which way to change the learning rate, from what is usual, or to train for longer where that is possible.

    Whoever follows it gets to the paper's rate, from there to `HIGHEST` times it, or with SGD to as much more as its
    momentum leaves (`sgd_scale`), and is never sent back. It is not
    meant for classes of which one is rare (`rare_beside`): there no rate helps, and `more_pictures` says what does.
    """
    rate, whose = training.learning_rate, "the paper's" if usual == PAPERS_RATE else "what suits so few numbers"
    if training.optimiser == "sgd" and usual == PAPERS_RATE:
        whose = "the paper's (Adam's)"
    if is_too_high(training, usual):
        return f"Lower the learning rate from {rate:g}: {whose} is {usual:g}."
    longer = ", or train for more epochs" if training.epochs < LONGEST else ""
    if rate < usual:
        return f"Raise the learning rate from {rate:g} to {whose}, {usual:g}{longer}."
    if rate == usual and makes_few_steps(training, pictures):
        steps, possible = steps_of(training, pictures), small_set_steps(pictures)
        most = f"the paper takes {PAPER_STEPS:,}" if possible >= PAPER_STEPS else f"{possible:,} are the most possible"
        made = "1 step" if steps == 1 else f"{steps:,} steps"
        return f"Train for more steps: {pictures} pictures are {made} so, and {most}."
    highest = highest_rate(training, usual)
    if rate == usual < highest:
        times = "ten times" if highest >= HIGHEST * usual else f"{highest / usual:.2g} times"
        return f"Raise the learning rate, to {times} its value for a start{longer}."
    if rate < highest:
        return f"Raise the learning rate from {rate:g} to {highest:g}{longer}."
    if longer:
        return f"Train for more epochs; the learning rate of {rate:g} is as high as it should be."
    return NOTHING_LEFT


def rate_words(prepared: Prepared) -> str:
    """Says which way to change a run's learning rate (`other_rate`)."""
    return other_rate(prepared.settings.training, prepared.train_size, usual_rate(prepared))


def is_too_high(training: TrainingSettings, usual: float = PAPERS_RATE) -> bool:
    """Returns whether the learning rate is above all that `other_rate` advises."""
    return training.learning_rate > highest_rate(training, usual) * (1 + 1e-9)  # the product is rounded


def rare_beside(prepared: Prepared, top: int) -> list[int]:
    """Returns the classes with so few training pictures beside class `top` that this one is the safer guess."""
    counts = prepared.train_counts
    return [label for label, count in enumerate(counts) if label != top and IMBALANCE_RATIO * count <= counts[top]]


def common_and_rare(prepared: Prepared) -> tuple[int, list[int]]:
    """Returns the commonest class in training and the others, if all are rare beside it; else, or not known, none."""
    top = int(np.argmax(prepared.train_counts)) if prepared.train_counts else 0
    rare = rare_beside(prepared, top)
    return top, rare if len(rare) == len(prepared.classes) - 1 else []


def imbalanced(prepared: Prepared, top: int) -> str:
    """Says how common class `top` is in training, and what follows."""
    counts, name = prepared.train_counts, prepared.classes[top]
    said = f"The classes are imbalanced: {counts[top]} of the {sum(counts)} training pictures are {name}."
    if prepared.settings.training.class_weights == "balanced":
        return f"{said} The class weights make up for that in every step, but the other classes show little of theirs."
    right = percent(counts[top] / sum(counts))
    return f"{said} Always saying {name} is right on {right} of them, so little makes the network look for others."


def more_pictures(prepared: Prepared, rare: Sequence[int], top: int) -> str:
    """Says which training pictures to add or to leave out, and that class weights help until then.

    On the photos, with 10 bees beside 100 ants, balanced weights raise the bees recognised from 10 to 15 of 20.
    """
    add = (
        f"Add training pictures of {_listed(prepared, rare)}, or use fewer of {prepared.classes[top]}, until the "
        "classes are about equally common."
    )
    if prepared.settings.training.class_weights == "balanced":
        return add
    return f"{add} Until then, balanced class weights let each class count as much in every step."


def _listed(prepared: Prepared, labels: Sequence[int]) -> str:
    names = [
        f"{prepared.classes[label]} ({prepared.train_counts[label]} so far)" for label in labels[:MAX_CLASSES_NAMED]
    ]
    more = len(labels) - len(names)
    names += [f"{more} other classes" if more > 1 else "one other class"] if more else []
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
