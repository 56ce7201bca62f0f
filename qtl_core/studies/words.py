"""A study in sentences: what is asked, what came out of it, and what that does not show."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.studies.comparisons import (
    FAR,
    FEWEST_PAIRS,
    MOST_AGAINST_ALL,
    Comparison,
    least_p,
    pairs_needed,
    pairs_of,
    planned_comparisons,
    repeat_comparison,
)
from qtl_core.studies.limits import limits_words
from qtl_core.studies.naming import (
    capital,
    counted,
    difference_words,
    figure_words,
    place_words,
    setting_words,
    small,
    time_words,
    value_words,
)
from qtl_core.studies.plan import BASE, READING, Axis, StudyPlan, Value
from qtl_core.studies.rows import LOSSES, MEASURES, Row
from qtl_core.studies.sampling import SAMPLERS, RandomSample, Search, grid_size
from qtl_core.studies.winner import Best, best_of, is_choice, repeated

MOST_SAID = 3  # differences that are named one by one
MANY = 6  # settings, of which the best is flattered enough to say so

__all__ = [
    "asked_words",
    "comparison_words",
    "counted",
    "limits_words",
    "p_figure",
    "place_words",
    "plan_words",
    "power_words",
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
    return f"{capital(text)}: {_runs_words(plan)}{_budget_words(plan)}."


def asked_words(plan: StudyPlan) -> str:
    """Returns the plan as a sentence, and what it cannot show however it comes out."""
    return " ".join(filter(None, (plan_words(plan), power_words(plan))))


def power_words(plan: StudyPlan) -> str:
    """Returns what is to be known before Start: that no difference could count, or what is not compared; mostly ""."""
    comparisons, pairs, unit = planned_comparisons(plan), plan.folds or plan.seeds, "fold" if plan.folds else "seed"
    if not comparisons:
        return ""
    said = []
    if least_p(pairs, comparisons) > ALPHA or pairs < FEWEST_PAIRS:
        amounts = f"With {counted(pairs, unit)} and {counted(comparisons, 'comparison')}"
        said.append(
            f"{amounts} no difference could count, however large: it takes {pairs_needed(comparisons)} {unit}s."
        )
    if plan.axes and plan.compare != BASE and len(plan.axes[0].values) > MOST_AGAINST_ALL:
        axis = plan.axes[0]
        first = value_words(axis.setting, axis.values[0])
        said.append(f"Of {len(axis.values)} values each is compared with the first alone: {first}.")
    return " ".join(said)


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
    if isinstance(plan.sampling, Search) and not plan.sampling.is_over(plan.axes):
        return f"at most {counted(plan.planned, 'run')}"
    distinct = len(plan.runs())
    again = distinct - len({run.key for cell in plan.cells() for run in plan.runs_of(cell)}) if plan.repeat else 0
    size = plan.size - (2 * plan.repeat.seeds if plan.repeat else 0)
    size = min(size, plan.runs_a_cell * len(plan.cells()))
    own = distinct - again
    same = "" if own == size else f" (of {size:,}: {_why_same(plan)})"
    repeat = f" + {again:,} of the repeat" if plan.repeat else ""
    return f"{counted(own, 'run')}{same}{repeat}"


def _why_same(plan: StudyPlan) -> str:
    """Returns why there are fewer runs than combinations."""
    if plan.folds and any("augmentation" in axis.settings for axis in plan.axes):
        return "over folds augmentation is off, and its runs are the same"
    return "where a setting does not count, its runs are the same"


def _budget_words(plan: StudyPlan) -> str:
    return f", ended after {time_words(plan.budget_seconds)} of training" if plan.budget_seconds else ""


def _values(axis: Axis) -> str:
    return ", ".join(value_words(axis.setting, value) for value in axis.values)


def result_words(
    plan: StudyPlan, rows: Mapping[str, Row], found: Sequence[Comparison], measure: str, facts: Mapping[str, Any]
) -> str:
    """Returns what came out, chosen from the numbers: which differences luck would hardly give, and by how much.

    Args:
        plan: The study.
        rows: Its rows so far.
        found: What `compared` gave for them.
        measure: What was compared.
        facts: What the study keeps of its pictures, see `execution.train_study`; with the `seconds` that it took.
    """
    rest = f"{searched_words(plan, rows, measure, facts)}{_missing_words(plan, rows)}"
    if not plan.axes:
        return f"{_spread_words(plan, rows, measure)}{rest}"
    if not found:
        none = _why_none(plan) if rows or not isinstance(plan.sampling, Search) else ""
        return f"{none}{rest}".strip() or "Nothing came out yet."
    if is_under_way(plan, rows, facts):
        return f"{_so_far_words(plan, found, measure)}{rest}"
    return f"{_verdict_words(plan, found, measure)}{_narrow_words(found)}{rest}"


def is_under_way(plan: StudyPlan, rows: Mapping[str, Row], facts: Mapping[str, Any]) -> bool:
    """Returns whether runs are to come; once its budget is spent, what is there is all."""
    return not plan.is_spent(facts.get("seconds", 0)) and any(key not in rows for key in plan.runs())


def _so_far_words(plan: StudyPlan, found: Sequence[Comparison], measure: str) -> str:
    """Says what is there without a verdict: whoever ends a study when it looks good finds what is not there."""
    largest = max(found, key=lambda each: abs(each.difference))
    said = _difference_words(plan, largest, measure, with_p=False)
    count = counted(len(found), "comparison")
    return f"So far, in {count} of {MEASURES[measure]}, the largest difference: {said}; what counts is said at the end."


def _verdict_words(plan: StudyPlan, found: Sequence[Comparison], measure: str) -> str:
    """Says which differences count, where ranks and mean disagree, and that none could where that is so."""
    real = sorted((each for each in found if each.counts), key=lambda each: -abs(each.difference))
    torn = [each for each in found if each.is_torn]
    said = [_real_words(plan, found, real, measure)] if real else []
    said += [_torn_words(plan, torn, measure)] if torn else []
    if said:
        return " ".join(said)
    largest = max(found, key=lambda each: abs(each.difference))
    widest = f"the largest: {_difference_words(plan, largest, measure)}"
    if least_p(max(each.pairs for each in found), len(found)) > ALPHA:
        unit, pairs = ("fold" if plan.folds else "seed"), max(each.pairs for each in found)
        amounts = f"With {counted(pairs, unit)} and {counted(len(found), 'comparison')} of {MEASURES[measure]}"
        return f"{amounts} no difference could count: it takes {pairs_needed(len(found))} {unit}s; {widest}."
    none = f"No difference in {MEASURES[measure]} that luck would not give, in {counted(len(found), 'comparison')}"
    if not any(each.above or each.below for each in found):
        return f"{none}: {_all_equal_words(plan, found)}."
    reach = max(max(-each.low, each.high) for each in found)
    alone = " (each of its own comparison)" if len(found) > 1 else ""
    return f"{none}; {widest}; no interval{alone} reaches beyond {difference_words(reach, measure)}."


def _all_equal_words(plan: StudyPlan, found: Sequence[Comparison]) -> str:
    pairs, unit = sum(each.pairs for each in found), "fold" if plan.folds else "seed"
    each = f"on all {pairs} {unit}s both" if len(found) == 1 else f"all {pairs:,} pairs"
    return f"{each} came out equal"


def _real_words(plan: StudyPlan, found: Sequence[Comparison], real: Sequence[Comparison], measure: str) -> str:
    named = "; ".join(_difference_words(plan, each, measure) for each in real[:MOST_SAID])
    more = f"; and {len(real) - MOST_SAID} more" if len(real) > MOST_SAID else ""
    differ = f"{len(real)} of {len(found)} comparisons {'differs' if len(real) == 1 else 'differ'}"
    differ = "the one comparison differs" if len(found) == 1 else differ
    return f"In {MEASURES[measure]}, {differ} by more than luck explains: {named}{more}."


def _torn_words(plan: StudyPlan, torn: Sequence[Comparison], measure: str) -> str:
    """Says where the test of ranks finds a difference that the mean does not show."""
    largest = max(torn, key=lambda each: abs(each.ranks))
    sign = 1 if largest.ranks > 0 else -1
    a, b, at = comparison_words(plan, largest)
    better, other = (a, b) if sign > 0 else (b, a)
    wins = largest.above if sign > 0 else largest.below
    word, unit = ("above" if measure in LOSSES else "better"), "fold" if plan.folds else "seed"
    low, high = sorted((sign * largest.low, sign * largest.high))
    spread = f"{difference_words(sign * largest.difference, measure)} ({_span(low, high, measure)})"
    where = f" at {at}" if at else ""
    of = f"of {counted(largest.pairs, unit)}, corrected {_p_words(largest.p_corrected)}"
    count = "one comparison" if len(torn) == 1 else f"{len(torn)} comparisons"
    first = "" if len(torn) == 1 else "for one, "
    return (
        f"In {count} ranks and mean disagree in {MEASURES[measure]}, so no side is named: {first}{better} is {word} "
        f"than {other}{where} on {wins} {of}, and yet the mean difference is {spread}{_failed_words(plan, largest)}."
    ).replace("above than", "above")


def _narrow_words(found: Sequence[Comparison]) -> str:
    """Says in how many comparisons the interval leaves out zero while the test calls no difference; and why."""
    narrow = [each for each in found if each.is_luck and each.low * each.high > 0]
    if not narrow:
        return ""
    count = "one comparison" if len(narrow) == 1 else f"{len(narrow)} comparisons"
    corrected = sum(each.p <= ALPHA for each in narrow)
    it = f" In {count} the interval leaves out zero and the test does not count that:"
    if corrected == len(narrow):
        return f"{it} p is corrected for all {len(found)} comparisons, and an interval is of its own alone."
    few = "the interval is of the mean, the test of ranks, and the two disagree"
    if not corrected:
        return f"{it} {few}."
    return f"{it} in {corrected} p is corrected for all {len(found)} comparisons, in the others {few}."


def searched_words(
    plan: StudyPlan, rows: Mapping[str, Row], measure: str, facts: Mapping[str, Any] | None = None
) -> str:
    """Returns which setting is best, of how many, and what it does with seeds that chose nothing; "" of few settings.

    Args:
        plan: The study.
        rows: Its rows so far.
        measure: What its repeat is judged by.
        facts: What the study keeps of its pictures.
    """
    best = best_of(plan, rows) if is_choice(plan) else None
    if best is None or (best.of <= MANY and plan.repeat is None):
        return ""
    found = figure_words(best.value, best.measure)
    of = f"of {best.of:,} settings looked at" + (" by the search" if isinstance(plan.sampling, Search) else "")
    equal = f"; {counted(best.ties, 'other')} came out equal" if best.ties else ""
    left = f"; {counted(best.left_out, 'setting')} with runs that broke down or are missing left out"
    said = (
        f" The best {of} is {place_words(best.at)}, with {found} in {MEASURES[best.measure]} over "
        f"{counted(best.runs, 'run')}{equal}{left if best.left_out else ''}: the best of {best.of:,} is flattered, by "
        "what chance alone adds to the highest."
    )
    return f"{said}{_repeat_words(plan, rows, best, measure, facts or {})}"


def _same_judges(measure: str, chosen_by: str, facts: Mapping[str, Any]) -> str:
    """Returns what judged a repeat, where that also chose; "" where it did not."""
    is_test = measure == "test_accuracy"
    if is_test != (chosen_by == "test_accuracy"):
        return ""
    size = facts.get("test_size" if is_test else "val_size", 0)
    return f"these {size:,} {facts.get('noun', 'pictures')}" if size else f"these {facts.get('noun', 'pictures')}"


def _repeat_words(plan: StudyPlan, rows: Mapping[str, Row], best: Best, measure: str, facts: Mapping[str, Any]) -> str:
    judges = _same_judges(measure, best.measure, facts)
    if plan.repeat is None:
        not_that = f", not that of {judges}" if judges else ""
        return f" A repeat with fresh seeds removes the luck of seeds{not_that}."
    at = plan.cell(plan.repeat.at).at
    again = "it" if dict(at) == dict(best.cell.at) else place_words(at)
    found = repeated(plan, rows, measure)
    if found is None:
        return f" With {plan.repeat.seeds} fresh seeds {again} is not trained yet."
    fresh = counted(found.seeds, "fresh seed")
    beside = f" With {fresh} {again} has {figure_words(found.best, measure)} in {MEASURES[measure]}"
    if dict(at) == dict(plan.base_cell().at):
        return f"{beside}; these are the settings chosen, so there is nothing to compare it with."
    beside += f", the settings chosen {figure_words(found.chosen, measure)}"
    compared = repeat_comparison(plan, rows, measure)
    if compared is None:
        return f"{beside}; it takes {FEWEST_PAIRS} seeds, and settings that differ, to compare them."
    luck = "luck may well give that" if compared.is_luck else "more than luck explains"
    luck = "ranks and mean disagree" if compared.is_torn else luck
    chose = f"no fresh seed chose it, but {judges} did" if judges else "neither its seeds nor what judges here chose it"
    ends = _span(compared.low, compared.high, measure)
    gap = f"a difference of {difference_words(compared.difference, measure)} ({ends}), {_p_words(compared.p)}, {luck}"
    return f"{beside}: {gap}; {chose}."


def _span(low: float, high: float, measure: str) -> str:
    return f"{difference_words(low, measure, '')} to {difference_words(high, measure, '')}"


def _difference_words(plan: StudyPlan, each: Comparison, measure: str, *, with_p: bool = True) -> str:
    a, b, at = comparison_words(plan, each)
    (first, second), sign = ((a, b), 1) if each.difference > 0 else ((b, a), -1)
    low, high = sorted((sign * each.low, sign * each.high))
    size = f"{difference_words(abs(each.difference), measure)} ({_span(low, high, measure)})"
    wins, unit = (each.above if sign > 0 else each.below), "fold" if plan.folds else "seed"
    is_loss = measure in LOSSES
    on = f"{'worse' if is_loss else 'better'} on {wins} of {counted(each.pairs, unit)}"
    p = f", corrected {_p_words(each.p_corrected)}" if with_p else ""
    at, worse = (f" at {at}" if at else ""), (" (worse)" if is_loss else "")
    return f"{first} is {size} above{worse} {second}{at} ({on}{p}{_failed_words(plan, each)})"


def _failed_words(plan: StudyPlan, each: Comparison) -> str:
    """Says of which side runs broke down, which flatters those left, or came out far below the others of that side."""
    a, b, _ = comparison_words(plan, each)
    runs, pairs = plan.runs_a_cell, counted(each.pairs, "fold" if plan.folds else "seed")
    broken = [f"{count} of {runs} runs of {name}" for name, count in ((a, each.broken_a), (b, each.broken_b)) if count]
    far = [f"{name} on {count} of {pairs}" for name, count in ((a, each.far_a), (b, each.far_b)) if count]
    said = f", {' and '.join(broken)} broke down, which flatters those left" if broken else ""
    below = f"more than {100 * FAR:.0f} points below the median"
    return f"{said}, {' and '.join(far)} {below}" if far else said


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
    return "p < 0.001" if p < 0.001 else f"p = {p_figure(p)}"


def p_figure(p: float) -> str:
    """Returns a p-value with three digits, and as many more as tell it from the level."""
    digits = next((count for count in range(3, 9) if round(p, count) != ALPHA or p == ALPHA), 9)
    return f"{p:.{digits}f}"


def _missing_words(plan: StudyPlan, rows: Mapping[str, Row]) -> str:
    runs = plan.runs()
    left = len(runs) - sum(key in rows for key in runs)
    broken = sum(rows[key].broke_down > 0 for key in runs if key in rows)
    budget = f" Its budget is {time_words(plan.budget_seconds)}." if plan.budget_seconds and left else ""
    said = f" {left:,} of {len(runs):,} runs are not trained yet.{budget}" if left else ""
    count = "counts" if broken == 1 else "count"
    return f"{said} {counted(broken, 'run')} broke down and {count} nowhere.{_sides(plan, rows)}" if broken else said


def _sides(plan: StudyPlan, rows: Mapping[str, Row]) -> str:
    """Says of which values of the first axis runs broke down."""
    if not plan.axes:
        return ""
    name, by_value = plan.axes[0].setting, dict[Value, set[str]]()
    for cell in plan.cells():
        keys = {run.key for run in plan.runs_of(cell) if run.key in rows and rows[run.key].broke_down}
        by_value.setdefault(cell.at[name], set()).update(keys)
    said = [f"{len(keys):,} of {place_words({name: value})}" for value, keys in by_value.items() if keys]
    return f" Broken down: {', '.join(said)}; those left flatter what they are of."


def _why_none(plan: StudyPlan) -> str:
    if isinstance(plan.sampling, Search):
        return "Settings that a search chose are not compared with one another."
    if not pairs_of(plan):
        return "Nothing is compared: there are no two settings beside each other."
    pairs = "folds" if plan.folds else "seeds"
    comparisons = planned_comparisons(plan)
    if not comparisons:
        return "Nothing is compared: what varies does not count here, so both sides are the same runs."
    needed = pairs_needed(comparisons)
    return f"Nothing is compared: it takes {needed} {pairs} that both sides have, and sides that differ."


def _spread_words(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> str:
    there = (rows[key] for key in plan.runs() if key in rows)
    values = sorted(value for row in there if (value := row.measure(measure)) is not None)
    if not values:
        return "Nothing came out yet."
    if len(values) == 1:
        return f"Of the one run the {MEASURES[measure]} is {figure_words(values[0], measure)}."
    middle, ends = statistics.median(values), (values[0], values[-1])
    low, high = (figure_words(end, measure) for end in ends)
    spread = f"{figure_words(middle, measure)} in the middle, {low} to {high}"
    over = counted(len(values), "run" if plan.folds else "seed")
    return f"Over {over} the {MEASURES[measure]} is {spread}.{_half_words(plan, rows, measure)}"


def _half_words(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> str:
    """Says how far apart two runs lie whose settings and pictures are the same; "" of few."""
    by_fold: dict[int, list[float]] = {}
    for key, run in plan.runs().items():
        if key in rows and (value := rows[key].measure(measure)) is not None:
            by_fold.setdefault(run.fold, []).append(value)
    pairs = (pair for values in by_fold.values() for pair in itertools.combinations(values, 2))
    gaps = sorted(abs(first - second) for first, second in pairs)
    if len(gaps) < FEWEST_PAIRS * (2 * FEWEST_PAIRS - 1):  # as many as twice the fewest runs have
        return ""
    usual, large = statistics.median(gaps), gaps[int(0.95 * (len(gaps) - 1))]
    same = "settings and pictures" if plan.folds else "settings"
    return (
        f" Two runs of the same {same} are {difference_words(usual, measure)} apart in the middle, and one pair in "
        f"twenty more than {difference_words(large, measure)}: a single run that is better by less shows nothing."
    )
