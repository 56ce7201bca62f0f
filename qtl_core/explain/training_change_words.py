"""Sentences on what training changed, each chosen from the numbers of `training_changes`.

A part is said to cost right answers where setting it back costs more of them than luck explains (exact McNemar test at
5%, divided by the number of comparisons made: Bonferroni). Its mean loss, paired picture by picture, is held against
two standard errors: that shows parts whose training makes the true class likelier without turning an answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from qtl_core.explain.training_changes import (
    ANGLES,
    EVERYTHING,
    LAYER_AFTER,
    LAYER_BEFORE,
    NO_CNOTS,
    ZERO_ANGLES,
    Movement,
    Reset,
    TrainingChanges,
)
from qtl_core.settings import TrainingSettings

LEVEL = 0.05
BARELY_DEGREES = 5.0  # of a turn: it moves an expectation value by less than 0.09 of its range from -1 to 1
STANDARD_ERRORS = 2.0  # a change of the loss beyond so many is said
SMALLEST_DEGREES = 0.1  # that are said
MANY_DEGREES = 3600.0  # from here on a turn is said in full turns: no answer depends on how many there were
PAPERS_SPREAD = TrainingSettings().q_delta
NAMES = {LAYER_BEFORE: "the layer before", ANGLES: "the circuit's angles", LAYER_AFTER: "the layer after"}
NAMES_WITHOUT_CIRCUIT = {LAYER_BEFORE: "the first layer", LAYER_AFTER: "the last layer"}


def part_names(changes: TrainingChanges) -> dict[str, str]:
    """Returns what the parts of a head are called: those of one without a circuit lie before and after nothing."""
    return NAMES if changes.model.spec.has_circuit else NAMES_WITHOUT_CIRCUIT


def summary_words(changes: TrainingChanges, noun: str = "answers") -> str:
    """Returns the whole of it in a few sentences: how far angles turned, what that changes, where the learning lies.

    Args:
        changes: The numbers.
        noun: What the pictures' answers are called.
    """
    moved = turn_words(changes) if changes.model.spec.has_circuit else layers_moved_words(changes)
    parts = moved, angles_reset_words(changes, noun), conclusion_words(changes)
    return " ".join(part for part in parts if part)


def turn_words(changes: TrainingChanges) -> str:
    """Says how far training turned the circuit's angles."""
    count = len(changes.angles)
    if not changes.model.spec.has_circuit:
        return "There is no circuit in this head, and so no angle that training could turn."
    if not count:
        return "The circuit has no angles that are trained."
    if not changes.moved:
        return f"How far training turned the circuit's angles is not known: {changes.why_unknown}"
    moved = changes.moved[ANGLES]
    most, rms = math.degrees(moved.most), degrees_words(math.degrees(moved.rms))
    which = "the circuit's one angle" if count == 1 else f"any of the circuit's {count} angles"
    if ANGLES in changes.still:
        angles = "The circuit's one angle stands" if count == 1 else f"The circuit's {count} angles stand"
        return f"{angles} still: training was not to turn {'it' if count == 1 else 'them'}, and did not."
    if not moved.most:
        return f"Training has not turned {which}."
    if count == 1:
        return f"Training turned {which} by {degrees_words(most)}."
    if most < SMALLEST_DEGREES / 2:
        return f"Training turned each of the circuit's {count} angles by {degrees_words(most)}."
    if most < BARELY_DEGREES:
        limit = math.ceil(10 * most - 1e-6) / 10  # rounded up: none is turned by more
        return f"Training turned no angle of the circuit by more than {limit:.1f}° (root mean square {rms})."
    return f"Training turned the circuit's {count} angles by up to {degrees_words(most)} (root mean square {rms})."


def layers_moved_words(changes: TrainingChanges) -> str:
    """Says how far training moved the layers of a head without a circuit, as shares of where they began."""
    if not changes.moved:
        return f"How far training moved the head is not known: {changes.why_unknown}"
    names = part_names(changes)
    if len(changes.moved) == 1:
        (moved,) = changes.moved.values()
        return f"This head is one linear layer: training moved its {moved.numbers:,} numbers by {_relative(moved)}."
    said = [
        f"{names[part]} by {_relative(moved)}" for part, moved in changes.moved.items() if part not in changes.still
    ]
    stood = "".join(f"; {names[part]} stood still, as chosen" for part in changes.still)
    return f"There is no circuit in this head. Training moved {' and '.join(said)}{stood}."


MORE_THAN_START = 2  # from here on a share is told as a multiple


def _relative(moved: Movement) -> str:
    if not math.isfinite(moved.relative):
        return f"{moved.rms:.4f} (root mean square) from 0"
    if moved.relative >= MORE_THAN_START:
        return f"{moved.relative:.1f} times their start (root mean square)"
    return f"{moved.relative:.0%} of their start (root mean square)"


def degrees_words(degrees: float) -> str:
    """Returns the size of a turn to a tenth of a degree; none is said to be 0, and many full turns are counted."""
    if degrees >= MANY_DEGREES:
        turns = degrees / 360
        return f"{turns:,.0f} full turns" if turns < 1e9 else f"{turns:.0e} full turns"
    return f"{degrees:.1f}°" if not 0 < degrees < SMALLEST_DEGREES / 2 else f"less than {SMALLEST_DEGREES}°"


def line_words(changes: TrainingChanges, spread: float) -> str:
    """Returns in a line what training changed: how far each part moved, and what that gave.

    Args:
        changes: What was measured of the run, on drawings.
        spread: How far from zero the run's angles started, in radians (its `q_delta`).
    """
    moved = changes.moved
    if not moved:
        return turn_words(changes)
    before, angles, after = (moved[part] for part in (LAYER_BEFORE, ANGLES, LAYER_AFTER))
    words = (
        f"Training moved the circuit's {angles.numbers} angles by {math.degrees(angles.most):.0f}° at most; a gate "
        f"turns by its whole angle, the random start included (spread {spread:g} rad here, {PAPERS_SPREAD:g} in the "
        "paper). As a share of where it began (root mean square), the layer before the circuit moved by "
        f"{before.relative:.0%}, the angles by {angles.relative:.0%}, the layer after by {after.relative:.0%}."
    )
    if changes.trained is None:
        return words
    right = [changes.resets[part].score.correct for part in (LAYER_BEFORE, ANGLES, LAYER_AFTER)]
    return (
        f"{words} With one of these set back, {right[0]}, {right[1]} and {right[2]} drawings are right instead of "
        f"{changes.trained.correct}. {conclusion_words(changes)}"
    )


def angles_reset_words(changes: TrainingChanges, noun: str = "answers") -> str:
    """Says what setting all trained angles back to their start changes; "" where that was not asked."""
    found = changes.resets.get(ANGLES)
    if found is None:
        return ""
    count = len(changes.angles)
    start = "where it started" if count == 1 else "where they started"
    return f"Setting {_all(count)} back to {start} changes {reset_words(changes, ANGLES, noun)}."


def reset_words(changes: TrainingChanges, which: str, noun: str = "answers") -> str:
    """Returns what a comparison gave: "3 of 153 answers: 145 right instead of 146; luck cannot be ruled out (...)".

    Raises:
        KeyError: It was not made.
    """
    found, trained = changes.resets[which], changes.trained
    assert trained is not None  # whoever has resets has it
    start = f"{found.differ} of {found.score.total} {noun}"
    if not found.differ:
        return start
    if found.score.correct == trained.correct:
        return f"{start}, and {trained.correct} are right either way"
    return (
        f"{start}: {found.score.correct} right instead of {trained.correct}; {luck_words(found, len(changes.resets))}"
    )


def luck_words(found: Reset, comparisons: int) -> str:
    """Says whether luck explains such a difference in right answers, with the test's figure and the limit for it.

    Args:
        found: The comparison.
        comparisons: How many are made of this run, for which the limit is divided.
    """
    if found.lost == found.won:
        return "no difference in right answers"
    p = found.p_value
    digits = 2 if p >= 0.1 else 3 if p >= 0.01 else 4
    figure = f"exact McNemar test, p {'< 0.001' if p < 0.001 else f'= {p:.{digits}f}'}"
    if _counts(found, comparisons):
        return f"more than luck explains ({figure})"
    limit = f"{LEVEL}/{comparisons}" if comparisons > 1 else f"{LEVEL}"
    return f"luck cannot be ruled out ({figure}; below {limit} would count)"


def matters(changes: TrainingChanges, part: str) -> bool:
    """Returns whether setting a part back costs more right answers than luck explains."""
    found = changes.resets.get(part)
    return found is not None and found.lost > found.won and _counts(found, len(changes.resets))


def conclusion_words(changes: TrainingChanges) -> str:
    """Says what the answers owe to the training of each part; "" where the comparison was not made."""
    if EVERYTHING not in changes.resets:
        return ""
    if not matters(changes, EVERYTHING):
        return _without_gain_words(changes)
    said = [_right_answers_words(changes), _losses_words(changes)]
    if not any(part in changes.resets for part in NAMES):  # a single part: all of the head is that
        found, trained = changes.resets[EVERYTHING], changes.trained
        assert trained is not None
        said = [f"{trained.correct} of {trained.total} are right instead of {found.score.correct} at the start", ""]
        said[0] += f"; {luck_words(found, len(changes.resets))}"
    return f"{'; '.join(part for part in said if part)}."


def _counts(found: Reset, comparisons: int) -> bool:
    return found.p_value * comparisons < LEVEL


def _without_gain_words(changes: TrainingChanges) -> str:
    """Says that all of training, too, got no more pictures right than luck may have."""
    found, trained, comparisons = changes.resets[EVERYTHING], changes.trained, len(changes.resets)
    assert trained is not None
    if found.lost > found.won:
        decidable = 2 * 0.5 ** (found.lost + found.won) * comparisons < LEVEL  # if all that change changed one way
        luck = "luck cannot be ruled out" if decidable else "so few cannot rule out luck"
        said = f"{trained.correct} of {trained.total} are right instead of {found.score.correct} at the start; {luck}."
    elif _counts(found, comparisons):
        said = "Training got fewer of them right, by more than luck explains."
    else:
        said = "Training got no more of them right."
    if _loss_direction(found) > 0:
        said += f" It made the true class likelier (loss −{found.loss_change:.{_places(found)}f})."
    return said


def _right_answers_words(changes: TrainingChanges) -> str:
    """Says which parts, set back one at a time, cost right answers."""
    names = part_names(changes)
    there = [part for part in names if part in changes.resets]
    costly = [names[part] for part in there if matters(changes, part)]
    if not costly:
        return "No single part, set back, costs clearly more right answers than luck explains"
    if len(costly) == len(there):
        return "Every part, set back, costs more right answers than luck explains"
    if len(costly) == 1:
        return f"Only setting back {costly[0]} costs more right answers than luck explains"
    return f"Setting back {costly[0]} or {costly[1]} costs more right answers than luck explains"


def _losses_words(changes: TrainingChanges) -> str:
    """Says which parts, set back one at a time, change the mean loss by more than two standard errors."""
    names = part_names(changes)
    there = {part: changes.resets[part] for part in names if part in changes.resets}
    worse = {part: found for part, found in there.items() if _loss_direction(found) > 0}
    better = {part: found for part, found in there.items() if _loss_direction(found) < 0}
    said = []
    if worse:
        who = "every part, set back," if len(worse) == len(there) else _setting_back(names, worse)
        said.append(f"{who} makes the true class less likely ({_losses(worse)})")
    if better:
        said.append(f"{_setting_back(names, better)} makes the true class likelier ({_losses(better)})")
    return "; ".join(said)


def _setting_back(names: Mapping[str, str], parts: Iterable[str]) -> str:
    return f"setting back {' or '.join(names[part] for part in parts)}"


def _losses(resets: Mapping[str, Reset]) -> str:
    places = max(map(_places, resets.values()))  # the same for all, so that they can be held beside one another
    return "loss " + ", ".join(f"{found.loss_change:+.{places}f}".replace("-", "−") for found in resets.values())


def _places(found: Reset) -> int:
    """Decimal places that show a change other than 0."""
    return 2 if abs(found.loss_change) >= 0.005 else 4


def _loss_direction(found: Reset) -> int:
    """Returns 1 or -1 where setting back raises or lowers the loss beyond its standard errors, else 0."""
    limit = STANDARD_ERRORS * found.loss_error
    return int(found.loss_change > limit) - int(found.loss_change < -limit)  # 0 too where there is no error (NaN)


def where_learnt_words(changes: TrainingChanges) -> str:
    """Says in one short plain sentence which parts hold what was learnt, the circuit's angles named either way."""
    if LAYER_BEFORE not in changes.resets or not matters(changes, EVERYTHING) or not changes.model.spec.has_circuit:
        return conclusion_words(changes) or turn_words(changes)
    layers = [NAMES[part] for part in NAMES if matters(changes, part)]
    if matters(changes, ANGLES) or not layers:
        return conclusion_words(changes)
    around = "the layers before and after the circuit" if len(layers) > 1 else layers[0]
    return f"What it learnt lies in {around}; training the circuit's own angles added no right answers beyond luck."


def circuit_words(changes: TrainingChanges, noun: str = "answers") -> tuple[str, ...]:
    """Returns sentences on the circuit itself: all its trained angles at zero, and its CNOTs taken out."""
    words = []
    if ZERO_ANGLES in changes.resets:
        angles = _all(len(changes.angles))
        change = reset_words(changes, ZERO_ANGLES, noun)
        words.append(f"Setting {angles} to zero, with the CNOTs left in, changes {change}.")
    if NO_CNOTS in changes.resets:
        change = reset_words(changes, NO_CNOTS, noun)
        words.append(f"Taking out all CNOTs, with nothing trained anew, changes {change}.")
    return tuple(words)


def changes_record(changes: TrainingChanges) -> dict[str, Any]:
    """Returns the numbers and sentences as plain values, for JSON; angles in radians."""
    resets = {name: asdict(reset) | {"p_value": reset.p_value} for name, reset in changes.resets.items()}
    return {
        "moved": {part: asdict(moved) for part, moved in changes.moved.items()},
        "angles": changes.angles.tolist() if changes.moved else None,
        "trained": asdict(changes.trained) if changes.trained else None,
        "set_back": resets,
        "summary": summary_words(changes),
    }


def _all(count: int) -> str:
    return "the one angle" if count == 1 else "both angles" if count == 2 else f"all {count} angles"
