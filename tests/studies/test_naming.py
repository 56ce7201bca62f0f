"""Differences and spans of time as people say them."""

from __future__ import annotations

import pytest

from qtl_core.studies.naming import difference_words, time_range_words


@pytest.mark.parametrize(
    ("difference", "measure", "said"),
    [
        (0.0071, "last_val_accuracy", "+0.7 points"),
        (-0.0071, "test_accuracy", "-0.7 points"),
        (-0.0001, "last_val_accuracy", "0.0 points"),
        (0.00012, "last_val_loss", "+0.0001"),
        (-0.00001, "last_val_loss", "0.0000"),
    ],
)
def test_a_difference_has_a_sign_unless_it_rounds_to_nothing(difference, measure, said):
    assert difference_words(difference, measure, sign="+") == said
    assert difference_words(difference, measure, "") == said.removesuffix(" points").removeprefix("+")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (80, 95, "about 1.5 minutes"),
        (80, 130, "1.5 to 2 minutes"),
        (50, 200, "1 to 3.5 minutes"),
        (5, 95, "5 seconds to 1.5 minutes"),
        (8, 17, "8 to 17 seconds"),
        (2400, 6000, "0.5 to 1.5 hours"),
        (100, 101, "about 1.5 minutes"),
    ],
)
def test_a_span_of_time_has_one_unit_unless_it_begins_with_next_to_nothing(low, high, said):
    assert time_range_words(low, high) == said
