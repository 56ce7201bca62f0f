"""Shots against the binomial law, at fixed seeds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from qtl_core.common.errors import InputError
from qtl_core.network.simulators.shots import draw, standard_errors


def test_counts_of_one_bit_follow_the_binomial_law():
    """Of 4,000 pictures with 12 shots each, how many show 0, 1, ... 12 ones: by chi-square."""
    chance, shots, pictures = 0.3, 12, 4000
    found = draw(np.tile([1 - chance, chance], (pictures, 1)), shots, np.random.default_rng(0))
    ones = np.minimum(found.counts[:, 1], 8)  # 8 and more together: each cell is to be expected five times
    law = stats.binom.pmf(np.arange(9), shots, chance)
    law[8] = stats.binom.sf(7, shots, chance)
    assert stats.chisquare(np.bincount(ones, minlength=9), pictures * law).pvalue > 0.001


def test_counts_of_bit_strings_follow_their_probabilities():
    probabilities = np.random.default_rng(1).dirichlet(np.ones(16), size=3)
    found = draw(probabilities, 20_000, np.random.default_rng(2))
    assert found.shots == 20_000
    for counts, law in zip(found.counts, probabilities, strict=True):
        assert stats.chisquare(counts, 20_000 * law).pvalue > 0.001


def test_averages_and_errors_are_those_of_the_counts():
    """Of four shots 00, 01, 01, 11: the first output shows 0 three times, the second once."""
    found = draw(np.array([[0.25, 0.5, 0.0, 0.25]]), 4, _Given())
    np.testing.assert_allclose(found.expectations(), [[0.5, -0.5]])
    np.testing.assert_allclose(found.errors(), np.sqrt([[0.84 / 4, 0.84 / 4]]))  # 0.5 * 4 / 5, squared, is 0.16


def test_shots_that_all_say_the_same_leave_an_error():
    """Of 4,000 pictures whose shares of 0 are those of Jeffreys' prior: where all of 10 shots agree, so far off."""
    shares = np.random.default_rng(6).beta(0.5, 0.5, 4_000)
    found = draw(np.stack([shares, 1 - shares], axis=1), 10, np.random.default_rng(7))
    alike = np.abs(found.expectations()[:, 0]) == 1
    off = found.expectations()[alike, 0] - (2 * shares[alike] - 1)
    assert alike.sum() > 500
    said = found.errors()[alike, 0]
    np.testing.assert_allclose(said, np.sqrt((1 - (10 / 11) ** 2) / 10))
    assert 0.8 < np.sqrt(np.mean(off**2)) / said[0] < 1.4
    np.testing.assert_allclose(standard_errors(np.array([1.0, -1.0]), 1), np.sqrt(0.75))


class _Given:
    """Stands for chance, and gives just what is to be expected."""

    def multinomial(self, shots: int, probabilities: np.ndarray) -> np.ndarray:
        return np.rint(shots * probabilities).astype(np.int64)


def test_errors_are_those_of_repetitions():
    law = np.random.default_rng(3).dirichlet(np.ones(4))
    found = draw(np.tile(law, (5000, 1)), 50, np.random.default_rng(4))
    np.testing.assert_allclose(found.expectations().std(axis=0), found.errors().mean(axis=0), rtol=0.05)


def test_a_seed_repeats_and_another_one_does_not():
    law = np.full((3, 8), 1 / 8)
    first, again, other = (draw(law, 100, np.random.default_rng(seed)).counts for seed in (5, 5, 6))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_rounding_below_zero_is_no_probability():
    found = draw(np.array([[1 + 1e-16, -1e-16]]), 10, np.random.default_rng(0))
    np.testing.assert_array_equal(found.counts, [[10, 0]])


@pytest.mark.parametrize("shots", [0, 100_001])
def test_impossible_numbers_of_shots_are_refused(shots):
    with pytest.raises(InputError, match="shots"):
        draw(np.array([[0.5, 0.5]]), shots, np.random.default_rng(0))
