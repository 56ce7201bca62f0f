"""The page on transfer says what its numbers say, held against scipy's test of the same made accuracies."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.transfer import ANTS_BEES, CONTROLS, QUICK, QUICKER, still_at_random
from benchmarks.transfer_report import in_short, story_parts, transfer_markdown
from benchmarks.transfer_rows import CONTROL, Row, Story, judged
from qtl_core.training.transfer.arms import Amount, Arm
from tests.conftest import PROJECT
from tests.helpers.documents import text_of

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
    said = next(line for line in text.splitlines() if line.startswith("- “Ends”"))
    assert "standing still alone (the control, against scratch) +8.0 with 5 a class; " in said
    assert said.endswith("(luck may give as much) with 5 a class.")
    text = "\n".join(story_parts(story(row("Ends", 8), row(f"{CONTROL}Ends", -8))))
    assert "what was carried (against the control) +16" in text and "luck may give" not in text


@pytest.mark.parametrize(
    ("gain", "control", "said"),
    [
        (-30, -30, "Of the 1 harm: 1 with parts standing still, where standing still alone, at random numbers, does"),
        (-30, -30, "does harm in 1 (−30.0 of 100 right) and what was carried makes, beyond that, nothing beyond luck"),
        (-30, -20, "does harm in 1 (−20.0 of 100 right) and what was carried makes, beyond that, fewer right in 1 (−"),
        (-20, -30, "does harm in 1 (−30.0 of 100 right) and what was carried makes, beyond that, more right in 1 (+"),
        (-30, 0, "does harm in 0 (0.00 of 100 right) and what was carried makes, beyond that, fewer right in 1 (−"),
        (
            30,
            30,
            "Of the 1 help: 1 with parts standing still, where standing still alone, at random numbers, helps in 1",
        ),
    ],
)
def test_harm_of_standing_still_is_told_from_harm_of_what_was_carried(gain: float, control: float, said: str):
    """The breaker's case: 10 of 100 numbers learn, and the same at random numbers harms as much."""
    assert said in in_short(story(row("Ends", gain), row(f"{CONTROL}Ends", control)))


def test_where_all_numbers_learn_the_harm_is_of_what_was_carried():
    every = replace(row("Go on", -8), trained=(100, 100))
    assert in_short(story(every)).endswith("Of the 1 harm: 1 with all numbers learning, so what was carried does it.")


def test_every_recipe_that_leaves_something_still_has_a_control():
    assert set(CONTROLS) == {"new_ends", "keep_all_but_last", "add_layers"}


def test_a_control_carries_nothing_and_leaves_the_same_still():
    masks = {"q_params": np.array([True, True, False])}
    start, fixed = still_at_random(lambda _: ({"q_params": np.ones(3)}, masks))(None)
    assert start is None and fixed is masks


def test_the_page_says_that_its_frequencies_are_uncorrected_and_which_task_has_another_rate():
    page = transfer_markdown([story(row("Ends", 8))], SEEDS, "1.0 minutes")
    assert "luck gives as much in (this comparison alone, uncorrected)" in page
    assert QUICKER[0] == "cats and dogs, this second task alone at a learning rate of 0.01 (the first at 0.0004)"
    assert QUICKER[1].training.learning_rate == QUICK != ANTS_BEES[1].training.learning_rate


@pytest.mark.parametrize(("moved", "said"), [(0.014, "hardly left their random start"), (1.0, "they were learnt")])
def test_angles_that_hardly_moved_are_said_to_hold_little(moved: float, said: str):
    assert said in "\n".join(story_parts(story(row("Ends", 0), moved=moved)))


def test_the_page_has_a_row_for_every_comparison():
    page = transfer_markdown([story(row("Ends", 8), row("Depths", -8))], SEEDS, "1.0 minutes")
    assert page.count("| Ends | 5 |") == page.count("| Depths | 5 |") == 1
    assert "**Ends** (10 numbers learn, from scratch 100) helps with 5 a class." in page
    assert "**Depths** (10 numbers learn, from scratch 100) does harm with 5 a class." in page


@pytest.mark.parametrize("document", ["README.md", "docs/transfer.md"])
def test_the_documents_count_what_the_page_counts(document):
    page, said = (PROJECT / "benchmarks/TRANSFER.md").read_text(), text_of(PROJECT / document)
    counts = re.findall(r"of (\d+) comparisons the carried start helps in (\d+), does harm in (\d+)", page)
    (photos, _, harms), (spirals, helps, turned) = (
        [sum(int(each) for each in column) for column in zip(*pair, strict=True)] for pair in (counts[:2], counts[3:5])
    )
    assert f"no recipe helped in any of {photos} comparisons, and {harms} did harm" in said
    assert f"of {spirals} comparisons {helps} helped and {turned} did harm" in said
