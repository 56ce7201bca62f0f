"""The figures of an evaluation against counts made by hand and intervals from the literature."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qtl_core.evaluation.metrics import (
    Evaluation,
    apart_in_words,
    difference_interval,
    evaluation_of,
    percent,
    wilson_interval,
)
from qtl_core.runs.view import RunView
from tests.helpers.made_histories import history
from tests.helpers.made_runs import made_run

CLASSES = ("ants", "bees", "wasps")
LABELS = np.array([0, 0, 1, 2, 2])
PROBABILITIES = np.array(
    [[0.7, 0.2, 0.1], [0.2, 0.5, 0.3], [0.1, 0.8, 0.1], [0.1, 0.3, 0.6], [0.6, 0.1, 0.3]], dtype=np.float32
)
FILES = ("a0", "a1", "b0", "w0", "w1")


@pytest.fixture
def five() -> Evaluation:
    return Evaluation(CLASSES, LABELS, PROBABILITIES, FILES)


def test_counts_and_mistakes(five):
    assert (five.correct, five.total, five.accuracy) == (3, 5, 0.6)
    assert five.predicted.tolist() == [0, 1, 1, 2, 0]
    assert five.mistakes.tolist() == [1, 4]


def test_confidence_is_the_probability_of_the_predicted_class(five):
    assert five.confidence.tolist() == pytest.approx([0.7, 0.5, 0.8, 0.6, 0.6])


def test_confusion_has_true_rows_and_predicted_columns(five):
    assert five.confusion.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 1]]


def test_every_cell_names_the_pictures_it_counts(five):
    cells = {(true, said): five.in_cell(true, said).tolist() for true in range(3) for said in range(3)}
    assert cells[2, 0] == [4]
    assert all(len(pictures) == five.confusion[cell] for cell, pictures in cells.items())


def test_cross_entropy_is_the_mean_of_minus_log(five):
    expected = -sum(math.log(p) for p in (0.7, 0.2, 0.8, 0.6, 0.3)) / 5
    assert five.cross_entropy == pytest.approx(expected, abs=1e-6)


def test_cross_entropy_stays_finite_where_a_probability_rounds_to_zero():
    certain = Evaluation(("a", "b"), np.array([0]), np.array([[0.0, 1.0]], dtype=np.float32), ("x",))
    assert 80 < certain.cross_entropy < 100


def test_in_words():
    labels = np.zeros(153, dtype=int)
    probabilities = np.tile([0.9, 0.1], (153, 1))
    probabilities[:5] = [0.1, 0.9]
    words = Evaluation(("ants", "bees"), labels, probabilities, ("f",) * 153).in_words("photos")
    assert words == "148 of 153 photos right (96.7%, likely between 92.6% and 98.6%)"


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="probabilities"):
        Evaluation(CLASSES, LABELS, PROBABILITIES[:4], FILES)
    with pytest.raises(ValueError, match="files"):
        Evaluation(CLASSES, LABELS, PROBABILITIES, FILES[:4])


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [  # Table I, method 3 (score), of Newcombe, Stat. Med. 17, 857 (1998)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval_agrees_with_the_literature(right, total, low, high):
    assert wilson_interval(right, total) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 5000), st.data())
def test_wilson_interval_is_scipys(total, data):
    right = data.draw(st.integers(0, total))
    expected = stats.binomtest(right, total).proportion_ci(0.95, method="wilson")
    assert wilson_interval(right, total) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_wilson_interval_of_all_right_keeps_a_width():
    low, high = wilson_interval(20, 20)
    assert high == 1.0
    assert low == pytest.approx(0.8389, abs=5e-5)


@pytest.mark.parametrize(("right", "total"), [(-1, 5), (6, 5), (0, 0)])
def test_wilson_interval_refuses_what_is_no_share(right, total):
    with pytest.raises(ValueError, match="no share"):
        wilson_interval(right, total)


def test_difference_interval_agrees_with_the_literature():
    # Table II, column (a), method 10, of Newcombe, Stat. Med. 17, 873 (1998)
    assert difference_interval(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_difference_interval_mirrors_and_holds_its_difference():
    low, high = difference_interval(148, 153, 146, 153)
    assert low < 0 < 2 / 153 < high, "two photos in 153 are within chance"
    assert difference_interval(146, 153, 148, 153) == pytest.approx((-high, -low))


@pytest.mark.parametrize(
    ("right", "other", "words"),
    [
        (148, 146, "two photos apart"),
        (146, 147, "one photo apart"),
        (5, 5, "no photo apart"),
        (0, 40, "40 photos apart"),
    ],
)
def test_apart_in_words(right, other, words):
    assert apart_in_words(right, other, "photos") == words


def test_percent_has_one_decimal():
    assert percent(148 / 153) == "96.7%"


def test_a_run_is_evaluated_at_its_best_epoch_unless_another_is_named(tmp_path):
    view = made_run(tmp_path, right_by_epoch=(3, 5, 4))
    assert evaluation_of(view).correct == 5
    assert evaluation_of(view, view.epochs[-1]).correct == 4
    assert evaluation_of(view).files == view.prepared.val_files


def test_a_run_without_an_epoch_cannot_be_evaluated(tmp_path):
    view = made_run(tmp_path, right_by_epoch=(3,))
    for unready in (RunView(), replace(view, epochs=())):
        with pytest.raises(ValueError, match="first epoch"):
            evaluation_of(unready)


def judged(*confusion: tuple[int, ...]) -> Evaluation:
    return evaluation_of(history((40,) * len(confusion), confusion, losses=(0.5,)))


def test_losses_are_those_of_every_picture(five):
    assert five.losses == pytest.approx(-np.log(five.probabilities[np.arange(5), five.labels]))
    assert five.losses.mean() == five.cross_entropy


def test_where_one_class_is_most_of_the_pictures_each_is_told_by_itself():
    assert judged((54, 3), (0, 3)).by_class_in_words() == (
        "Always naming ants would get 57 of 60 right. By class: 54 of 57 ants, 3 of 3 bees."
    )
    assert judged((20, 0), (3, 17)).by_class_in_words() == ""
    assert judged((20, 0), (2, 5)).by_class_in_words() == "", "nearly three times as many"
    assert "15 of 15 ants, 2 of 5 bees" in judged((15, 0), (3, 2)).by_class_in_words()
    assert judged((20, 0), (0, 0)).by_class_in_words() == "", "there is no other class to tell of"
    three = judged((30, 0, 0), (0, 0, 0), (2, 0, 4)).by_class_in_words()
    assert three.endswith("By class: 30 of 30 ants, 4 of 6 cats."), "a class without pictures is left out"
    assert judged((30, 0, 0), (0, 0, 0), (2, 0, 4)).balanced_accuracy == pytest.approx((1 + 4 / 6) / 2)


def test_of_six_classes_each_is_still_told_by_itself():
    six = judged(*map(tuple, np.diag([30, 4, 4, 4, 4, 4]).tolist())).by_class_in_words()
    assert six.endswith("4 of 4 bees, 4 of 4 cats, 4 of 4 dogs, 4 of 4 eels, 4 of 4 fish.")


def test_of_many_classes_the_mean_is_told():
    rows = np.diag([30, 4, 4, 4, 4, 4, 4])
    rows[1] = (4, 0, 0, 0, 0, 0, 0)
    files = tuple(map(str, range(rows.sum())))
    labels = np.repeat(np.arange(7), rows.sum(axis=1))
    said = np.concatenate([np.repeat(np.arange(7), row) for row in rows])
    found = Evaluation(tuple("abcdefg"), labels, np.eye(7, dtype=np.float32)[said], files)
    assert found.balanced_accuracy == pytest.approx(6 / 7)
    assert found.by_class_in_words() == (
        "Always naming a would get 30 of 54 right. Averaged over the classes, 85.7% are."
    )
