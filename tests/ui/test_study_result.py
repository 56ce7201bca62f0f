"""How a study's differences are written in its table."""

from __future__ import annotations

import pytest

from ui.study.result import signed


@pytest.mark.parametrize(
    ("difference", "measure", "said"),
    [
        (0.0071, "last_val_accuracy", "+0.7"),
        (-0.0071, "test_accuracy", "-0.7"),
        (-0.0001, "last_val_accuracy", "0.0"),
        (0.00012, "last_val_loss", "+0.0001"),
        (-0.00001, "last_val_loss", "0.0000"),
    ],
)
def test_a_difference_has_a_sign_unless_it_rounds_to_nothing(difference, measure, said):
    assert signed(difference, measure) == said
