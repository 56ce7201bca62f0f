"""The conclusion of an ablation, branch by branch, held against scipy's tests of the same counts."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from scipy import stats

from qtl_core.training.ablation import BARE, BOTTLENECK, LINEAR, RANDOM, WHOLE, HeadScores
from qtl_core.training.ablation_verdict import (
    NAMES,
    PICTURES,
    comparison_words,
    comparisons,
    conclusion,
    others_words,
    plain_words,
)

SEEDS = 20
SHIFTS = {"more": 3, "fewer": -3, "luck": 0}  # pictures that the whole circuit has more right than the other head
LESSON = {
    RANDOM: {"more": "angles helped", "fewer": "angles did harm", "luck": "angles made no difference that shows"},
    LINEAR: {
        "more": "",
        "fewer": "goes better without any qubit",
        "luck": "nothing shows that this task needs a qubit",
    },
    BOTTLENECK: {
        "more": "an ordinary hidden layer with as many numbers to learn does not replace the circuit",
        "fewer": "an ordinary hidden layer with as many numbers to learn does better",
        "luck": "",
    },
}
PLAIN = {
    RANDOM: {"more": "helped", "fewer": "did harm", "luck": "made no difference beyond luck"},
    LINEAR: {
        "more": "the whole circuit gets 3.0 of 153 more right than a plain layer without any qubit{size}{gates}.",
        "fewer": "a plain layer without any qubit does better.",
        "luck": "a plain layer without any qubit does as well, but for luck.",
    },
}
SIZE = {
    "more": ", and more than an ordinary hidden layer with as many numbers to learn",
    "fewer": ", but an ordinary hidden layer with as many numbers to learn does better still",
    "luck": ", but an ordinary hidden layer with as many numbers to learn does as well, but for luck",
}
GATES = {"more": "worse", "fewer": "better still", "luck": "as well, but for luck"}
OF_EQUAL_SIZE = "what it has over the linear layer an ordinary hidden layer with as many numbers has as well"
WITHOUT_GATES = "what it has over the linear layer shows without CNOTs and trained gates as well"


def heads(signs: dict[str, str], source: str = "drawn") -> tuple[HeadScores, ...]:
    """Made counts: those of the whole circuit, and others below or above them, or as luck has it."""
    generator = np.random.default_rng(5)
    whole = generator.integers(120, 125, SEEDS)
    found = [HeadScores(WHOLE, tuple(whole.tolist()), 153, source)]
    for kind, sign in signs.items():
        noise = np.tile([-1, 1], SEEDS // 2)
        found.append(HeadScores(kind, tuple((whole - SHIFTS[sign] + noise).tolist()), 153, source))
    return tuple(found)


def by_scipy(whole: HeadScores, other: HeadScores, comparisons_made: int) -> str:
    test = stats.ttest_rel(whole.correct, other.correct)
    if test.pvalue * comparisons_made > 0.05:
        return "luck"
    return "more" if test.statistic > 0 else "fewer"


@pytest.mark.parametrize("signs", list(product(SHIFTS, repeat=4)), ids="-".join)
def test_the_conclusion_says_what_the_tests_say(signs: tuple[str, ...]):
    made = heads(dict(zip((RANDOM, BARE, LINEAR, BOTTLENECK), signs, strict=True)))
    said = conclusion(made)
    assert said.startswith("On these 153 drawn pictures the circuit ")
    assert (said.count("."), said[-1]) == (1 + said.count("3.0"), ".")  # one sentence
    told, _, lessons = said.partition(": ")
    undecided = told.partition("does no better or worse than ")[2]
    for other in made[1:]:
        sign = by_scipy(made[0], other, 4)
        if sign == "luck":
            assert NAMES[other.kind] in undecided
        else:
            assert f"gets 3.0 {sign} right than {NAMES[other.kind]}" in told
            assert NAMES[other.kind] not in undecided
        for which, lesson in LESSON.get(other.kind, {}).items():
            assert not lesson or (lesson in lessons) == (which == sign)
    plain = plain_words(made)
    assert plain.startswith("Training the circuit's angles " + PLAIN[RANDOM][by_scipy(made[0], made[1], 4)])
    ending = PLAIN[LINEAR][by_scipy(made[0], made[3], 4)]
    size, gates = SIZE[by_scipy(made[0], made[4], 4)], GATES[by_scipy(made[0], made[2], 4)]
    assert plain.endswith(ending.format(size=size, gates=f"; without its CNOTs and trained gates it does {gates}"))
    assert (WITHOUT_GATES in lessons) == (signs[1:3] == ("luck", "more"))
    assert (OF_EQUAL_SIZE in lessons) == (signs[2:] == ("more", "luck"))


@pytest.mark.parametrize("source", PICTURES)
def test_it_speaks_of_the_pictures_that_were_used(source: str):
    said = conclusion(heads({RANDOM: "luck", BARE: "luck", LINEAR: "luck"}, source))
    assert f"On these 153 {PICTURES[source]} the circuit does no better or worse than" in said
    assert ("beyond luck: " in said) and said.count(" or ") == 2
    one = [HeadScores(kind, (1,) * 20, 1, source) for kind in (WHOLE, LINEAR)]
    singular = {"drawn": "drawn picture", "photos": "photo", "points": "point", "table": "row"}
    singular = singular.get(source, "picture of your own")
    assert conclusion(one).startswith(f"On this one {singular} the circuit does no better or worse than the plain")


def test_where_too_few_seeds_are_left_nothing_is_concluded_of_that_head():
    whole, random, bare, _ = heads({RANDOM: "luck", BARE: "more", LINEAR: "luck"})
    linear = HeadScores(LINEAR, (146, 145), 153, "drawn", (0, 1), SEEDS - 2)
    said = conclusion((whole, random, bare, linear))
    assert "cannot be compared with the plain linear layer, as too few seeds trained to the end" in said
    assert "needs a qubit" not in said
    last = comparisons((whole, random, bare, linear))[-1]
    assert last.sign == "unknown"
    assert "Lower the learning rate" in comparison_words(last, 153)


def test_a_comparison_gives_its_interval_and_how_seeds_went():
    (found,) = comparisons(heads({LINEAR: "more"}))
    usual = stats.ttest_1samp(np.tile([2, 4], SEEDS // 2), 0).confidence_interval(0.95)
    assert comparison_words(found, 153) == (
        f"Against the plain linear layer: +3.0 of 153 right on average (interval at 95% +{usual.low:.1f} to "
        f"+{usual.high:.1f}); more right with 20 of 20 seeds, fewer with 0, equal with 0. "
        "Luck alone gives as much in fewer than 1 of 1,000 such comparisons."
    )


def test_the_level_of_an_interval_is_that_of_its_step():
    found = comparisons(heads({RANDOM: "more", BARE: "more", LINEAR: "luck"}))
    levels = [re.search(r"interval at ([\d.]+)%", comparison_words(each, 153))[1] for each in found]
    assert levels == ["98.3", "97.5", "95"]


def test_a_mean_of_nought_has_no_sign():
    noise = np.tile([-2, 2], SEEDS // 2)
    usual = stats.ttest_1samp(noise, 0).confidence_interval(0.95)
    made = HeadScores(WHOLE, (120,) * SEEDS, 153, "photos"), HeadScores(LINEAR, tuple(120 + noise), 153, "photos")
    said = comparison_words(comparisons(made)[0], 153)
    assert f"0.0 of 153 right on average (interval at 95% −{usual.high:.1f} to +{usual.high:.1f})" in said


FIRST_OF_THREE = " such comparisons; after allowing for three comparisons this "


@pytest.mark.parametrize(
    ("gaps", "alone", "beside"),
    [
        ([0] * 20, "Luck alone nearly always gives as much.", "Luck alone nearly always gives as much."),
        ([1] * 5 + [-1] * 3 + [0] * 12, "49 of 100 such comparisons, so this does not count.", "49 of 100 such compar"),
        ([1] * 9 + [-1] * 2 + [0] * 9, "31 of 1,000 such comparisons.", f"31 of 1,000{FIRST_OF_THREE}does not count."),
        ([1] * 12 + [-1] * 2 + [0] * 6, "4 of 1,000 such comparisons.", f"4 of 1,000{FIRST_OF_THREE}still counts."),
        ([2, 3] * 10, "fewer than 1 of 1,000 such comparisons.", f"fewer than 1 of 1,000{FIRST_OF_THREE}still counts."),
    ],
)
def test_luck_is_given_as_the_test_of_one_comparison_has_it(gaps: list[int], alone: str, beside: str):
    p = stats.ttest_1samp(gaps, 0).pvalue if any(gaps) else 1.0
    figures = f"{100 * p:.0f} of 100 ", f"{1000 * p:.0f} of 1,000 ", "fewer than 1 of 1,000 ", "nearly always"
    assert any(figure in alone for figure in figures)
    whole = HeadScores(WHOLE, tuple(100 + gap for gap in gaps), 153, "photos")
    linear = HeadScores(LINEAR, (100,) * 20, 153, "photos")
    (found,) = comparisons((whole, linear))
    assert comparison_words(found, 153).endswith(alone)
    same = [HeadScores(kind, whole.correct, 153, "photos") for kind in (RANDOM, BARE)]
    assert beside in comparison_words(comparisons((whole, *same, linear))[-1], 153)


def test_only_seeds_that_both_heads_finished_are_paired():
    whole = HeadScores(WHOLE, (146,) * 12, 153, "photos", tuple(range(12)))
    linear = HeadScores(LINEAR, (100, *(140,) * 11), 153, "photos", tuple(range(20, 21)) + tuple(range(1, 12)))
    (found,) = comparisons((whole, linear))
    assert found.found is not None
    assert (found.found.pairs, found.found.mean) == (11, 6)


def test_other_pictures_have_an_interval_of_their_own():
    shares = np.array([1.0] * 40 + [0.5] * 8 + [0.0] * 2), np.array([1.0] * 38 + [0.25] * 12)
    made = [
        HeadScores(kind, (40,) * 20, 50, "photos", picture_shares=tuple(share))
        for kind, share in zip((WHOLE, LINEAR), shares, strict=True)
    ]
    (found,) = comparisons(made)
    interval = stats.ttest_1samp(shares[0] - shares[1], 0).confidence_interval(0.95)
    assert found.elsewhere == pytest.approx((50 * interval.low, 50 * interval.high))
    said = others_words([found], 50)
    assert "more seeds say nothing about other pictures" in said
    assert said.endswith(
        f"On average over all such pictures, the difference may be +{50 * interval.low:.1f} to "
        f"+{50 * interval.high:.1f} against the plain linear layer, of every 50 (95% interval)."
    )
    assert "by the same 50 points" in (of_points := others_words([found], 50, "points")) and "pictures" not in of_points
    assert others_words(comparisons(heads({LINEAR: "more"})), 153) == ""


def test_pictures_without_a_spread_say_nothing_of_others():
    def made(kind: str, share: tuple[float, ...]) -> HeadScores:
        return HeadScores(kind, (3,) * 20, 4, "photos", picture_shares=share)

    whole, same = made(WHOLE, (1.0, 1.0, 0.9, 0.1)), made(RANDOM, (1.0, 1.0, 0.9, 0.1))
    said = others_words(comparisons((whole, same)), 4)
    assert said.endswith("pictures. These pictures show no spread, so nothing can be said of others.")
    less = made(BARE, (0.9, 0.9, 0.8, 0.0))  # equal but for rounding
    assert "the difference may be" not in others_words(comparisons((whole, same, less)), 4)
    other = made(LINEAR, (1.0, 0.0, 0.9, 0.1))
    said = others_words(comparisons((whole, same, less, other)), 4)
    assert (
        "against the plain linear layer, of every 4 (95% interval). Against the circuit with untrained angles" in said
    )
    assert said.endswith("and trained gates these pictures show no spread, so nothing can be said of others.")
