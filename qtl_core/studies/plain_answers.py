"""The first answer to a ready question, in a plain sentence chosen from the numbers: a function a question.

What is said to be as good is so to within the reach of its interval, which the sentence names; where that is wide, it
says that a difference may be there. Where not even a difference at every seed would count, where runs broke down, or
where ranks and mean disagree, there is no plain answer, and it says that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.evaluation.seed_spread import QUANTILES
from qtl_core.studies.axes import GATE_ERRORS, VARIANT, WITHOUT_GATES
from qtl_core.studies.comparisons import FEWEST_PAIRS, Comparison
from qtl_core.studies.naming import capital, counted, difference_words, figure_words, place_words, value_words
from qtl_core.studies.plan import BASE, StudyPlan, Value
from qtl_core.studies.rows import LOSSES, MEASURES, Row

TOO_FEW = "It cannot be said with so few seeds."
NOT_YET = "It cannot be said yet."
BROKEN = "There is no plain answer, as some runs broke down; what could be compared is said below."
TORN = "There is no plain answer, as ranks and mean disagree in some comparisons; both are said below."
TRAINED_CIRCUIT = "dressed"
MOST_NAMED = 4
FEWEST_RUNS = 20  # of fewer, nine of ten are no better known than the ends
SMALL = 0.02  # of accuracy: differences within it are called none
LOW, _, HIGH = QUANTILES

Compared = Sequence[Comparison]
PlainAnswer = Callable[[StudyPlan, Compared, str], str]


def plain_answer(plan: StudyPlan, rows: Mapping[str, Row], found: Compared, measure: str) -> str:
    """Returns the plain answer of a study that asks one of the ready questions, or "" of another study.

    Args:
        plan: The study.
        rows: What came of its runs so far, by key.
        found: What `compared` gave for them.
        measure: What was compared, of `MEASURES`.
    """
    if not is_ready(plan):
        return ""
    if any(row.broke_down for row in rows.values()):
        return BROKEN
    answer = _asked(plan)
    if answer is None:
        return luck(plan, rows, measure)
    if not found:
        return TOO_FEW if 0 < max(plan.folds, plan.seeds) < FEWEST_PAIRS else NOT_YET
    if not can_count(found):
        return TOO_FEW
    if any(each.is_torn for each in found):
        return TORN
    return answer(plan, [_turned(each) for each in found] if measure in LOSSES else found, measure)


def is_ready(plan: StudyPlan) -> bool:
    """Returns whether a study asks one of the ready questions."""
    return not plan.axes or _asked(plan) is not None


def can_count(found: Compared) -> bool:
    """Returns whether a difference of one sign in every pair would count, after correction for all comparisons."""
    most = max(each.pairs for each in found)
    return bool(2 / 2.0**most * len(found) <= ALPHA)


def quantum_part(plan: StudyPlan, found: Compared, measure: str) -> str:
    """Answers whether the quantum part does anything: the trained circuit against what has none."""
    ours = [seen for each in found if (seen := _from(each, TRAINED_CIRCUIT)) is not None]
    if not ours:
        return NOT_YET
    behind, ahead, alike = _parted(ours)
    if ahead:
        return f"No: {_listed([_head(each.b) for each in ahead], 'and')} {_do(ahead)} better than the trained circuit."
    if not behind:
        return f"{_no(alike, measure, 'without the trained circuit it does as well')}."
    if not alike:
        return "Yes: with the trained circuit it does better than in each way without it."
    return (
        f"In part: the trained circuit does better than {_listed([_head(each.b) for each in behind], 'and')}; beside "
        f"{_listed([_head(each.b) for each in alike], 'and')} no difference shows, and one of up to "
        f"{_reach(alike, measure)} may be there."
    )


def size(plan: StudyPlan, found: Compared, measure: str) -> str:
    """Answers how many qubits and how deep: every size against the one chosen."""
    ahead, behind, alike = _parted(found)
    chosen = place_words(plan.base_cell().at)
    if ahead:
        best = max(ahead, key=lambda each: each.difference)
        return (
            f"Not as chosen ({chosen}): {counted(len(ahead), 'other size')} did better, the most "
            f"{_place(plan, best.a)}, by {difference_words(best.difference, measure)}."
        )
    return f"None is shown to do better than the size chosen ({chosen}){_of_others(found, behind, alike, measure)}."


def entanglement(plan: StudyPlan, found: Compared, measure: str) -> str:
    """Answers whether CNOTs help, at every depth."""
    words = Sides(
        over="depth",
        help="CNOTs help",
        harm="harm",
        better="with its CNOTs the circuit does better than without",
        worse="without CNOTs the circuit does better",
        alike="without CNOTs it does as well",
    )
    return _helps(found, "none", words, measure)


def little_data(plan: StudyPlan, found: Compared, measure: str) -> str:
    """Answers who wins with little data: each with each at every amount."""
    won: dict[Value, list[str]] = {}
    lost: set[Value] = set()
    for each in found:
        if each.counts:
            first, second = (each.a, each.b) if each.difference > 0 else (each.b, each.a)
            won.setdefault(first, []).append(place_words(each.at))
            lost.add(second)
    if not won:
        return (
            f"Nobody, as far as this shows: one of them may be ahead by up to {_reach(found, measure)} at some amount."
        )
    winners = [value for value in won if value not in lost]
    if not winners:
        return "It depends on the amount: each of those that win at one is behind at another."
    words = [f"{_head(value)} (ahead at {_listed(list(dict.fromkeys(won[value])), 'and')})" for value in winners]
    verb = "is" if len(winners) == 1 else "are"
    return capital(f"{_listed(words, 'and')} {verb} nowhere shown to be behind.")


def travel(plan: StudyPlan, found: Compared, measure: str) -> str:
    """Answers whether what was learnt travels: the carried start against a fresh one, at every amount."""
    words = Sides(
        over="amount",
        help="the carried start helps",
        harm="harms",
        better="the carried start does better than a fresh one",
        worse="a fresh start does better than the carried one",
        alike="a fresh start does as well",
    )
    return _helps(found, "", words, measure)


def noise(plan: StudyPlan, found: Compared, measure: str) -> str:
    """Answers how much noise it can take: every rate of errors against none."""
    behind = sorted(each.a for each in found if each.counts and each.difference < 0)
    rates = sorted(each.a for each in found)
    if not behind:
        return f"No loss is shown up to errors of {_rate(rates[-1])} a CNOT{_unseen_loss(found, measure)}."
    first = next(each for each in found if each.a == behind[0])
    below = [each for each in found if each.a < behind[0]]
    lost = f"t errors of {_rate(behind[0])} a CNOT it loses {difference_words(-first.difference, measure)}"
    return f"A{lost}; below that no loss is shown{_unseen_loss(below, measure)}." if below else f"Already a{lost}."


def _unseen_loss(found: Compared, measure: str) -> str:
    most = max(-each.low for each in found)
    return f", though one of up to {difference_words(most, measure)} may be there" if most > 0 else ""


def learning_rate(plan: StudyPlan, found: Compared, measure: str) -> str:
    """Answers which learning rate: each against the one chosen."""
    ahead, behind, alike = _parted(found)
    chosen = place_words(plan.base_cell().at)
    if ahead:
        best = max(ahead, key=lambda each: each.difference)
        return (
            f"Not the one chosen: {_place(plan, best.a)} does better, by {difference_words(best.difference, measure)}."
        )
    return f"None is shown to do better than the one chosen ({chosen}){_of_others(found, behind, alike, measure)}."


def _of_others(found: Compared, behind: Compared, alike: Compared, measure: str) -> str:
    """Returns how many others there are, how many do worse, and how much better one of the rest may be."""
    worse = f", {len(behind):,} of them {_do(behind)} worse" if behind else ""
    most = max((each.high for each in alike), default=0.0)
    may = f"; one may be better by up to {difference_words(most, measure)}" if most > 0 else ""
    return f", of {counted(len(found), 'other')}{worse}{may}"


def luck(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> str:
    """Answers how much is luck: how far apart nine of ten runs of the same settings lie; over folds within each."""
    by_fold: dict[int, list[float]] = {}
    for key, run in plan.runs().items():
        if key in rows and (value := rows[key].measure(measure)) is not None:
            by_fold.setdefault(run.fold, []).append(value)
    if min(map(len, by_fold.values()), default=0) < FEWEST_RUNS:
        return TOO_FEW if plan.seeds < FEWEST_RUNS else NOT_YET
    ends = [tuple(map(float, np.quantile(values, (LOW, HIGH)))) for values in by_fold.values()]
    apart = difference_words(float(np.median([high - low for low, high in ends])), measure)
    if not plan.folds:
        low, high = (_figure(end, measure) for end in ends[0])
        return f"About {apart}: so far apart nine of ten runs of the same settings lie ({low} to {high})."
    means = [float(np.mean(values)) for values in by_fold.values()]
    between = difference_words(max(means) - min(means), measure)
    return (
        f"About {apart}: so far apart nine of ten runs of the same settings and pictures lie, in the middle of "
        f"{plan.folds} folds; the folds' means lie {between} apart, as other pictures judge."
    )


ANSWERS: Mapping[tuple[tuple[str, ...], str], PlainAnswer] = {
    ((VARIANT,), ""): quantum_part,
    (("qubits", "depth"), BASE): size,
    (("entangler", "depth"), ""): entanglement,
    ((VARIANT, "per_class"), ""): little_data,
    (("start_from", "per_class"), ""): travel,
    ((GATE_ERRORS,), BASE): noise,
    (("learning_rate",), BASE): learning_rate,
}
NEEDED: Mapping[PlainAnswer, tuple[Value, ...]] = {
    quantum_part: (TRAINED_CIRCUIT, WITHOUT_GATES, "linear"),
    entanglement: ("none",),
    travel: ("",),
}


class Sides(NamedTuple):
    """Words for whether something helps: what the places differ in, and what is said of each outcome."""

    over: str
    help: str
    harm: str
    better: str
    worse: str
    alike: str


def _helps(found: Compared, without: Value, words: Sides, measure: str) -> str:
    """Returns whether something helps against going without it."""
    helps, harms, alike = _parted([seen for each in found if (seen := _against(each, without)) is not None])
    where = _listed([place_words(each.at) for each in helps or harms], "and")
    if helps and harms:
        harmed = _listed([place_words(each.at) for each in harms], "and")
        return f"It depends on the {words.over}: {words.help} at {where}, and {words.harm} at {harmed}."
    some = f", at {where}" if alike else ""  # unless it is everywhere
    if helps:
        return f"Yes{some}: {words.better}."
    if harms:
        return f"No{some}: {words.worse}."
    return f"{_no(alike, measure, words.alike)}."


def _asked(plan: StudyPlan) -> PlainAnswer | None:
    """Returns what answers a study: it is known by its axes, as anybody may name it otherwise."""
    names = tuple(axis.setting for axis in plan.axes)
    answer = ANSWERS.get((names, BASE if plan.compare == BASE else ""))
    if answer is None or any(value not in plan.axes[0].values for value in NEEDED.get(answer, ())):
        return None
    return answer


def _turned(each: Comparison) -> Comparison:
    """Returns a comparison of losses as one of what is better."""
    return replace(
        each,
        difference=-each.difference,
        low=-each.high,
        high=-each.low,
        delta=-each.delta,
        ranks=-each.ranks,
        above=each.below,
        below=each.above,
    )


def _swapped(each: Comparison) -> Comparison:
    return replace(_turned(each), a=each.b, b=each.a)


def _from(each: Comparison, value: Value) -> Comparison | None:
    """Returns a comparison as seen from this value; None where it is on neither side."""
    return each if each.a == value else _swapped(each) if each.b == value else None


def _against(each: Comparison, value: Value) -> Comparison | None:
    """Returns a comparison with this value; None where it is on neither side."""
    return each if each.b == value else _swapped(each) if each.a == value else None


def _parted(found: Compared) -> tuple[list[Comparison], list[Comparison], list[Comparison]]:
    """Returns those in which the first is better, in which it is worse, and in which neither is shown."""
    ahead, behind = ([each for each in found if each.counts and sign * each.difference > 0] for sign in (1, -1))
    return ahead, behind, [each for each in found if not each.counts]


def _no(alike: Compared, measure: str, as_well: str) -> str:
    """Returns a no, as firm as the intervals are narrow."""
    if measure.endswith("accuracy") and _largest(alike) <= SMALL:
        return f"No: {as_well}, to within {_reach(alike, measure)}"
    return f"Not that it shows: {as_well} here, but a difference of up to {_reach(alike, measure)} may be there"


def _listed(words: Sequence[str], last: str = "or") -> str:
    """Returns words as a list in a sentence; of many the first."""
    if len(words) > MOST_NAMED:
        return f"{', '.join(words[:MOST_NAMED])} and {len(words) - MOST_NAMED:,} more"
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def _place(plan: StudyPlan, value: Value) -> str:
    """Returns a side of a comparison with the settings chosen, by the values of all axes."""
    own = value if isinstance(value, Mapping) else {}
    return place_words({axis.setting: own.get(axis.setting, value) for axis in plan.axes})


def _head(value: Value) -> str:
    """Returns a variant within a sentence."""
    return "the circuit without trained gates" if value == WITHOUT_GATES else f"the {value_words(VARIANT, value)}"


def _do(found: Compared) -> str:
    return "do" if len(found) > 1 else "does"


def _largest(found: Compared) -> float:
    return max(max(abs(each.low), abs(each.high)) for each in found)


def _reach(found: Compared, measure: str) -> str:
    return difference_words(_largest(found), measure)


def _figure(value: float, measure: str) -> str:
    said = figure_words(value, measure)
    return said if measure.endswith("accuracy") else f"{said} in {MEASURES[measure]}"


def _rate(value: float) -> str:
    return f"{100 * value:g}%"
