"""The charts of a picture's journey draw the figures of its explanation and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.inference.explanation import Explanation, Prediction
from ui.base.theme import CLASSES, class_colour
from ui.predict import journey_charts as charts

TOLD = Explanation(
    prediction=Prediction("a<b>", {"a<b>": 0.7, "bees": 0.3}, 0.1),
    seen=np.zeros((224, 224, 3), np.uint8),
    features=np.arange(5.0),
    angles=np.array([0.5, -1.0, 0.0]) * np.pi / 2,
    hidden=np.array([0.5, -0.25, 1.0]),
    weights=np.array([[1.0, -1.0], [2.0, 0.0], [0.5, 4.0]]),
    bias=np.array([0.1, -0.2]),
)


def test_the_bars_are_the_figures():
    assert list(charts.features_chart(TOLD).data[0].y) == [0, 1, 2, 3, 4]
    assert list(charts.angles_chart(TOLD).data[0].x) == pytest.approx([45, -90, 0])
    assert list(charts.hidden_chart(TOLD).data[0].x) == [0.5, -0.25, 1.0]
    assert list(charts.probabilities_chart(TOLD, CLASSES).data[0].x) == [0.7, 0.3]


def test_the_shares_of_a_class_and_its_bias_are_bars_in_its_colour_that_add_up_to_its_score():
    first, second = charts.shares_chart(TOLD, CLASSES).data
    assert list(first.x) == pytest.approx([0.5, -0.5, 0.5, 0.1])
    assert sum(second.x) == pytest.approx(TOLD.scores[1])
    assert [bars.marker.color for bars in (first, second)] == [class_colour(0), class_colour(1)]
    assert list(first.y) == ["Qubit 0", "Qubit 1", "Qubit 2", "Bias"]


def test_a_class_name_is_not_read_as_markup():
    assert charts.shares_chart(TOLD, CLASSES).data[0].name == "a&lt;b>"
