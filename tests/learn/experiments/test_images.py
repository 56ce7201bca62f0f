"""Pairs of digits told apart, one after the other: the pictures, how alike pairs are, and what is carried."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from sklearn.datasets import load_digits

from qtl_core.common.progress import never_stop
from qtl_core.learn.experiments import images
from qtl_core.learn.experiments.digits import digits
from qtl_core.learn.experiments.outcome import outcome_of

SEEDS = np.arange(6)


def curves(stop: int):
    return images.learn(images.LIKENESSES[stop], SEEDS, never_stop)


def test_a_picture_is_a_state_of_block_means():
    found = load_digits()
    three = found.images[found.target == 3][0]
    blocks = [three[row : row + 2, column : column + 2].mean() for row in range(0, 8, 2) for column in range(0, 8, 2)]
    assert digits()[3][0] == pytest.approx(np.array(blocks) / np.linalg.norm(blocks))


def test_the_stops_are_the_pairs_with_least_middle_and_most_in_common():
    def alike(pairs) -> list[tuple[float, tuple[int, int]]]:
        values = [(images.likeness_of(pair), pair) for pair in pairs]
        return sorted((abs(value), pair if value >= 0 else pair[::-1]) for value, pair in values)

    pairs = list(combinations(range(10), 2))
    apart = alike(pair for pair in pairs if not set(pair) & set(images.PAIR_B))
    one = alike(pair for pair in pairs if len(set(pair) & set(images.PAIR_B)) == 1)
    wanted = [apart[0], apart[len(apart) // 2], apart[-1], one[-1]]
    assert [pair for _, pair in wanted] == list(images.PAIRS[1:5])
    assert [round(value, 2) for value, _ in wanted] == [each.value for each in images.LIKENESSES[1:5]]


@pytest.mark.parametrize("row", range(len(SEEDS)))
def test_no_picture_of_task_a_is_one_of_task_bs(row):
    b, a = images.pictures_b(SEEDS), images.pictures_a(images.PAIR_B, SEEDS, by_lot=False)
    together = np.concatenate([b.known[row], b.unseen[row], a.known[row], a.unseen[row]])
    assert len(together) == 340
    assert len(np.unique(together, axis=0)) >= 339  # two pictures may be equal at so few pixels


def test_names_by_lot_say_nothing():
    pictures = images.pictures_a((0, 1), np.arange(20), by_lot=True)
    half = pictures.names.shape[1] // 2
    assert (pictures.names.sum(axis=1) == half).all()
    assert 0.4 < pictures.names[:, :half].mean() < 0.6


def test_slopes_lower_the_cross_entropy_of_the_pictures_shown():
    """Twenty steps on one picture of each digit bring both to the right side."""
    pictures = images.pictures_b(SEEDS)
    pair = images.Pictures(pictures.known[:, [0, 10]], pictures.names[:, [0, 10]], pictures.known[:, [0, 10]])
    start = np.random.default_rng(0).normal(size=(len(SEEDS), images.CIRCUIT.angles))
    _, shares = images.taught(start, pair, never_stop)
    assert (shares[:, 20:] == 1).all()


def test_the_nearer_mean_does_as_well():
    pictures = images.pictures_b(np.arange(20))
    right = []
    for known, unseen in zip(pictures.known, pictures.unseen, strict=True):
        distances = [np.linalg.norm(unseen - part.mean(axis=0), axis=1) for part in (known[:10], known[10:])]
        right.append(((distances[1] < distances[0]) == np.repeat([False, True], 80)).mean())
    assert np.mean(right) == pytest.approx(0.94, abs=0.005)
    assert "94 in 100" in images.EXPERIMENT.without


def test_equal_arguments_give_equal_curves_and_the_same_task_b():
    first, again, other = curves(3), curves(3), curves(0)
    assert np.array_equal(first.transferred, again.transferred)
    assert np.array_equal(first.scratch, other.scratch)


def test_only_what_is_alike_saves():
    found = [outcome_of(images.LIKENESSES[stop], curves(stop), images.EXPERIMENT.quality) for stop in (0, 5)]
    assert found[0].low < 0 < found[1].low
