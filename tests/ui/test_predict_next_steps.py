"""The first words below answers: how many of the pictures are far away decides them, and one picture is no "most"."""

from __future__ import annotations

import pytest

from ui.predict.next_steps import first_words


@pytest.mark.parametrize(
    ("flagged", "pictures", "begin"),
    [
        (1, 1, "This picture is far from all that this run learnt from: train one on pictures of its kind."),
        (2, 2, "All of these pictures are far from"),
        (2, 3, "Most of these pictures are far from"),
    ],
)
def test_what_is_far_away_is_counted(flagged, pictures, begin):
    assert first_words(flagged, pictures).startswith(begin)


@pytest.mark.parametrize(("flagged", "pictures"), [(0, 0), (0, 1), (1, 2), (2, 4)])
def test_half_of_them_or_fewer_are_not_most(flagged, pictures):
    assert first_words(flagged, pictures) == ""
