"""What runs are called in the lists of the Predict page."""

from __future__ import annotations

import pytest

from tests.compare.test_listing import made
from ui.widgets.model_choice import run_words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "138 of 153 photos right"),
        ({"source": "drawn"}, "138 of 153 drawn pictures right"),
        (
            {"source": "folder", "folder": "/home/somebody/My Ants", "val_size": 27, "right": 20},
            "20 of 27 pictures of My Ants right",
        ),
        ({"source": "folder", "folder": r"C:\Users\somebody\My Ants\\"}, "138 of 153 pictures of My Ants right"),
        ({"source": "folder", "folder": "."}, "138 of 153 pictures of ants, bees right"),
        ({"val_size": 0, "right": None}, "not measured"),
    ],
)
def test_a_run_is_told_by_what_it_was_checked_with(changes, said):
    words = run_words(made(1, **changes))
    assert f"· {said} ·" in words and "somebody" not in words
