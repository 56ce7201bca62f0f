"""The page on transfer says what its numbers say, held against scipy's test of the same made accuracies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from benchmarks.transfer_report import CONTROL, Row, Story, in_short, judged, story_parts, transfer_markdown
from qtl_core.training.transfer.arms import Amount, Arm

SEEDS, JUDGES = 20, 100


def arm(right: np.ndarray) -> Arm:
    return Arm(
        tuple(range(len(right))), np.stack([np.full(len(right), 0.5), right / JUDGES], axis=1), np.ones(SEEDS, int)
    )


def row(recipe: str, gain: float, seed: int = 3) -> Row:
    generator = np.random.default_rng((seed, len(recipe)))
    scratch = generator.integers(60, 70, SEEDS)
    noise = generator.permutation(np.tile([-2, 2], SEEDS // 2))
    return Row(recipe, Amount(5, 10, arm(scratch + gain + noise), arm(scratch)), (10, 100), recipe.startswith(CONTROL))


def story(*rows: Row, moved: float = 1.0) -> Story:
    return Story("one thing", "another", JUDGES, "photos", rows, 0.95, moved)


def test_each_difference_is_judged_as_scipy_and_holm_judge_it():
    made = story(row("Ends", 8), row("Depths", -8), row("Layer", 0.5), row(f"{CONTROL}Ends", 0))
    tests = [stats.ttest_rel(each.amount.carried.last, each.amount.scratch.last) for each in made.rows]
    found = judged(made)
    assert [each.found.raw_p for each in found] == pytest.approx([test.pvalue for test in tests])
    assert [each.verdict for each in found] == ["helps", "does harm", "shows nothing", "shows nothing"]
    said = in_short(made)
    assert said.startswith(
        "**One thing → another**: of 3 comparisons the carried start helps in 1, does harm in 1 and shows "
        "nothing beyond luck in 1. Most help: “Ends” with 5 a class, +8.0 of 100 right ("
    )
    assert "Most harm: “Depths” with 5 a class, −8.0 of 100 right (" in said


def test_equal_starts_are_a_tie_and_no_help_is_named():
    said = in_short(story(row("Ends", 0)))
    assert said.endswith("helps in 0, does harm in 0 and shows nothing beyond luck in 1.")


def test_a_recipe_is_held_against_its_control():
    """What helps may be that something stands still, and not what was learnt: then both are above scratch alike."""
    text = "\n".join(story_parts(story(row("Ends", 8), row(f"{CONTROL}Ends", 8))))
    assert "“Ends” against its control" in text and "(luck may give as much) with 5 a class" in text
    text = "\n".join(story_parts(story(row("Ends", 8), row(f"{CONTROL}Ends", -8))))
    assert "+16" in text.partition("against its control")[2] and "luck may give" not in text


@pytest.mark.parametrize(("moved", "said"), [(0.014, "hardly left their random start"), (1.0, "they were learnt")])
def test_angles_that_hardly_moved_are_said_to_hold_little(moved: float, said: str):
    assert said in "\n".join(story_parts(story(row("Ends", 0), moved=moved)))


def test_the_page_has_a_row_for_every_comparison():
    page = transfer_markdown([story(row("Ends", 8), row("Depths", -8))], SEEDS, "1.0 minutes")
    assert page.count("| Ends | 5 |") == page.count("| Depths | 5 |") == 1
    assert "**Ends** (10 numbers learn, from scratch 100) helps with 5 a class." in page
    assert "**Depths** (10 numbers learn, from scratch 100) does harm with 5 a class." in page
