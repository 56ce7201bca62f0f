"""Pictures chosen by a run's answers: even steps from worst to surest, class by class in turn, none twice."""

from __future__ import annotations

import numpy as np

from qtl_core.explain.picture_spread import spread_by_answers


def two_classes(own: list[float], labels: list[int]) -> np.ndarray:
    """Probabilities of two classes in which the true one has these."""
    first = [each if label == 0 else 1 - each for each, label in zip(own, labels, strict=True)]
    return np.array([[each, 1 - each] for each in first])


def test_steps_are_even_and_classes_take_turns():
    labels = [0, 0, 0, 0, 0, 1, 1, 1, 1]
    own = [0.90, 0.52, 0.89, 0.10, 0.88, 0.70, 0.20, 0.45, 0.71]
    found = spread_by_answers(labels, two_classes(own, labels), 3)
    # Steps of the first class: 0.1, 0.5, 0.9, from the surest; of the second: 0.2, 0.455, 0.71, from the worst.
    assert found == (0, 6, 1, 7, 3, 8)


def test_a_picture_is_taken_once_and_a_small_class_whole():
    labels = [0, 0, 0, 1]
    own = [0.9, 0.9, 0.9, 0.3]
    assert sorted(spread_by_answers(labels, two_classes(own, labels), 2)) in ([0, 1, 3], [0, 2, 3], [1, 2, 3])
    assert spread_by_answers([1], two_classes([0.3], [1]), 2) == (0,)
