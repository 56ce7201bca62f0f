"""Sentences on what training changed, each chosen from the numbers of `training_changes`.

A part is said to matter where setting it back costs more right answers than luck would (exact McNemar test at 5%,
divided by the three parts that are compared).
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from qtl_core.explain.training_changes import (
    ANGLES,
    EVERYTHING,
    LAYER_AFTER,
    LAYER_BEFORE,
    NO_CNOTS,
    PARTS,
    ZERO_ANGLES,
    Reset,
    TrainingChanges,
)

LEVEL = 0.05
BARELY_DEGREES = 5.0  # of a turn: it moves an expectation value by less than 0.09 of its range from -1 to 1
NAMES = {LAYER_BEFORE: "the layer before the circuit", LAYER_AFTER: "the layer after it"}


def summary_words(changes: TrainingChanges, noun: str = "answers") -> str:
    """Returns the whole of it in a few sentences: how far angles turned, what that changes, where the learning lies.

    Args:
        changes: The numbers.
        noun: What the pictures' answers are called.
    """
    parts = turn_words(changes), angles_reset_words(changes, noun), conclusion_words(changes)
    return " ".join(part for part in parts if part)


def turn_words(changes: TrainingChanges) -> str:
    """Says how far training turned the circuit's angles."""
    count = len(changes.angles)
    if not count:
        return "The circuit has no angles that are trained."
    if not changes.moved:
        return "How far training turned the circuit's angles is not known: it was trained elsewhere."
    moved = changes.moved[ANGLES]
    most, rms = math.degrees(moved.most), math.degrees(moved.rms)
    if not moved.most:
        return f"Training has not turned any of the circuit's {count} angles."
    if most < BARELY_DEGREES:
        return f"Training turned no angle of the circuit by more than {most:.1f}° (root mean square {rms:.1f}°)."
    return f"Training turned the circuit's {count} angles by up to {most:.1f}° (root mean square {rms:.1f}°)."


def angles_reset_words(changes: TrainingChanges, noun: str = "answers") -> str:
    """Says what setting all trained angles back to their start changes; "" where that was not asked."""
    found = changes.resets.get(ANGLES)
    if found is None:
        return ""
    return (
        f"Setting {_all(len(changes.angles))} back to where they started changes {reset_words(changes, ANGLES, noun)}."
    )


def reset_words(changes: TrainingChanges, which: str, noun: str = "answers") -> str:
    """Returns what a comparison gave: "3 of 153 answers: 145 right instead of 146, no more than luck gives (...)".

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
    return f"{start}: {found.score.correct} right instead of {trained.correct}, {luck_words(found)}"


def luck_words(found: Reset) -> str:
    """Says whether luck would give such a difference in right answers, with the test's figure."""
    if found.lost == found.won:
        return "no difference in right answers"
    p = found.p_value
    figure = f"exact McNemar test, p {'< 0.001' if p < 0.001 else f'= {p:.3f}' if p < 0.1 else f'= {p:.2f}'}"
    return f"{'more than' if p * len(PARTS) < LEVEL else 'no more than'} luck gives ({figure})"


def matters(changes: TrainingChanges, part: str) -> bool:
    """Returns whether setting a part back costs more right answers than luck would."""
    found = changes.resets.get(part)
    return found is not None and found.lost > found.won and found.p_value * len(PARTS) < LEVEL


def conclusion_words(changes: TrainingChanges) -> str:
    """Says in which part what was learnt lies; "" where the comparison was not made."""
    if LAYER_BEFORE not in changes.resets:
        return ""
    if not matters(changes, EVERYTHING):
        return "All in all training made it no better at these pictures than its random start, beyond luck."
    layers = [NAMES[part] for part in NAMES if matters(changes, part)]
    places = " and ".join(layers)
    if matters(changes, ANGLES):
        also = f", and in {places}" if layers else ""
        return f"What was learnt lies in the circuit's own angles{also}."
    if layers:
        return f"What was learnt lies in {places}."
    return "No part by itself holds what was learnt: any one of them can be set back without losing more than by luck."


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
