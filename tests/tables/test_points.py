"""The points of a plane: the paper's own, drawn again with scikit-learn as its notebook does."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from qtl_core.settings import DataSettings
from qtl_core.tables.catalogue import load_numbers
from qtl_core.tables.points import SHAPES, fresh_points

SPIRALS = DataSettings(source="points")


def the_notebooks_points(turns: float) -> list[np.ndarray]:
    """What the notebook learns from and tests on: X_train, X_test, y_train, y_test."""
    rng, each = np.random.RandomState(21), 2200
    n = np.sqrt(rng.rand(each, 1)) * turns * (2 * np.pi)
    x = -np.cos(n) * n + rng.rand(each, 1) * 0.7
    y = np.sin(n) * n + rng.rand(each, 1) * 0.7
    points = StandardScaler().fit_transform(np.vstack((np.hstack((x, y)), np.hstack((-x, -y)))))
    labels = np.hstack((np.zeros(each), np.ones(each))).astype(int)
    train, test, train_labels, test_labels = train_test_split(points, labels, test_size=200, random_state=42)
    return [train[:2000], test, train_labels[:2000], test_labels]


@pytest.mark.parametrize("turns", [1.52, 2.0])
def test_the_spirals_are_those_of_the_papers_notebook(turns: float):
    numbers = load_numbers(DataSettings(source="points", turns=turns))
    train, test, train_labels, test_labels = the_notebooks_points(turns)
    np.testing.assert_allclose(numbers.values(numbers.dataset.train), train.astype(np.float32), rtol=0, atol=1e-6)
    np.testing.assert_allclose(numbers.values(numbers.dataset.val), test.astype(np.float32), rtol=0, atol=1e-6)
    assert [picture.label for picture in numbers.dataset.train] == train_labels.tolist()
    assert [picture.label for picture in numbers.dataset.val] == test_labels.tolist()


@pytest.mark.parametrize("shape", sorted(SHAPES))
@pytest.mark.parametrize("points", [20, 137, 10_000])
def test_every_shape_has_both_classes_in_both_parts_and_as_many_as_asked(shape: str, points: int):
    numbers = load_numbers(DataSettings(source="points", shape=shape, points=points))
    dataset = numbers.dataset
    assert (len(dataset.train), len(dataset.val)) == (points, max(10, points // 10))
    assert {picture.label for picture in dataset.train} == {picture.label for picture in dataset.val} == {0, 1}
    assert len(numbers.rows) == len(dataset.train) + len(dataset.val), "no point is in both parts"


def test_without_scatter_points_lie_on_what_they_are_named_after():
    rng = np.random.RandomState(0)
    plain = DataSettings(source="points", spread=0.0, turns=1.0)
    spiral = SHAPES["spirals"](50, plain, rng)[:50]
    radius, angle = np.hypot(*spiral.T), np.arctan2(spiral[:, 1], -spiral[:, 0]) % (2 * np.pi)
    np.testing.assert_allclose(angle, radius % (2 * np.pi), atol=1e-9)
    squares = SHAPES["squares"](50, plain, rng)
    assert (squares[:50].prod(axis=1) > 0).all() and (squares[50:].prod(axis=1) < 0).all()
    moons = SHAPES["moons"](50, plain, rng) / (2 * np.pi)
    ours, theirs = (np.vstack((m.min(axis=0), m.max(axis=0))) for m in (moons, make_moons(2000)[0]))
    np.testing.assert_allclose(ours, theirs, atol=0.1)
    np.testing.assert_allclose(np.hypot(*moons[:50].T), 1)


def test_fresh_points_are_none_of_those_learnt_from_or_held_out():
    data = DataSettings(source="points", points=100)
    numbers, (fresh, labels) = load_numbers(data), fresh_points(data)
    known = {tuple(row) for row in numbers.values((*numbers.dataset.train, *numbers.dataset.val)).tolist()}
    assert len(fresh) == 110 and not {tuple(row) for row in fresh.tolist()} & known
    assert set(labels) == {0, 1}


def test_turning_the_plane_keeps_distances():
    straight, turned = (
        load_numbers(DataSettings(source="points", rotation_degrees=degrees)) for degrees in (0.0, 90.0)
    )
    before, after = (each.values(each.dataset.val) for each in (straight, turned))
    np.testing.assert_allclose(after, np.stack((-before[:, 1], before[:, 0]), axis=1), atol=1e-6)


def test_the_same_settings_give_the_same_points_and_others_give_others():
    first, again, other = (
        load_numbers(data).digests(load_numbers(data).dataset.val)
        for data in (SPIRALS, SPIRALS, DataSettings(source="points", turns=1.0))
    )
    assert first == again
    assert not set(first) & set(other)
