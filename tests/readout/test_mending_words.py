"""The sentence on ways to bring answers back is judged picture by picture, and says what luck would give."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest

from qtl_core.readout.dial import DialRequest, dial_reading
from qtl_core.readout.mending import Mended
from qtl_core.readout.mending_words import mending_words
from qtl_core.settings import ReadoutSettings


@pytest.fixture
def reading(inputs):
    return dial_reading(DialRequest(inputs, ReadoutSettings(readout_flip=0.1)))


def with_wrong(reading, title: str, wrong: int) -> Mended:
    """The pictures read so that just the first so many are wrong."""
    run = reading.run
    chances = np.eye(len(run.classes))[np.asarray(run.labels)]
    chances[:wrong] = np.roll(chances[:wrong], 1, axis=1)
    return Mended(title, replace(reading, run=replace(run, probabilities=chances)))


@pytest.mark.parametrize(("before", "after", "says"), [(8, 6, "luck alone could"), (12, 0, "more than luck alone")])
def test_the_best_way_is_judged_by_the_pictures_it_turns(reading, before, after, says):
    found = [with_wrong(reading, "As it is", before), with_wrong(reading, "A", after), with_wrong(reading, "B", before)]
    p = min(1.0, 2 * binomtest(before - after, before - after).pvalue)  # two ways were compared
    said = mending_words(found)
    assert f"“A”: of {reading.run.size}, {before - after} only so and 0 only as it is; {says}" in said
    assert f"(p = {p:.2g}, corrected for the 2 ways compared)" in said


def test_no_way_is_called_best_where_none_is(reading):
    found = [with_wrong(reading, "As it is", 2), with_wrong(reading, "A", 2), Mended("B", None, "why")]
    assert mending_words(found).startswith("No way gets more of them right.")
    assert mending_words(found[:1]) == ""
