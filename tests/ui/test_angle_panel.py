"""The chart of one angle turned by hand: a whole turn, whole pictures, and no tick twice."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qtl_core.explain.angle_response import Response
from tests.explain.test_gate_importance import made_inputs
from ui.circuit.angle_panel import knob_figure, within_a_turn


def test_the_chart_goes_exactly_from_minus_to_plus_180_and_counts_whole_pictures():
    inputs, random = made_inputs(2, pictures=40), np.random.default_rng(0)
    response = Response(*(random.normal(scale=0.3, size=(40, 2)) for _ in range(3)))
    figure = knob_figure(response, inputs, trained=0.3, now=1.0)
    curve = figure.data[0]
    assert (min(curve.x), max(curve.x)) == pytest.approx((-180, 180))
    assert figure.layout.xaxis.range == (-180, 180)
    assert float(figure.layout.yaxis.dtick).is_integer()
    assert figure.layout.yaxis.dtick >= 1


@pytest.mark.parametrize(("angle", "same"), [(200, -160), (-190, 170), (1.3, 1.3), (540, 180)])
def test_an_angle_beyond_a_turn_is_the_same_within_one(angle, same):
    assert abs(math.degrees(within_a_turn(math.radians(angle)))) == pytest.approx(abs(same))
    assert math.cos(within_a_turn(math.radians(angle))) == pytest.approx(math.cos(math.radians(angle)))
