"""A study in sentences: what is asked, what came out of it, and what that does not show."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.studies.axes import axis_spec
from qtl_core.studies.comparisons import FEWEST_PAIRS, Comparison, pairs_of
from qtl_core.studies.plan import Axis, StudyPlan, Value
from qtl_core.studies.rows import MEASURES, Row

MOST_SAID = 3  # differences that are named one by one


def plan_words(plan: StudyPlan) -> str:
    """Returns the plan as one sentence."""
    axes = " × ".join(f"{setting_words(axis.setting)} {_values(axis)}" for axis in plan.axes)
    distinct, seeds = len(plan.runs()), f"{plan.seeds:,} seed{'s' if plan.seeds != 1 else ''}"
    runs = f"{distinct:,} run{'s' if distinct != 1 else ''}"
    same = f" (of {plan.size:,}: where a head does not read a setting, its runs are the same)"
    shared = "" if distinct == plan.size else same
    return f"{axes or 'One setting'}, {seeds} each: {runs}{shared}."


def _values(axis: Axis) -> str:
    return ", ".join(value_words(axis.setting, value) for value in axis.values)


def setting_words(setting: str) -> str:
    """Returns what a setting is called within a sentence."""
    label = axis_spec(setting).label
    return label if label[1:2].isupper() else f"{label[0].lower()}{label[1:]}"


def value_words(setting: str, value: Value) -> str:
    """Returns a value as people call it: a choice by its label, a flag as yes or no, a number with its digits."""
    spec = axis_spec(setting)
    if spec.kind == "choice":
        return next((choice.label for choice in spec.choices if choice.value == value), str(value)).lower()
    if spec.kind == "flag":
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value) or "none"


def result_words(
    plan: StudyPlan, rows: Mapping[str, Row], found: Sequence[Comparison], measure: str, facts: Mapping[str, Any]
) -> str:
    """Returns what came out, chosen from the numbers: which differences luck would hardly give, and by how much.

    Args:
        plan: The study.
        rows: Its rows so far.
        found: What `compared` gave for them.
        measure: What was compared.
        facts: What the study keeps of its pictures; see `execution.train_study`.
    """
    missing = _missing_words(plan, rows)
    if not plan.axes:
        return f"{_spread_words(rows, measure)}{missing}"
    if not found:
        return f"{_why_none(plan)}{missing}"
    real = sorted((each for each in found if not each.is_luck), key=lambda each: -abs(each.difference))
    count = f"{len(found)} comparison{'s' if len(found) != 1 else ''}"
    if not real:
        largest = max(abs(each.difference) for each in found)
        none = f"No difference in {MEASURES[measure]} that luck would not give"
        return f"{none}, in {count}; the largest is {_in_units(largest, measure)}.{missing}"
    named = "; ".join(_difference_words(plan, each, measure) for each in real[:MOST_SAID])
    more = f"; and {len(real) - MOST_SAID} more" if len(real) > MOST_SAID else ""
    return f"In {MEASURES[measure]}, {len(real)} of {count} differ by more than luck explains: {named}{more}.{missing}"


def limits_words(plan: StudyPlan, measure: str, facts: Mapping[str, Any]) -> str:
    """Returns what the result does not show."""
    noun, size = facts.get("noun", "pictures"), facts.get("test_size" if measure == "test_accuracy" else "val_size", 0)
    one = f" One of {size:,} {noun} is {100 / size:.2g} points here." if size and measure.endswith("accuracy") else ""
    return (
        f"The seeds vary where training begins and its order, not the {noun}: another draw of {noun} may say otherwise."
        f"{one} Holm's correction holds the chance of a false difference at {ALPHA:.0%} over all comparisons together."
    )


def _difference_words(plan: StudyPlan, each: Comparison, measure: str) -> str:
    a, b = (value_words(plan.axes[0].setting, value) for value in (each.a, each.b))
    (first, second), sign = ((a, b), 1) if each.difference > 0 else ((b, a), -1)
    low, high = sorted((sign * each.low, sign * each.high))
    size = (
        f"{_in_units(abs(each.difference), measure)} ({_in_units(low, measure, '')} to {_in_units(high, measure, '')})"
    )
    at = ", ".join(f"{setting_words(name)} {value_words(name, value)}" for name, value in each.at.items())
    p = "p < 0.001" if each.p_corrected < 0.001 else f"p = {each.p_corrected:.3f}"
    return f"{first} is {size} above {second}{f' at {at}' if at else ''} (corrected {p}, {each.pairs} seeds)"


def _in_units(value: float, measure: str, unit: str = " points") -> str:
    """Returns a difference in percentage points of accuracy, or a loss as it is."""
    return f"{100 * value:.1f}{unit}" if measure.endswith("accuracy") else f"{value:.4f}"


def _missing_words(plan: StudyPlan, rows: Mapping[str, Row]) -> str:
    runs = plan.runs()
    left = len(runs) - sum(key in rows for key in runs)
    broken = sum(row.broke_down > 0 for row in rows.values())
    said = f" {left:,} of {len(runs):,} runs are not trained yet." if left else ""
    return f"{said} {broken:,} run{'s' if broken != 1 else ''} broke down and count nowhere." if broken else said


def _why_none(plan: StudyPlan) -> str:
    if not pairs_of(plan):
        return "There is one value only, so nothing is compared."
    return f"Nothing is compared: it takes {FEWEST_PAIRS} seeds that both sides have, and sides that differ."


def _spread_words(rows: Mapping[str, Row], measure: str) -> str:
    values = [value for row in rows.values() if (value := row.measure(measure)) is not None]
    if not values:
        return "Nothing came out yet."
    spread = f"{statistics.median(values):.4f} in the middle, {min(values):.4f} to {max(values):.4f}"
    return f"Over {len(values):,} seeds the {MEASURES[measure]} is {spread}."
