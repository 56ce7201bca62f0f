"""Calibration: known cases by hand, honest percentages found honest, and a known temperature found again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.common.errors import InputError
from qtl_core.evaluation.calibration import (
    calibration_of,
    calibration_of_run,
    error_by_chance,
    fitted_temperature,
    reliability,
    scaled,
    why_not_measured,
)
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.inference.bundled import bundled_run
from qtl_core.inference.explanation import Prediction
from qtl_core.inference.requests import model_of


def two(confidence: list[float], right: list[bool]) -> tuple[np.ndarray, np.ndarray]:
    """Two-class predictions for class 0 of this confidence, and labels that make them right or wrong."""
    sure = np.array(confidence)
    return np.stack([sure, 1 - sure], axis=1), np.where(right, 0, 1)


def honest(pictures: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities, and labels drawn with these very probabilities."""
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(classes), pictures)
    labels = (rng.random(pictures)[:, None] > probabilities.cumsum(axis=1)).sum(axis=1)
    return probabilities, np.minimum(labels, classes - 1)


class TestReliability:
    def test_four_pictures_by_hand(self):
        found = reliability(*two([0.95, 0.95, 0.75, 0.65], [True, False, True, True]))
        assert found.counts.tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 0, 2]
        assert found.accuracy[9] == 0.5
        assert found.error == pytest.approx((0.35 + 0.25 + 2 * 0.45) / 4)
        assert (found.mean_confidence, found.mean_accuracy) == pytest.approx((0.825, 0.75))

    def test_a_bin_holds_its_upper_edge(self):
        assert reliability(*two([0.8, 1.0, 0.81], [True] * 3)).counts.tolist() == [0] * 7 + [1, 1, 1]
        assert reliability(*two([1.0000001], [True])).counts.tolist() == [0] * 9 + [1]  # single precision can be above

    def test_certain_and_right_has_no_error_and_certain_and_wrong_all_of_it(self):
        assert reliability(*two([1.0, 1.0], [True, True])).error == 0
        assert reliability(*two([1.0, 1.0], [False, False])).error == 1

    @pytest.mark.parametrize("classes", [2, 4])
    def test_honest_percentages_have_hardly_any(self, classes):
        assert reliability(*honest(50_000, classes, seed=3)).error < 0.01

    def test_what_chance_alone_shows_is_stayed_below_in_95_percent_of_honest_sets(self):
        probabilities, _ = honest(150, 2, seed=0)
        limit, rng = error_by_chance(probabilities), np.random.default_rng(5)
        labels = [(rng.random(150) > probabilities[:, 0]).astype(int) for _ in range(400)]
        below = np.mean([reliability(probabilities, each).error <= limit for each in labels])
        assert 0.91 < below < 0.99

    @pytest.mark.parametrize(("confidence", "limit"), [(0.93, 0.93), (0.97, 0.03)])
    def test_one_picture_is_by_chance_as_far_off_as_in_95_percent_of_throws(self, confidence, limit):
        """It is wrong, and so off by its confidence, in 7 or in 3 of 100 throws: more and less than one in twenty."""
        assert error_by_chance(np.array([[confidence, 1 - confidence]])) == pytest.approx(limit)


class TestTemperature:
    @pytest.mark.parametrize("temperature", [0.4, 1.0, 2.5])
    @pytest.mark.parametrize("classes", [2, 3])
    def test_a_known_one_is_found_again(self, temperature, classes):
        probabilities, labels = honest(20_000, classes, seed=1)
        distorted = scaled(probabilities, 1 / temperature)  # scores multiplied by the temperature
        assert fitted_temperature(distorted, labels) == pytest.approx(temperature, rel=0.05)
        assert scaled(distorted, temperature) == pytest.approx(probabilities, abs=1e-9)

    def test_it_is_where_the_cross_entropy_is_lowest(self):
        probabilities, labels = honest(300, 3, seed=2)
        found = fitted_temperature(probabilities, labels)

        def cross_entropy(temperature: float) -> float:
            return -np.log(scaled(probabilities, temperature)[np.arange(300), labels]).mean()

        assert all(cross_entropy(found) < cross_entropy(found * factor) for factor in (0.98, 1.02))

    def test_without_a_mistake_or_with_hardly_a_hit_there_is_none(self):
        assert fitted_temperature(*two([0.9, 0.7], [True, True])) is None
        assert fitted_temperature(*two([0.9, 0.7], [False, False])) is None

    @pytest.mark.parametrize(("sureness", "found"), [(19.5, 1 / 19.5), (20.5, None), (0.06, 1 / 0.06), (0.04, None)])
    def test_between_like_a_coin_and_like_certainty_there_is_one_and_beyond_none(self, sureness, found):
        """Three of five are right, which is what is said once scores are multiplied by `sureness`."""
        said = 1 / (1 + 1.5 ** (-1 / sureness))
        temperature = fitted_temperature(*two([said] * 5, [True] * 3 + [False] * 2))
        assert temperature == (found and pytest.approx(found))

    def test_it_may_be_extreme_without_losing_a_number(self):
        probabilities, _ = two([0.5, 0.6], [True, True])
        assert scaled(probabilities, 1e-3) == pytest.approx(np.array([[0.5, 0.5], [1, 0]]))
        assert scaled(probabilities, 1e3) == pytest.approx(np.full((2, 2), 0.5), abs=1e-3)

    def test_a_probability_rounded_to_nothing_is_no_trouble(self):
        made = scaled(np.float32([[1, 0], [0, 1]]), 2.0)
        assert np.isfinite(made).all()
        assert made.sum(axis=1) == pytest.approx([1, 1])
        assert fitted_temperature(np.float32([[1, 0], [0.9, 0.1], [0.6, 0.4]]), np.array([0, 0, 1])) > 0
        assert fitted_temperature(np.float32([[1, 0], [1, 0]]), np.array([0, 1])) is None  # certain, and half wrong

    def test_it_changes_no_answer_only_how_sure_it_sounds(self):
        plain = Prediction("bees", {"ants": 0.3, "bees": 0.7}, 0.1)
        hot, cold = plain.at(2.0), plain.at(0.5)
        assert hot.probabilities["bees"] < 0.7 < cold.probabilities["bees"]
        assert cold.probabilities["bees"] == pytest.approx(0.49 / 0.58)  # squares: 0.7^2 / (0.7^2 + 0.3^2)
        assert {hot.label, cold.label} == {"bees"}
        assert hot.at(1.0).probabilities["bees"] == pytest.approx(0.7)


class TestOfARun:
    def test_a_known_distortion_is_measured_and_mended_on_pictures_it_was_not_fitted_on(self):
        probabilities, labels = honest(2_000, 2, seed=4)
        found = calibration_of(scaled(probabilities, 1 / 3), labels)
        assert found.plain.error > found.by_chance
        assert found.scaled.error < found.plain.error / 2

    def test_every_fifth_picture_is_scaled_by_what_fits_the_others(self):
        probabilities, labels = honest(61, 2, seed=6)
        made = np.empty_like(probabilities)
        for first in range(5):
            here = np.arange(61) % 5 == first
            made[here] = scaled(probabilities[here], fitted_temperature(probabilities[~here], labels[~here]))
        assert calibration_of(probabilities, labels).scaled.error == pytest.approx(reliability(made, labels).error)

    def test_one_picture_that_a_fold_cannot_spare_leaves_the_scaling_unmeasured(self):
        found = calibration_of(*two([0.9] * 19 + [0.6], [True] * 19 + [False]))
        assert found.temperature is not None
        assert found.scaled is None

    def test_the_head_that_comes_along_knows_more_than_it_says(self):
        found = calibration_of_run(bundled_run())
        assert found.pictures == 153
        assert found.plain.mean_confidence < found.plain.mean_accuracy
        assert found.temperature < 1
        assert found.scaled.error < found.by_chance < found.plain.error

    def test_a_model_keeps_the_probabilities_of_its_best_epoch(self):
        view = bundled_run()
        first = replace(view.epochs[-1], epoch=29, is_best=True, val_probabilities=view.best.val_probabilities * 0.5)
        longer = replace(view, epochs=(first, first, replace(view.epochs[-1], is_best=False)))
        model = model_of(longer, "key")
        assert len(model.run.epochs) == 2
        assert evaluation_of(model.run).probabilities.max() <= 0.5


def test_why_a_run_is_not_measured():
    view = bundled_run()
    assert why_not_measured(view) == ""
    elsewhere = "this head was trained elsewhere"
    assert why_not_measured(replace(view, prepared=None)).startswith(elsewhere)
    assert why_not_measured(replace(view, prepared=replace(view.prepared, val_size=0))).startswith(elsewhere)
    best = replace(view.best, val_probabilities=np.full_like(view.best.val_probabilities, np.nan))
    epochs = tuple(best if epoch is view.best else epoch for epoch in view.epochs)
    assert why_not_measured(replace(view, epochs=epochs)).startswith("its training broke down")


@pytest.mark.parametrize("wrong", [-0.5, 1.5])
def test_what_is_no_probability_is_refused(wrong):
    with pytest.raises(InputError, match="probabilities holds"):
        calibration_of(np.array([[wrong, 0.5]]), np.array([0]))
