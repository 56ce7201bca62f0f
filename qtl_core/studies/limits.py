"""Sentences on what a study does not show."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.studies.naming import counted
from qtl_core.studies.plan import READING, StudyPlan
from qtl_core.studies.sampling import Search


def limits_words(plan: StudyPlan, measure: str, facts: Mapping[str, Any]) -> str:
    """Returns what the result does not show."""
    noun = facts.get("noun", "pictures")
    one = _one_words(plan, measure, facts)
    holm = f"Holm's correction holds the chance of a false difference at {ALPHA:.0%} over all comparisons together."
    is_compared = bool(plan.axes) and not isinstance(plan.sampling, Search)
    said = (_of_seeds(plan, noun), one, _of_axes(plan), _of_search(plan), holm if is_compared else "")
    return " ".join(filter(None, said))


def _of_seeds(plan: StudyPlan, noun: str) -> str:
    if plan.folds:
        return (
            f"Every one of the {noun} was held out once. The folds share most of what they learn from, so their "
            "differences are less sure than the p-values say."
        )
    varied = {name for axis in plan.axes for name in axis.settings}
    if plan.base.data.per_class or "per_class" in varied:
        return (
            f"Every seed draws its own {noun} to learn from, and all are judged by the same ones: others to judge by "
            "may say otherwise."
        )
    return (
        f"The seeds vary where training begins and its order, not the {noun}: another draw of {noun} may say otherwise."
    )


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
    points = " to ".join(f"{100 / size:.2g}" for size in reversed(sizes))
    return f"One of {' to '.join(f'{size:,}' for size in sizes)} {noun} is {points} points here."


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


def _of_search(plan: StudyPlan) -> str:
    if not isinstance(plan.sampling, Search):
        return ""
    asked = counted(len(set(plan.sampling.asked)), "setting")
    near = "" if plan.sampling.sampler == "random" else ", most of them near good ones, so they show no map of the grid"
    test = " Its measure was the test part, which is therefore no test any more." if _searches_test(plan) else ""
    chosen = "What came out chose the next ones, so they are not compared with each other."
    return f"A search looked at {asked}{near}. {chosen}{test}"


def _searches_test(plan: StudyPlan) -> bool:
    return isinstance(plan.sampling, Search) and plan.sampling.measure == "test_accuracy"
