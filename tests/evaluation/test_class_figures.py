"""Figures of every class, held against scikit-learn's, and their intervals against what repeated draws do."""

from __future__ import annotations

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from qtl_core.evaluation.class_figures import ClassFigures, PartFigures, class_figures, part_figures
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.runs.events import Tested as Looked
from tests.helpers.made_runs import made_run

CASES = st.integers(2, 5).flatmap(
    lambda classes: st.integers(1, 40).flatmap(
        lambda count: st.tuples(
            st.lists(st.integers(0, classes - 1), min_size=count, max_size=count),
            arrays(np.float32, (count, classes), elements=st.floats(1 / 64, 1, width=32)),
        )
    )
)


def evaluation(labels, shares) -> Evaluation:
    shares = np.asarray(shares, np.float32)
    shares = shares / shares.sum(axis=1, keepdims=True)
    names = tuple(f"class {each}" for each in range(shares.shape[1]))
    return Evaluation(names, np.asarray(labels), shares, tuple(map(str, range(len(labels)))))


@given(CASES)
def test_figures_are_scikit_learn_s(case):
    found = evaluation(*case)
    part = PartFigures("validation", 1, found, class_figures(found))
    labels = list(range(len(found.classes)))
    oracle = metrics.precision_recall_fscore_support(found.labels, found.predicted, labels=labels, zero_division=np.nan)
    for place, name in enumerate(("precision", "recall", "f1", "support")):
        ours = [getattr(each, name) for each in part.classes]
        assert np.allclose(ours, oracle[place], equal_nan=True), name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of classes that are said and not there
        assert part.balanced_accuracy == pytest.approx(metrics.balanced_accuracy_score(found.labels, found.predicted))
        there = sorted(set(found.labels.tolist()))
        macro = metrics.f1_score(found.labels, found.predicted, labels=there, average="macro", zero_division=0)
    assert part.macro_f1 == pytest.approx(macro)


@given(CASES)
def test_every_interval_holds_its_figure(case):
    found = evaluation(*case)
    part = PartFigures("validation", 1, found, class_figures(found))
    for each in part.classes:
        for name in ("precision", "recall", "f1"):
            share, (low, high) = getattr(each, name), getattr(each, f"{name}_interval")
            assert math.isnan(share) == math.isnan(low) == math.isnan(high)
            assert math.isnan(share) or 0 <= low <= share + 1e-12 <= high + 1e-9 <= 1 + 1e-8
    low, high = part.balanced_interval
    assert 0 <= low <= part.balanced_accuracy <= high <= 1


def test_all_right_of_ten_is_not_certain():
    each = ClassFigures("ants", support=10, said=10, right=10)
    assert each.f1 == 1.0 and 0.8 < each.f1_interval[0] < 0.9
    assert each.recall_interval == each.precision_interval == pytest.approx((0.7225, 1.0), abs=1e-4)


@pytest.mark.parametrize("size", [60, 240])
@pytest.mark.parametrize("skill", [0.7, 0.9])
def test_intervals_hold_the_truth_about_as_often_as_they_say(size, skill):
    """A model that is right with a known chance, asked about fresh pictures again and again."""
    rng, draws, inside = np.random.default_rng(0), 600, {"f1": 0, "balanced": 0}
    labels = np.arange(size) % 3
    wrong = (1 - skill) / 2
    truth_f1 = 2 * skill / (2 * skill + 4 * wrong)  # all classes alike: as often taken for another as missed
    for _ in range(draws):
        said = np.where(rng.random(size) < skill, labels, (labels + rng.integers(1, 3, size)) % 3)
        found = evaluation(labels, np.eye(3)[said] * 0.9 + 0.02)
        part = PartFigures("test", 1, found, class_figures(found))
        low, high = part.classes[0].f1_interval
        inside["f1"] += low <= truth_f1 <= high
        low, high = part.balanced_interval
        inside["balanced"] += low <= skill <= high
    assert 0.92 <= inside["f1"] / draws <= 1.0
    assert 0.92 <= inside["balanced"] / draws <= 0.995


def test_a_run_has_figures_of_its_parts(tmp_path):
    view = made_run(tmp_path)
    assert set(part_figures(view)) == {"validation"}
    assert part_figures(replace(view, epochs=())) == {}
    prepared = replace(view.prepared, test_size=2, test_files=("a/x", "b/y"), test_labels=(0, 1))
    shares = np.array([[0.9, 0.1], [0.8, 0.2]], np.float32)
    tested = replace(view, prepared=prepared, tested=Looked(2, 0.9, 0.5, shares))
    found = part_figures(tested)["test"]
    assert (found.epoch, found.evaluation.accuracy, found.evaluation.files) == (2, 0.5, ("a/x", "b/y"))
    assert [(each.name, each.support, each.said, each.right) for each in found.classes] == [
        ("ants", 1, 2, 1),
        ("bees", 1, 0, 0),
    ]
    assert math.isnan(found.classes[1].precision) and found.classes[1].f1 == 0.0
