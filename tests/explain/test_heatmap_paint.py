"""A map over its picture: brightest where the map is largest, and refused where it says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.explain.heatmap import blended, enlarged, ramp_colours, shows_nothing

SEEN = np.random.default_rng(0).integers(0, 255, (64, 64, 3)).astype(np.uint8)
PLACES = np.array([[0, 0], [0, 0.004]])


def test_the_opacity_goes_from_the_picture_to_the_map():
    assert (blended(SEEN, PLACES, 0) == SEEN).all()
    alone = blended(SEEN, PLACES, 1)
    assert alone[-1, -1] == pytest.approx(ramp_colours(np.array(1.0)), abs=1)
    assert alone[0, 0] == pytest.approx(ramp_colours(np.array(0.0)), abs=1)
    half = blended(SEEN, PLACES, 0.5).astype(float)
    assert half == pytest.approx((SEEN.astype(float) + alone) / 2, abs=1)


def test_a_map_is_shown_relative_to_its_own_brightest_place():
    assert enlarged(PLACES, 64).max() == 1
    assert enlarged(PLACES, 64) == pytest.approx(enlarged(1000 * PLACES, 64), abs=1e-6)
    assert enlarged(PLACES, 64)[:14, :14].max() == 0


def test_brighter_is_always_more():
    colours = ramp_colours(np.linspace(0, 1, 101))
    brightness = colours @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(brightness) > 0).all()


@pytest.mark.parametrize("places", [np.zeros((7, 7)), np.full((7, 7), np.nan)])
def test_a_blank_map_is_said_to_be_one_and_not_drawn(places):
    assert shows_nothing(places)
    with pytest.raises(ValueError, match="blank"):
        blended(SEEN, places, 0.5)
