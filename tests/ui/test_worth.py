"""The worth of a result in words: none of ten moments or fewer, frames of a burst counted once, exact."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.evaluation.metrics import Evaluation
from ui.data.worth import cut_words, moments_of, worth_words


def result(*right_of: tuple[int, int]) -> Evaluation:
    """A result with (right, all) pictures of each class."""
    labels = np.repeat(np.arange(len(right_of)), [count for _, count in right_of])
    hits = np.concatenate([np.arange(count) < right for right, count in right_of])
    said = np.where(hits, labels, (labels + 1) % len(right_of))
    return Evaluation(tuple("abc"[: len(right_of)]), labels, np.eye(len(right_of))[said], tuple(map(str, labels)))


def alone(found: Evaluation) -> list[str]:
    return [f"{at}" for at in range(found.total)]


@pytest.mark.parametrize(
    ("right_of", "words"),
    [
        (
            ((2, 2), (2, 2)),
            "All 4 right: tossing a coin does it 1 time in 16. 4 pictures are too few for a verdict.",
        ),
        (
            ((2, 2), (1, 2)),
            "3 of 4 right: tossing a coin does as well about 1 time in 3. 4 pictures are too few for a verdict.",
        ),
        (
            ((1, 1), (1, 1), (1, 1)),
            "All 3 right: naming a class at random does it 1 time in 27. 3 pictures are too few for a verdict.",
        ),
        (
            ((0, 2), (0, 2)),
            "0 of 4 right: tossing a coin does as well every time. 4 pictures are too few for a verdict.",
        ),
        (
            ((4, 4), (5, 5)),
            "All 9 right: tossing a coin does it 1 time in 512. 9 pictures are too few for a verdict.",
        ),
        (((5, 5), (5, 5)), "Better than not looking: always naming a would get 5 of 10. These pictures also chose"),
        (
            ((5, 5), (4, 5)),
            "So few pictures cannot tell it from luck yet: always naming a would get 5 of 10. **Next:**",
        ),
        (((20, 20), (1, 20)), "So few pictures cannot tell it from luck yet: always naming a would get 20 of 40."),
        (((5, 20), (5, 20)), "Worse than not looking: always naming a would get 20 of 40."),
        (((30, 50), (25, 50)), "No better than not looking: always naming a would get 50 of 100."),
        (((50, 50), (20, 50)), "Better than not looking: always naming a would get 50 of 100."),
    ],
)
def test_what_a_result_is_worth_depends_on_how_many_pictures_there_are(right_of, words):
    found = result(*right_of)
    assert worth_words(found, alone(found)).startswith(words)


def test_the_frames_of_a_burst_are_one_moment_right_if_most_are():
    found = result((8, 12), (12, 12))
    groups = [*["x"] * 6, *["y"] * 6, *["z"] * 12]
    moments = moments_of(found, groups)
    assert (moments.right, moments.total, moments.commonest, moments.pictures) == (2, 3, 2, 24)
    assert worth_words(found, groups).startswith(
        "Most of the pictures are right in 2 of 3 bursts and moments: tossing a coin does as well 1 time in 2. "
        "3 bursts and moments are too few for a verdict."
    )


def test_a_burst_of_which_half_is_right_is_not_right():
    assert moments_of(result((3, 6), (1, 1)), [*["x"] * 6, "y"]).right == 1


def test_a_burst_on_both_sides_says_nothing():
    assert cut_words(["cup"]) == (
        "This says nothing yet: all pictures of cup are one burst, so it is checked with frames it has as good as "
        "seen. Take another burst, from elsewhere."
    )
    assert "all pictures of cup and pen are one burst each, so" in cut_words(["cup", "pen"])
