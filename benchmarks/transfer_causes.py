"""The cause of a difference: that parts stand still, or what was carried, told by the control of each recipe.

The control has the same numbers standing still, at random. So what it does comes of standing still alone, and what the
recipe does beyond it comes of what was carried. Where nothing stands still, all comes of what was carried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.transfer_rows import CONTROL, Judged, rows_of
from qtl_core.evaluation.paired_tests import PairedDifference, paired_differences
from qtl_core.evaluation.paired_words import joined, signed

NOUNS = {"helps": "help", "does harm": "harm"}


@dataclass(frozen=True)
class Cause:
    """A recipe with one amount of data beside its control.

    Attributes:
        recipe, control: Their differences from scratch.
        carried: What was carried alone: recipe minus control, corrected for all such differences of a table.
    """

    recipe: Judged
    control: Judged
    carried: PairedDifference


def causes(found: Sequence[Judged], judges: int) -> list[Cause]:
    """Returns every recipe that has a control beside it, with every amount."""
    names = [each.row.recipe for each in found if each.row.is_control]
    pairs = [
        pair
        for control in dict.fromkeys(names)
        for pair in zip(rows_of(control.removeprefix(CONTROL), found), rows_of(control, found), strict=True)
    ]
    beyond = paired_differences([_beyond(*pair, judges) for pair in pairs])
    return [Cause(*pair, carried) for pair, carried in zip(pairs, beyond, strict=True)]


def control_words(found: Sequence[Judged], judges: int) -> list[str]:
    """Returns, for each recipe with a control, what standing still does alone, and what was carried beyond that."""
    every = causes(found, judges)
    by_recipe = {name: [one for one in every if one.recipe.row.recipe == name] for name in _names(every)}
    return [
        f"“{name}”, of {judges:,} right: standing still alone (the control, against scratch) "
        f"{_with_amounts([(one, one.control.found) for one in some])}; what was carried (against the control) "
        f"{_with_amounts([(one, one.carried) for one in some])}."
        for name, some in by_recipe.items()
    ]


def causes_words(found: Sequence[Judged], judges: int) -> str:
    """Returns which helps and harms come of standing still and which of what was carried; "" where there are none."""
    every = causes(found, judges)
    return "".join(_verdict_words(verdict, found, every, judges) for verdict in NOUNS)


def _verdict_words(verdict: str, found: Sequence[Judged], every: Sequence[Cause], judges: int) -> str:
    rows = [each for each in found if not each.row.is_control and each.verdict == verdict]
    beside = [one for one in every if one.recipe.verdict == verdict]
    moving = [each for each in rows if each.row.trained[0] == each.row.trained[1]]
    told = []
    if moving:
        told.append(f"{len(moving)} with all numbers learning, so what was carried does it")
    if beside:
        told.append(_still_words(verdict, beside, judges))
    noun = NOUNS[verdict]
    return f" Of the {len(rows)} {noun}{'s' * (len(rows) != 1)}: {'; '.join(told)}." if told else ""


def _still_words(verdict: str, beside: Sequence[Cause], judges: int) -> str:
    """Says of helps or harms where parts stand still how many their controls show, and what was carried adds."""
    alike = [one for one in beside if one.control.verdict == verdict]
    less, more, luck = (
        sum(not one.carried.is_luck and one.carried.mean < 0 for one in beside),
        sum(not one.carried.is_luck and one.carried.mean > 0 for one in beside),
        sum(one.carried.is_luck for one in beside),
    )
    adds = [
        f"{words} in {count}"
        for words, count in (("fewer right", less), ("more right", more), ("nothing beyond luck", luck))
        if count
    ]
    return (
        f"{len(beside)} with parts standing still, where standing still alone, at random numbers, {verdict} in "
        f"{len(alike)} ({_range([one.control.found.mean for one in beside])} of {judges:,} right) and what was carried "
        f"makes, beyond that, {joined(adds)} ({_range([one.carried.mean for one in beside])})"
    )


def _range(values: Sequence[float]) -> str:
    low, high = signed((min(values), max(values)))
    return low if low == high else f"{low} to {high}"


def _with_amounts(each: Sequence[tuple[Cause, PairedDifference]]) -> str:
    return joined([f"{_mean(found)} with {one.recipe.row.amount.per_class:,}" for one, found in each]) + " a class"


def _mean(found: PairedDifference) -> str:
    mean = signed((found.mean, found.low, found.high))[0]
    return f"{mean} (luck may give as much)" if found.is_luck else mean


def _names(every: Sequence[Cause]) -> list[str]:
    return list(dict.fromkeys(one.recipe.row.recipe for one in every))


def _beyond(recipe: Judged, control: Judged, judges: int) -> list[float]:
    """Returns how many more pictures the recipe gets right than its control, by seed."""
    ours, theirs = recipe.row.amount.carried, control.row.amount.carried
    both = [seed for seed in ours.seeds if seed in theirs.seeds]
    return [judges * float(ours.last[ours.seeds.index(seed)] - theirs.last[theirs.seeds.index(seed)]) for seed in both]
