"""An experiment's outcome in sentences, chosen from its numbers; nothing is said to be saved that luck may give."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.learn.experiments.experiment import Experiment
from qtl_core.learn.experiments.outcome import Effort, Outcome, first_effort

LEAST_P = 0.001


def story(experiment: Experiment, outcome: Outcome) -> str:
    """Returns what is done, as one sentence."""
    return (
        f"First {outcome.likeness.task_a} is learnt; then {experiment.task_b}, from scratch and from what was learnt "
        f"before. Carried: {experiment.carried}."
    )


def sentence(experiment: Experiment, outcome: Outcome) -> str:
    """Returns what came out at one stop, with its uncertainty and what is not counted.

    Args:
        experiment: Which.
        outcome: Corrected for all its stops.
    """
    return f"{claim(experiment, outcome)} {uncertainty(experiment, outcome)}"


def claim(experiment: Experiment, outcome: Outcome) -> str:
    """Returns what came out, as a reader has to know it who reads no more."""
    seeds = len(outcome.scratch.each)
    if outcome.scratch.missed == outcome.transferred.missed == seeds:
        budget = f"{_count(_budget(outcome))} {experiment.evaluations}"
        return f"Neither way got there within {budget}, in any of {seeds} seeds."
    medians = _medians(experiment, outcome)
    if outcome.verdict == "uncertain":
        return f"No difference that luck would not give. {medians}"
    often = f"{_count(abs(outcome.difference))} {experiment.evaluations}"
    if outcome.verdict == "saved":
        return f"What was learnt before saves {often} on average. {medians}"
    return f"What was learnt before does harm: it costs {often} more on average. {medians}"


def uncertainty(experiment: Experiment, outcome: Outcome) -> str:
    """Returns how sure that is, which seeds never got there, and what task A was given."""
    said = (
        *(_certainty(experiment, outcome), _spoilt(experiment, outcome)),
        *(_missed(experiment, outcome), _first_cost(experiment, outcome)),
    )
    return " ".join(part for part in said if part)


def early_words(experiment: Experiment, outcome: Outcome) -> str:
    """Returns what is there while other stops are still being learnt: no verdict, as that rests on all of them."""
    return f"{_medians(experiment, outcome)} Whether luck gives as much is said once all places are learnt."


def nothing_in_common(experiment: Experiment, found: Sequence[Outcome], told: Outcome) -> str:
    """Returns what the stop with nothing in common shows, beside another one.

    Args:
        experiment: Which.
        found: The outcomes of all stops, corrected for one another, from the least alike on.
        told: The one beside which it is said.
    """
    zero = found[0]
    begin = f"When the two have nothing in common (first {zero.likeness.task_a}),"
    saved = told.verdict == "saved" and told is not zero
    if zero.verdict == "saved":
        owed = ": a part of what is saved comes from having been trained at all, not from what the tasks share"
        return f"{begin} it still saves {_count(zero.difference)} on average{owed if saved else ''}."
    seeds = len(zero.scratch.each)
    lesson = _lesson(seeds, proven=told.saves_more_than(zero)) if saved else ""
    if zero.verdict == "lost":
        return f"{begin} the carried start does harm: it costs {_count(-zero.difference)} more on average.{lesson}"
    return f"{begin} there is no difference that luck would not give.{lesson}"


def _lesson(seeds: int, *, proven: bool) -> str:
    """Says whether more is saved than with nothing in common: one stop that is luck and one that is not do not tell."""
    if proven:
        return f" So what is saved is owed to what the tasks share, as far as {seeds} seeds can tell."
    return f" But whether less is saved there than here, {seeds} seeds do not tell."


def verdict_words(outcome: Outcome, evaluations: str) -> str:
    """Returns the verdict in a few words, as a badge or a table shows it."""
    if outcome.verdict == "uncertain":
        return "uncertain: luck may give as much"
    return f"{_count(abs(outcome.difference))} {evaluations} {outcome.verdict}"


def p_words(p: float) -> str:
    """Returns a p-value as it is said."""
    return f"p < {LEAST_P}" if p < LEAST_P else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def interval_words(outcome: Outcome) -> str:
    """Returns the interval of the mean difference, with signs."""
    return f"{signed(outcome.low)} to {signed(outcome.high)}"


def _medians(experiment: Experiment, outcome: Outcome) -> str:
    carried, scratch = _effort(outcome.transferred, outcome), _effort(outcome.scratch, outcome)
    begin = f"Until {experiment.quality.target_words}, it takes"
    seeds = f"(the median of {len(outcome.scratch.each)} seeds each)"
    if carried == "0" != scratch:
        return (
            f"{begin} {scratch} {experiment.evaluations} from scratch and none from the carried start, which mostly "
            f"is good enough as it is {seeds}."
        )
    return f"{begin} {carried} {experiment.evaluations} from the carried start and {scratch} from scratch {seeds}."


def _effort(effort: Effort, outcome: Outcome) -> str:
    if effort.missed * 2 > len(effort.each):
        return f"more than {_count(_budget(outcome))}"
    return _count(effort.median)


def _certainty(experiment: Experiment, outcome: Outcome) -> str:
    stops = len(experiment.likenesses)
    torn = outcome.verdict == "uncertain" and outcome.p_corrected <= ALPHA
    return (
        f"The mean of what is saved lies between {signed(outcome.low)} and {signed(outcome.high)} with 95% "
        f"confidence; {p_words(outcome.p_corrected)} by a signed-rank test of the pairs, corrected for all {stops} "
        f"comparisons.{' Ranks and mean do not agree, so neither way is called better.' if torn else ''}"
    )


def _spoilt(experiment: Experiment, outcome: Outcome) -> str:
    """Says where a start that was good enough as it came is spoilt for a while by learning on."""
    middle = np.median(outcome.curves.transferred, axis=0)
    if outcome.transferred.median > 0 or experiment.quality.reached(middle[1:]).all():
        return ""
    return "Counted is when the target is first reached: learning on, the carried start falls short of it for a while."


def _missed(experiment: Experiment, outcome: Outcome) -> str:
    seeds, budget = len(outcome.scratch.each), _count(_budget(outcome))
    said = [
        f"{effort.missed} of {seeds} {name}"
        for name, effort in (("from scratch", outcome.scratch), ("from the carried start", outcome.transferred))
        if effort.missed
    ]
    if not said:
        return ""
    return f"Not there after {budget} {experiment.evaluations}: {', '.join(said)}; these count as {budget}."


def _first_cost(experiment: Experiment, outcome: Outcome) -> str:
    """Says what was spent on A, when A was as good as the target asks, and how many tasks B make up for all of it."""
    cost = float(outcome.curves.first_evaluations[-1])
    if not cost:
        return ""
    spent = f"Task A was given {_count(cost)} {experiment.evaluations} once, which are not counted"
    begin = f"{spent} ({_first_reached(experiment, outcome)})"
    if outcome.verdict != "saved":
        return f"{begin}."
    tasks = math.ceil(cost / outcome.difference)
    if tasks <= 1:
        return f"{begin}; what is saved makes up for all of it at once."
    return f"{begin}: all of it is made up for once {tasks:,} tasks like B are learnt from it."


def _first_reached(experiment: Experiment, outcome: Outcome) -> str:
    """Says when A itself met the target: it is mostly learnt on for longer than that."""
    found = first_effort(outcome.curves, experiment.quality)
    seeds = len(found.each)
    if found.missed * 2 > seeds:
        return f"it met the target for B in {seeds - found.missed or 'none'} of {seeds} seeds"
    when = f"after {_count(found.median)}" if found.median else "at its start"
    return f"it met the target for B {when}, in the median"


def _budget(outcome: Outcome) -> float:
    return float(outcome.curves.evaluations[-1])


def _count(number: float) -> str:
    """Returns a number of evaluations; below ten with one place, where that says more."""
    return f"{number:,.0f}" if abs(number) >= 10 or float(number).is_integer() else f"{number:.1f}"


def signed(number: float) -> str:
    """Returns a number of evaluations with its sign; nothing has none."""
    said = _count(abs(number))
    return said if float(said.replace(",", "")) == 0 else f"{'−' if number < 0 else '+'}{said}"
