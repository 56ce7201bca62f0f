"""The table of runs: rows are as high as their longest name needs."""

from __future__ import annotations

from ui.runs.table import LETTERS, ONE_LINE, TWO_LINES, row_height_for


def test_a_name_that_would_be_cut_gets_a_second_line():
    assert row_height_for(["short", "a" * LETTERS]) == ONE_LINE
    assert row_height_for(["short", "a" * (LETTERS + 1)]) == TWO_LINES > 64, "Streamlit wraps above 4rem"
