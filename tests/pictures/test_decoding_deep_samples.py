"""The rule by which deep samples become 8 bits, line by line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from qtl_core.pictures.decoding.deep_samples import Levels, levels_of


@pytest.mark.parametrize(
    ("kind", "low", "high", "black", "white"),
    [
        ("i2", -5, 700, -5, 700),  # 1: signed
        ("f4", -0.5, 0.5, -0.5, 0.5),
        ("f4", 0.2, 0.45, 0, 1),  # 2: fractions
        ("f8", 0.0, 1.0, 0, 1),
        ("u2", 0, 16384, 0, 65535),  # 3: a quarter of the type
        ("u4", 9, 1 << 30, 0, 2**32 - 1),
        ("i2", 0, 9000, 0, 32767),
        ("u2", 257, 514, 0, 65535),  # 3: widened
        ("u4", 0, 16843009 * 3, 0, 2**32 - 1),
        ("u2", 0, 16383, 0, 16383),  # 4: bits that were used
        ("u2", 0, 4096, 0, 16383),
        ("u2", 0, 4095, 0, 4095),
        ("u2", 0, 1843, 0, 4095),  # 45% of white
        ("u2", 0, 1023, 0, 1023),
        ("u2", 0, 3, 0, 255),
        ("i4", 0, 40_000, 0, 65535),
        ("f4", 0, 114.75, 0, 255),
        ("f8", 0, 65535.0, 0, 65535),
        ("f4", 0, 1 / 300, 0, 1 / 300),  # 5: the brightest is white
        ("f4", 0, 2.5, 0, 2.5),
        ("i4", 0, 98_993, 0, 98_993),
        ("f8", 0, 1e300, 0, 1e300),
    ],
)
def test_black_and_white(kind, low, high, black, white):
    samples = np.array([low, high], kind)
    found = levels_of([samples[:1], samples[1:]])
    assert (found.black, found.white) == (pytest.approx(black), pytest.approx(white))


def test_what_is_not_finite_does_not_count_and_goes_to_the_ends():
    samples = np.array([np.inf, -np.inf, np.nan, 0.5], "f4")
    levels = levels_of([samples])
    assert levels == Levels(0, 1)
    assert levels.applied(samples).tolist() == [255, 0, 0, 128]
    assert levels_of([samples[:3]]).applied(samples[:3]).tolist() == [255, 0, 0]


def test_the_largest_numbers_there_are_do_not_overflow():
    samples = np.array([-1.7e308, 0, 1.7e308])
    assert levels_of([samples]).applied(samples).tolist() == [0, 128, 255]


@given(
    arrays.arrays(
        st.sampled_from(["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]),
        st.integers(1, 40),
    )
)
def test_order_is_kept_and_nothing_is_an_error(samples):
    shown = levels_of([samples]).applied(samples)
    assert shown.dtype == np.uint8
    numbers = samples[~np.isnan(samples)] if samples.dtype.kind == "f" else samples
    order = np.argsort(numbers, kind="stable")
    ranked = shown[~np.isnan(samples)] if samples.dtype.kind == "f" else shown
    assert (np.diff(ranked[order].astype(int)) >= 0).all()
    assert len(shown) == len(samples)
