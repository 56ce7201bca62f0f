"""A study in sentences: what is asked, what came out of it, and what that does not show."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.studies.comparisons import FEWEST_PAIRS, Comparison, pairs_of, repeat_comparison
from qtl_core.studies.limits import limits_words
from qtl_core.studies.naming import counted, place_words, setting_words, small, time_words, value_words
from qtl_core.studies.plan import BASE, READING, Axis, StudyPlan, Value
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.sampling import SAMPLERS, RandomSample, Search, grid_size
from qtl_core.studies.winner import Best, best_of, is_choice, repeated

MOST_SAID = 3  # differences that are named one by one
MANY = 6  # settings, of which the best is flattered enough to say so

__all__ = [
    "comparison_words",
    "counted",
    "limits_words",
    "place_words",
    "plan_words",
    "result_words",
    "searched_words",
    "setting_words",
    "time_words",
    "value_words",
]


def plan_words(plan: StudyPlan) -> str:
    """Returns the plan as one sentence."""
    axes = " × ".join(f"{setting_words(axis.setting)} {_values(axis)}" for axis in plan.axes)
    parts = [axes or "one setting", _chosen_words(plan), f"{_repeats(plan)} each", _read_words(plan)]
    text = ", ".join(filter(None, parts))
    return f"{_capital(text)}: {_runs_words(plan)}{_budget_words(plan)}."


def _chosen_words(plan: StudyPlan) -> str:
    """Returns which cells of the grid are trained, where these are not all."""
    sampling, of = plan.sampling, grid_size(plan.axes)
    if isinstance(sampling, RandomSample):
        return f"{sampling.count(plan.axes):,} of these {of:,} settings drawn at random"
    if isinstance(sampling, Search):
        how = SAMPLERS[sampling.sampler].split(":")[0]
        return f"of these {of:,} settings a search asks for at most {sampling.count(plan.axes):,} ({small(how)})"
    return ""


def _repeats(plan: StudyPlan) -> str:
    seeds = counted(plan.seeds, "seed")
    return f"{plan.folds} folds and {seeds}" if plan.folds else seeds


def _read_words(plan: StudyPlan) -> str:
    return "trained exactly and read out so afterwards" if plan.noise_at == READING else ""


def _runs_words(plan: StudyPlan) -> str:
    if isinstance(plan.sampling, Search):
        return f"at most {counted(plan.planned, 'run')}"
    distinct = len(plan.runs())
    same = f" (of {plan.size:,}: where a head does not read a setting, its runs are the same)"
    return f"{counted(distinct, 'run')}{'' if distinct == plan.size else same}"


def _budget_words(plan: StudyPlan) -> str:
    return f", ended after {time_words(plan.budget_seconds)} of training" if plan.budget_seconds else ""


def _values(axis: Axis) -> str:
    return ", ".join(value_words(axis.setting, value) for value in axis.values)


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


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
    rest = f"{_torn_words(found)}{searched_words(plan, rows, measure)}{_missing_words(plan, rows)}"
    if not plan.axes:
        return f"{_spread_words(plan, rows, measure)}{rest}"
    if not found:
        none = "" if isinstance(plan.sampling, Search) and rows else _why_none(plan)
        return f"{none}{rest}".strip() or "Nothing came out yet."
    real = sorted((each for each in found if not each.is_luck), key=lambda each: -abs(each.difference))
    count = counted(len(found), "comparison")
    if not real:
        largest, reach = max(found, key=lambda each: abs(each.difference)), max(max(-e.low, e.high) for e in found)
        none = f"No difference in {MEASURES[measure]} that luck would not give, in {count}"
        widest = f"no interval reaches beyond {_in_units(reach, measure)}"
        return f"{none}; the largest: {_difference_words(plan, largest, measure)}; {widest}.{rest}"
    named = "; ".join(_difference_words(plan, each, measure) for each in real[:MOST_SAID])
    more = f"; and {len(real) - MOST_SAID} more" if len(real) > MOST_SAID else ""
    return f"In {MEASURES[measure]}, {len(real)} of {count} differ by more than luck explains: {named}{more}.{rest}"


def _torn_words(found: Sequence[Comparison]) -> str:
    """Says where an interval leaves out zero and the test does not agree; "" where there is no such comparison."""
    torn = sum(not each.low <= 0 <= each.high and each.p > ALPHA for each in found)
    if not torn:
        return ""
    which = "In one comparison" if torn == 1 else f"In {torn:,} comparisons"
    return (
        f" {which} the interval leaves out zero and the test does not, each taken alone: the interval is of the mean, "
        "which a few runs far off can move, the test of ranks, which they hardly move."
    )


def searched_words(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> str:
    """Returns which setting is best, of how many, and what it does with seeds that chose nothing; "" of few settings.

    Args:
        plan: The study.
        rows: Its rows so far.
        measure: What its repeat is judged by.
    """
    best = best_of(plan, rows) if is_choice(plan) else None
    if best is None or (best.of <= MANY and plan.repeat is None):
        return ""
    found = _figure(best.value, best.measure)
    of = f"of {best.of:,} settings looked at" + (" by the search" if isinstance(plan.sampling, Search) else "")
    place = place_words(best.cell.at)
    said = (
        f" The best {of} is {place}, with {found} in {MEASURES[best.measure]} over {counted(best.runs, 'run')}: the "
        f"best of {best.of:,} is flattered, by what chance alone adds to the highest."
    )
    return f"{said}{_repeat_words(plan, rows, best, measure)}"


def _repeat_words(plan: StudyPlan, rows: Mapping[str, Row], best: Best, measure: str) -> str:
    if plan.repeat is None:
        return " A repeat with fresh seeds says what it really does."
    at = plan.cell(plan.repeat.at).at
    again = "it" if dict(at) == dict(best.cell.at) else place_words(at)
    found = repeated(plan, rows, measure)
    if found is None:
        return f" With {plan.repeat.seeds} fresh seeds {again} is not trained yet."
    beside = f" With {found.seeds} fresh seeds {again} has {_figure(found.best, measure)} in {MEASURES[measure]}"
    if dict(at) == dict(plan.base_cell().at):
        return f"{beside}; these are the settings chosen."
    beside += f", the settings chosen {_figure(found.chosen, measure)}"
    compared = repeat_comparison(plan, rows, measure)
    if compared is None:
        return f"{beside}; it takes {FEWEST_PAIRS} seeds, and settings that differ, to compare them."
    ends = f"{_in_units(compared.low, measure, '')} to {_in_units(compared.high, measure, '')}"
    luck = "luck may well give that" if compared.is_luck else "more than luck explains"
    gap = f"a difference of {_in_units(compared.difference, measure)} ({ends}), {_p_words(compared.p)}, {luck}"
    return f"{beside}: {gap}; this comparison was not searched for."


def _difference_words(plan: StudyPlan, each: Comparison, measure: str) -> str:
    a, b, at = comparison_words(plan, each)
    (first, second), sign = ((a, b), 1) if each.difference > 0 else ((b, a), -1)
    low, high = sorted((sign * each.low, sign * each.high))
    size = (
        f"{_in_units(abs(each.difference), measure)} ({_in_units(low, measure, '')} to {_in_units(high, measure, '')})"
    )
    pairs = counted(each.pairs, "fold" if plan.folds else "seed")
    at = f" at {at}" if at else ""
    return f"{first} is {size} above {second}{at} (corrected {_p_words(each.p_corrected)}, {pairs})"


def comparison_words(plan: StudyPlan, each: Comparison) -> tuple[str, str, str]:
    """Returns both sides of a comparison, and where it is made, as they are called."""
    shared = {} if plan.compare == BASE else each.at
    at = place_words(shared, bare=False)
    return _side(plan, each, each.a), _side(plan, each, each.b), at


def _side(plan: StudyPlan, each: Comparison, value: Value) -> str:
    """Returns a side of a comparison; with its values of all axes where it is set against the settings chosen."""
    names = [axis.setting for axis in plan.axes]
    own = value if isinstance(value, Mapping) else {name: value for name in names if name not in each.at}
    whole = {**each.at, **own} if plan.compare == BASE else own
    return place_words({name: whole[name] for name in names if name in whole})


def _p_words(p: float) -> str:
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _in_units(value: float, measure: str, unit: str = " points") -> str:
    """Returns a difference in percentage points of accuracy, or a loss as it is."""
    if not measure.endswith("accuracy"):
        return f"{value:.4f}"
    text = f"{100 * value:.1f}"
    return f"{'0.0' if float(text) == 0 else text}{unit}"


def _figure(value: float, measure: str) -> str:
    return f"{100 * value:.1f}%" if measure.endswith("accuracy") else f"{value:.4f}"


def _missing_words(plan: StudyPlan, rows: Mapping[str, Row]) -> str:
    runs = plan.runs()
    left = len(runs) - sum(key in rows for key in runs)
    broken = sum(rows[key].broke_down > 0 for key in runs if key in rows)
    budget = f" Its budget is {time_words(plan.budget_seconds)}." if plan.budget_seconds and left else ""
    said = f" {left:,} of {len(runs):,} runs are not trained yet.{budget}" if left else ""
    return f"{said} {counted(broken, 'run')} broke down and count nowhere." if broken else said


def _why_none(plan: StudyPlan) -> str:
    if isinstance(plan.sampling, Search):
        return "Nothing came out yet."
    if not pairs_of(plan):
        return "Nothing is compared: there are no two settings beside each other."
    pairs = "folds" if plan.folds else "seeds"
    return f"Nothing is compared: it takes {FEWEST_PAIRS} {pairs} that both sides have, and sides that differ."


def _spread_words(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> str:
    there = (rows[key] for key in plan.runs() if key in rows)
    values = sorted(value for row in there if (value := row.measure(measure)) is not None)
    if not values:
        return "Nothing came out yet."
    middle, ends = statistics.median(values), (values[0], values[-1])
    spread = f"{_figure(middle, measure)} in the middle, {_figure(ends[0], measure)} to {_figure(ends[1], measure)}"
    over = counted(len(values), "run" if plan.folds else "seed")
    return f"Over {over} the {MEASURES[measure]} is {spread}.{_half_words(values, measure)}"


def _half_words(values: Sequence[float], measure: str) -> str:
    """Says how far apart two runs lie whose settings are the same; "" of few."""
    if len(values) < 2 * FEWEST_PAIRS:
        return ""
    gaps = sorted(abs(first - second) for place, first in enumerate(values) for second in values[:place])
    usual, large = statistics.median(gaps), gaps[int(0.95 * (len(gaps) - 1))]
    return (
        f" Two runs of the same settings are {_in_units(usual, measure)} apart in the middle, and one pair in twenty "
        f"more than {_in_units(large, measure)}: a single run that is better by less shows nothing."
    )
