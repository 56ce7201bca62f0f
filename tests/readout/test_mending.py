"""Ways to bring answers back, each the reading that it would be by itself."""

from __future__ import annotations

import numpy as np

from qtl_core.readout.dial import DialRequest, dial_reading
from qtl_core.readout.mending import mending_of
from qtl_core.readout.methods import METHODS
from qtl_core.settings import ReadoutSettings


def test_each_way_is_its_own_reading_and_says_its_cost(inputs):
    readout = ReadoutSettings(shots=50, depolarizing_two=0.05, readout_flip=0.1)
    found = {each.title: each for each in mending_of(DialRequest(inputs, readout, ("readout",)))}
    assert list(found) == ["As it is", *(method.title for method in METHODS.values()), "Ten times the shots"]
    corrected = dial_reading(DialRequest(inputs, readout, ("readout",)))
    mine = found["Readout correction"]
    assert mine.reading is not None and corrected.spread is not None
    assert np.array_equal(mine.reading.run.probabilities, corrected.run.probabilities)
    assert mine.middle("accuracy") == corrected.spread.band("accuracy")[1]
    costs = [each.reading.run.cost for each in found.values() if each.reading]
    assert [cost.circuits for cost in costs] == [
        inputs.size,
        inputs.size + 2,
        3 * inputs.size,
        3 * inputs.size,
        inputs.size,
    ]
    assert costs[-1].shots == 10 * costs[0].shots


def test_a_layout_is_set_beside_the_best_and_averages_need_no_more_shots(inputs):
    found = mending_of(DialRequest(inputs, ReadoutSettings(machine="ibmqx4", layout="0,2,3")))
    best = next(each for each in found if each.title == "The layout of least error")
    wanted = dial_reading(DialRequest(inputs, ReadoutSettings(machine="ibmqx4")))
    assert best.reading is not None
    assert best.middle("confidence") == wanted.run.mean_confidence
    assert best.reading.run.mean_error < found[0].reading.run.mean_error
    assert "Ten times the shots" not in [each.title for each in found]
