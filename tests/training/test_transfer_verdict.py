"""What is said of a carried start, held against scipy's tests of the same made accuracies."""

from __future__ import annotations

import dataclasses
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from qtl_core.training.transfer.arms import ALL, Amount, Arm, TransferComparison
from qtl_core.training.transfer.comparison_causes import cause_words, parted_differences
from qtl_core.training.transfer.comparison_verdict import (
    amount_words,
    conclusion,
    differences,
    diverged_words,
    judged_words,
    limits_words,
    luck_words,
    speed_words,
)
from tests.helpers.made_runs import made_run

SEEDS, PICTURES, EPOCHS = 20, 100, 4
SHIFTS = {"more": 6, "fewer": -6, "luck": 0}  # pictures that the carried start has more right than the one from scratch


def arm(last: np.ndarray, seeds: tuple[int, ...] = tuple(range(SEEDS)), **more) -> Arm:
    """An arm whose accuracy grows evenly to `last` pictures right; its best epoch is the last."""
    growth = np.linspace(0.5, 1, EPOCHS + 1)
    return Arm(seeds, last[:, None] / PICTURES * growth, np.full(len(last), EPOCHS), **more)


def amount(sign: str, per_class: int, seed: int = 5) -> Amount:
    generator = np.random.default_rng((seed, per_class))
    scratch = generator.integers(70, 80, SEEDS)
    noise = generator.permutation(np.tile([-2, 2], SEEDS // 2))
    return Amount(per_class, 2 * (per_class or 100), arm(scratch + SHIFTS[sign] + noise), arm(scratch))


def comparison(*amounts: Amount, test_size: int = 0) -> TransferComparison:
    prepared = dataclasses.replace(made_run(Path("nowhere")).prepared, val_size=PICTURES, test_size=test_size)
    planned = tuple(each.per_class for each in amounts)
    return TransferComparison(prepared, SEEDS, planned, amounts, (100, 100))


def by_scipy(found: TransferComparison) -> list[str]:
    """Signs by scipy's paired t-test, and Holm's correction written out."""
    tests = [stats.ttest_rel(each.carried.last, each.scratch.last) for each in found.amounts]
    order = sorted(range(len(tests)), key=lambda index: tests[index].pvalue)
    signs, still = ["luck"] * len(tests), True
    for step, index in enumerate(order):
        still = still and tests[index].pvalue <= 0.05 / (len(tests) - step)
        if still:
            signs[index] = "more" if tests[index].statistic > 0 else "fewer"
    return signs


@pytest.mark.parametrize("signs", list(product(SHIFTS, repeat=3)), ids="-".join)
def test_the_conclusion_says_what_the_tests_say(signs: tuple[str, ...]):
    found = comparison(*(amount(sign, each) for sign, each in zip(signs, (5, 10, ALL), strict=True)))
    assert [each.sign for each in differences(found)] == by_scipy(found) == list(signs)
    said = conclusion(found)
    assert said.count("more of 100 right with") == signs.count("more")
    assert said.count("fewer of 100 right with") == signs.count("fewer")
    told, _, tied = said.partition("no difference beyond luck with ")
    if set(signs) != {"luck"}:
        words = tied.rstrip(".").split()
        assert [name in words for name in ("5", "10", "all")] == [sign == "luck" for sign in signs]
    helps, harms = "more" in signs, "fewer" in signs
    assert told.startswith("The carried start helped:") == (helps and not harms)
    assert told.startswith("The carried start did harm:") == (harms and not helps)
    assert told.startswith("The carried start helped and did harm:") == (helps and harms)
    assert told.startswith("The carried start made ") == (not helps and not harms)


def test_an_offset_is_found_with_its_size():
    found = comparison(amount("more", 5))
    assert conclusion(found) == "The carried start helped: 6.0 more of 100 right with 5 a class."
    (each,) = differences(found)
    usual = stats.ttest_rel(each.amount.carried.last, each.amount.scratch.last).confidence_interval(0.95)
    said = amount_words(each, PICTURES)
    assert f"+6.0 of 100 right on average (interval at 95% +{100 * usual.low:.1f} to +{100 * usual.high:.1f})" in said
    assert said.startswith("With 5 a class (10 to learn from): ")


def test_equal_starts_tie():
    one = amount("luck", 5)
    same = Amount(5, 10, one.scratch, one.scratch)
    found = comparison(same)
    assert conclusion(found) == "The carried start made no difference beyond luck with the one amount of photos tried."
    assert "equal with 20. Luck alone nearly always gives as much." in amount_words(differences(found)[0], PICTURES)


def test_more_amounts_ask_for_more():
    """A difference that would count alone does not among many, as one of them is more likely to come by luck."""
    gaps = np.tile([3, -2, 2, 1], 5)
    scratch = np.full(SEEDS, 70)
    lucky = Amount(5, 10, arm(scratch + gaps), arm(scratch))
    p = stats.ttest_rel(lucky.carried.last, lucky.scratch.last).pvalue
    assert 0.05 / 5 < p < 0.05
    assert differences(comparison(lucky))[0].sign == "more"
    others = [amount("luck", each) for each in (10, 20, 50, ALL)]
    assert [each.sign for each in differences(comparison(lucky, *others))] == ["luck"] * 5


def test_test_pictures_judge_where_there_are_any():
    one = amount("luck", ALL)
    tests = one.scratch.last
    carried, scratch = (
        dataclasses.replace(arm, tests=tests + shift)
        for arm, shift in ((one.carried, 0.1 + np.tile([-0.01, 0.01], 10)), (one.scratch, 0))
    )
    found = comparison(Amount(ALL, 200, carried, scratch), test_size=50)
    assert conclusion(found) == "The carried start helped: 5.0 more of 50 right with all."
    assert judged_words(found).startswith("The 50 test photos judge")
    assert "validation" in judged_words(comparison(one))


def test_how_much_the_best_epoch_flatters_is_what_it_is_above_the_last():
    accuracies = np.tile([0.5, 0.8, 0.95, 0.9], (SEEDS, 1))
    flattered = Arm(tuple(range(SEEDS)), accuracies, np.full(SEEDS, 2))
    plain = Arm(tuple(range(SEEDS)), accuracies, np.full(SEEDS, 3))
    said = judged_words(comparison(Amount(ALL, 200, flattered, plain)))
    assert "the carried start is 5.0 points higher than at its last, and the one from scratch 0.0" in said


@pytest.mark.parametrize(
    ("ours", "theirs", "said"),
    [
        (
            [0] * 20,
            [3] * 20,
            "carried before any training at the median, from scratch after 3 epochs at the median. So",
        ),
        (
            [1] * 20,
            [None] * 20,
            "from scratch not reached by 20 of 20 seeds. Sooner with 20 of 20 seeds, later with 0;",
        ),
        (
            [None] * 20,
            [2] * 20,
            "carried not reached by 20 of 20 seeds, from scratch after 2 epochs at the median. Soo",
        ),
        (
            [None] * 20,
            [None] * 20,
            "With all: neither start gets 90% of the validation set right after any epoch, with any of the 20 seeds.",
        ),
        ([1] * 17 + [None] * 3, [2] * 20, "carried after 1 epoch at the median (3 of 20 seeds never), from scratch"),
        ([1] * 10 + [None] * 10, [2] * 20, "carried not reached by 10 of 20 seeds, from scratch after 2 epochs"),
    ],
)
def test_epochs_that_never_came_are_said(ours: list[int | None], theirs: list[int | None], said: str):
    assert said in speed_words(Amount(ALL, 200, reaching(ours), reaching(theirs)))


def reaching(epochs: list[int | None]) -> Arm:
    """An arm whose runs get 90 of 100 right first after these epochs, or never."""
    steps = np.arange(EPOCHS + 1)
    accuracies = [np.where(steps >= (EPOCHS + 1 if epoch is None else epoch), 0.9, 0.89) for epoch in epochs]
    return Arm(tuple(range(len(epochs))), np.array(accuracies), np.full(len(epochs), EPOCHS))


def test_being_sooner_counts_only_beyond_luck():
    apart = Amount(ALL, 200, reaching([1] * 20), reaching([2] * 20))
    assert speed_words(apart).endswith(
        "Sooner with 20 of 20 seeds, later with 0; luck alone gives as uneven a split in fewer than 1 of 1,000 cases."
    )
    same = Amount(ALL, 200, reaching([0] * 20), reaching([0] * 20))
    assert speed_words(same).endswith("Sooner with 0 of 20 seeds, later with 0: a tie.")
    mixed = Amount(ALL, 200, reaching([1] * 12 + [3] * 8), reaching([2] * 20))
    p = stats.binomtest(8, 20).pvalue
    assert f"as uneven a split in {100 * p:.0f} of 100 cases, so this does not count." in speed_words(mixed)


def test_luck_is_how_far_two_seeds_are_apart():
    scratch = arm(np.array([70, 74] * 10))
    pairs = [abs(a - b) for a in [70, 74] * 10 for b in [70, 74] * 10]
    expected = sum(pairs) / (20 * 19)
    said = luck_words(comparison(Amount(ALL, 200, scratch, scratch)))
    assert f"are {expected:.1f} of 100 apart on average" in said


def test_only_seeds_that_both_starts_finished_are_paired():
    ours = arm(np.arange(60, 75), tuple(range(5, 20)), diverged=(0, 1, 2, 3, 4))
    theirs = arm(np.arange(50, 70))
    one = Amount(ALL, 200, ours, theirs)
    assert one.both == tuple(range(5, 20))
    assert one.gaps("last") == pytest.approx(np.full(15, 0.05))
    assert diverged_words(comparison(one)).startswith("Of all trainings 5 carried broke down")
    assert diverged_words(comparison(amount("luck", 5))) == ""


def test_where_too_few_seeds_are_left_nothing_is_concluded():
    few = Amount(ALL, 200, arm(np.arange(60, 65), tuple(range(5))), arm(np.arange(50, 70)))
    assert conclusion(comparison(few)).startswith("Too few seeds trained both starts to the end")
    beside = conclusion(comparison(amount("more", 5), few))
    assert "6.0 more of 100 right with 5 a class; with all too few seeds trained to the end to say" in beside


def test_numbers_that_stand_still_are_told():
    found = comparison(amount("luck", 5))
    assert "numbers learn" not in limits_words(found)
    assert "From the carried start 10 numbers learn, from scratch 100." in limits_words(
        dataclasses.replace(found, trained=(10, 100))
    )


def test_what_comes_of_standing_still_and_what_was_carried_add_up_to_the_difference():
    """The breaker's case: the carried start does harm, and so does the same at random numbers."""
    scratch, wobble = np.full(SEEDS, 70.0), np.tile([-1.0, 1.0], SEEDS // 2)
    few = Amount(5, 10, arm(scratch - 35 + wobble), arm(scratch), arm(scratch - 30 - wobble))
    every = Amount(ALL, 200, arm(scratch - 30 + wobble), arm(scratch), arm(scratch - 30 - wobble))
    found = dataclasses.replace(comparison(few, every), trained=(10, 5158))
    for each, (_, still, carried) in zip(differences(found), parted_differences(found), strict=True):
        assert still.mean + carried.mean == pytest.approx(each.found.mean)
    assert cause_words(found) == (
        "From the carried start most numbers stand still: 10 learn, from scratch 5,158. That alone, with the same "
        "numbers still at random and nothing carried (the control), makes against scratch, of 100 right: −30.0 with 5 "
        "a class and −30.0 with all. What was carried makes, beyond that: −5.0 with 5 a class and 0.0 (luck may give "
        "as much) with all."
    )


def test_without_a_control_standing_still_is_said_to_be_a_reason():
    found = dataclasses.replace(comparison(amount("fewer", 5)), trained=(90, 100))
    assert cause_words(found).startswith("From the carried start some numbers stand still: 90 learn")
    assert cause_words(found).endswith("A difference may come of that alone, as much as of what was carried.")
    assert cause_words(comparison(amount("fewer", 5))) == ""
