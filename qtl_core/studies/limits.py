"""Sentences on what a study does not show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.studies.comparisons import FEWEST_PAIRS, pairs_of, planned_comparisons
from qtl_core.studies.naming import counted
from qtl_core.studies.plan import READING, StudyPlan
from qtl_core.studies.sampling import RandomSample, Search, grid_size

FEW_PAIRS = 20  # from here on an interval holds about as often as it says


def limits_words(plan: StudyPlan, measure: str, facts: Mapping[str, Any]) -> str:
    """Returns what the result does not show."""
    noun = facts.get("noun", "pictures")
    one = _one_words(plan, measure, facts)
    said = (_of_seeds(plan, noun, measure, facts), one, _of_axes(plan), _of_sampling(plan), *_of_comparisons(plan))
    return " ".join(filter(None, said))


def _of_comparisons(plan: StudyPlan) -> Iterator[str]:
    """Yields what the correction covers, and what an interval is of; nothing where nothing can be compared."""
    pairs, comparisons = plan.folds or plan.seeds, planned_comparisons(plan)
    if pairs < FEWEST_PAIRS or not comparisons:
        return
    covers = "all comparisons together" if comparisons > 1 else "this one comparison"
    share = (
        f"Holm's correction counts {covers}, but over folds its {ALPHA:.0%} is not kept exactly"
        if plan.folds
        else f"Holm's correction holds the chance of a false difference at {ALPHA:.0%} over {covers}"
    )
    yield f"{share}: of one measure, once all runs are there; it does not cover other measures or other studies."
    few = pairs < FEW_PAIRS
    narrow = ", and of so few pairs, or where runs fail, somewhat narrow" if few else ", and narrow where runs fail"
    yield f"Each interval is of its own comparison alone{narrow}."


def _of_seeds(plan: StudyPlan, noun: str, measure: str, facts: Mapping[str, Any]) -> str:
    if plan.folds:
        return _of_folds(plan, noun, measure, facts)
    varied = {name for axis in plan.axes for name in axis.settings}
    if plan.base.data.per_class or "per_class" in varied:
        amounts = [value for axis in plan.axes if axis.setting == "per_class" for value in axis.values]
        whole = " Where all are taken, only where training begins and its order vary." if 0 in amounts else ""
        return (
            f"Every seed draws its own {noun} to learn from, and all are judged by the same ones: others to judge by "
            f"may say otherwise.{whole}"
        )
    return (
        f"The seeds vary where training begins and its order, not the {noun}: another draw of {noun} may say otherwise."
    )


def _of_folds(plan: StudyPlan, noun: str, measure: str, facts: Mapping[str, Any]) -> str:
    less_sure = ", so their differences are less sure than the p-values say" if pairs_of(plan) else ""
    shared = f"The folds share most of what they learn from{less_sure}."
    if measure == "test_accuracy":
        return f"Every fold is judged by the same test {noun}, which are none of the folds'. {shared}"
    rest = " but those of the test part" if facts.get("test_size") else ""
    return f"Every one of the {noun}{rest} was held out once. {shared}"


def _one_words(plan: StudyPlan, measure: str, facts: Mapping[str, Any]) -> str:
    """Returns what one picture of those that judge is worth, in points; of several sizes the range."""
    if not measure.endswith("accuracy"):
        return ""
    name, noun = "test_size" if measure == "test_accuracy" else "val_size", facts.get("noun", "pictures")
    sizes = sorted({size for size in (facts.get(name, 0), facts.get(f"most_{name}", 0)) if size})
    if plan.folds and name == "val_size":
        train = sorted({facts.get("train_size", 0), facts.get("most_train_size", 0) or facts.get("train_size", 0)})
        sizes = sorted({max(1, (size + train[0]) // plan.folds) for size in sizes})
    if not sizes:
        return ""
    unit = "percentage points" if noun == "points" else "points"
    points = " to ".join(f"{100 / size:.2g}" for size in reversed(sizes))
    unit = unit.removesuffix("s") if points == "1" else unit
    return f"One of {' to '.join(f'{size:,}' for size in sizes)} {noun} is {points} {unit} here."


def _of_axes(plan: StudyPlan) -> str:
    said = []
    varied = {name for axis in plan.axes for name in axis.settings}
    if plan.noise_at == READING:
        said.append("All heads were trained exactly: what training under noise would learn is another question.")
    if "start_from" in varied:
        said.append("One run was started from: another may carry more, or less.")
    if plan.budget_seconds:
        said.append("A budget of time ends it elsewhere on a faster machine.")
    return " ".join(said)


def _of_sampling(plan: StudyPlan) -> str:
    uneven = "the mean of a value in a chart is over those settings alone, which differ in the others too"
    if isinstance(plan.sampling, RandomSample):
        is_whole = plan.sampling.cells >= grid_size(plan.axes)
        return "" if is_whole else f"Of settings drawn at random {uneven}."
    if not isinstance(plan.sampling, Search):
        return ""
    looked_at, times = len(set(plan.sampling.asked)), len(plan.sampling.asked)
    again = f", as {times - looked_at:,} of the {times:,} asked for had been before," if times > looked_at else ""
    is_blind = plan.sampling.sampler == "random"
    how = "at random" if is_blind else "where it expected good ones"
    test = " Its measure was the test part, which is therefore no test any more." if _searches_test(plan) else ""
    chosen = "Of a search nothing is compared but its best, with fresh seeds."
    return f"A search looked at {counted(looked_at, 'setting')}{again} {how}: {uneven}. {chosen}{test}"


def _searches_test(plan: StudyPlan) -> bool:
    return isinstance(plan.sampling, Search) and plan.sampling.measure == "test_accuracy"
