"""How spheres are seen: the plane in which RY turns is not foreshortened, and y still shows."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from qtl_core.drawing.bloch_view import RIGHT, TOWARDS, UP, projected
from ui.base.assets import script


def test_a_turn_about_y_keeps_its_drawn_length():
    angles = np.linspace(0, 2 * np.pi, 73)
    ring = np.stack([np.sin(angles), np.zeros_like(angles), np.cos(angles)], axis=1)
    lengths = np.linalg.norm(projected(ring), axis=1)
    assert lengths.min() > 0.96
    assert lengths.max() <= 1 + 1e-12


def test_y_shows_but_is_not_mistaken_for_x_or_z():
    assert 0.2 < np.linalg.norm(projected(np.array([0.0, 1, 0]))) < 0.4


def test_x_is_right_z_is_up_and_y_goes_away():
    x, y, z = np.eye(3)
    assert projected(x)[0] > 0.95
    assert projected(z)[1] > 0.95
    assert y @ TOWARDS < -0.9


def test_the_view_is_a_rigid_one():
    axes = np.stack([RIGHT, UP, TOWARDS])
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-12)


@pytest.mark.parametrize(("name", "axis"), [("SPHERE_RIGHT", RIGHT), ("SPHERE_UP", UP)])
def test_the_browser_looks_from_the_same_side(name, axis):
    found = re.search(rf"const {name} = (\[.*?\]);", script("packed", "quantum", "walk"))
    np.testing.assert_allclose(json.loads(found[1]), axis)
