"""The sentences of an experiment: chosen from its numbers, for every way it may come out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.learn.experiments.outcome import Effort, Outcome, first_effort, learnt
from qtl_core.learn.experiments.words import claim, nothing_in_common, sentence, verdict_words
from tests.helpers.toy_experiment import TOY
from ui.learn.experiment_charts import curves_figure


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    found = learnt(TOY, TOY.likenesses[1], np.arange(8))
    return replace(found, difference=30, low=20, high=40, p=0.001, p_corrected=0.002, ranks=1.0)


def effort(median: float, missed: int = 0) -> Effort:
    return Effort(np.full(8, median), median, median, median, missed)


def test_what_is_saved_is_said_with_interval_and_what_learning_a_took(outcome):
    told = sentence(TOY, replace(outcome, transferred=effort(30), scratch=effort(60)))
    assert told.startswith("What was learnt before saves 30 looks on average. Until the error is gone, it takes 30 ")
    assert "from the carried start and 60 from scratch (the median of 8 seeds each)" in told
    assert "between +20 and +40 with 95% confidence; p = 0.002 by a signed-rank test of the pairs" in told
    assert "corrected for all 3 comparisons" in told
    assert "Task A was given 100 looks once, which are not counted (it met the target for B after 62, in" in told
    assert "the median): all of it is made up for once 4 tasks like B are learnt from it." in told
    assert "count as" not in told


def test_harm_and_luck_are_said_as_such(outcome):
    harm = replace(outcome, difference=-30, low=-40, high=-20, ranks=-1.0)
    assert claim(TOY, harm).startswith("What was learnt before does harm: it costs 30 looks more on average.")
    assert verdict_words(harm, TOY.evaluations) == "30 looks lost" and "made up for" not in sentence(TOY, harm)
    luck = replace(outcome, low=-1, p_corrected=0.2)
    assert claim(TOY, luck).startswith("No difference that luck would not give.")
    assert "between −1 and +40" in sentence(TOY, luck) and "p = 0.20" in sentence(TOY, luck)
    torn = replace(outcome, low=-1)
    assert "Ranks and mean do not agree, so neither way is called better." in sentence(TOY, torn)


def test_seeds_that_never_got_there_are_said_and_no_median_is_made_of_them(outcome):
    some = replace(outcome, scratch=effort(60, 2), transferred=effort(30, 0))
    assert "Not there after 100 looks: 2 of 8 from scratch; these count as 100." in sentence(TOY, some)
    most = replace(outcome, scratch=effort(100, 5), transferred=effort(30, 1))
    assert "and more than 100 from scratch" in sentence(TOY, most)
    assert "5 of 8 from scratch, 1 of 8 from the carried start" in sentence(TOY, most)
    none = replace(outcome, scratch=effort(100, 8), transferred=effort(100, 8))
    assert claim(TOY, none) == "Neither way got there within 100 looks, in any of 8 seeds."


def test_a_start_that_does_as_it_comes_takes_nothing(outcome):
    there = claim(TOY, replace(outcome, scratch=effort(60), transferred=effort(0)))
    assert (
        "it takes 60 looks from scratch and none from the carried start, which mostly is good enough as it is" in there
    )


def test_a_start_that_learning_on_spoils_for_a_while_is_said_to_be_so(outcome):
    curves, spoilt = outcome.curves, "learning on, the carried start falls short of it for a while"
    below = replace(outcome, transferred=effort(0), curves=replace(curves, transferred=curves.transferred * 0 - 1))
    assert spoilt not in sentence(TOY, below)
    values = below.curves.transferred.copy()
    values[:, 3] = 1
    dips = replace(below, curves=replace(curves, transferred=values))
    assert spoilt in sentence(TOY, dips)
    assert spoilt not in sentence(TOY, replace(dips, transferred=effort(30)))


def test_what_learning_a_took_is_not_called_learning_where_a_never_got_there(outcome):
    assert first_effort(outcome.curves, TOY.quality).median == 62
    never = replace(outcome, curves=replace(outcome.curves, first=outcome.curves.first + 100))
    assert "(it met the target for B in none of 8 seeds)" in sentence(TOY, never)
    at_once = replace(outcome, curves=replace(outcome.curves, first=outcome.curves.first - 100))
    assert "(it met the target for B at its start, in the median)" in sentence(TOY, at_once)
    some = outcome.curves.first + 100.0
    some[:3, -1] = 0
    few = replace(outcome, curves=replace(outcome.curves, first=some))
    assert "(it met the target for B in 3 of 8 seeds)" in sentence(TOY, few)


def test_a_saving_is_owed_to_what_tasks_share_only_where_more_is_saved_than_with_nothing_in_common(outcome):
    alike = replace(outcome, likeness=TOY.likenesses[0], p_corrected=0.06)
    said = nothing_in_common(TOY, [alike, outcome, outcome], outcome)
    assert said.endswith("luck would not give. But whether less is saved there than here, 8 seeds do not tell.")
    few = replace(outcome, scratch=replace(outcome.scratch, each=outcome.scratch.each - np.array([29] + [0] * 7)))
    assert not outcome.saves_more_than(outcome) and not outcome.saves_more_than(few), "a single seed proves nothing"
    assert outcome.saves_more_than(learnt(TOY, TOY.likenesses[0], np.arange(8)))


def test_nothing_in_common_is_told_beside_what_is_saved(outcome):
    zero = replace(learnt(TOY, TOY.likenesses[0], np.arange(8)), difference=30, low=20, high=40, p_corrected=0.002)
    zero = replace(zero, ranks=1.0)
    luck, harm = replace(zero, p_corrected=0.5), replace(zero, difference=-30, low=-40, high=-20, ranks=-1.0)
    lesson = "So what is saved is owed to what the tasks share, as far as 8 seeds can tell."
    assert nothing_in_common(TOY, [luck, outcome, outcome], outcome).endswith(f"luck would not give. {lesson}")
    assert nothing_in_common(TOY, [harm, outcome, outcome], outcome).endswith(f"30 more on average. {lesson}")
    assert lesson not in nothing_in_common(TOY, [luck, outcome, outcome], luck)
    assert "comes from having been trained at all" in nothing_in_common(TOY, [zero, outcome, outcome], outcome)


def test_the_chart_says_so_where_task_a_goes_on_beyond_it(outcome):
    assert curves_figure(TOY, outcome).data[0].name == "A, learnt first"
    longer = replace(outcome.curves, first_evaluations=16 * outcome.curves.first_evaluations)
    assert curves_figure(TOY, replace(outcome, curves=longer)).data[0].name == "A, learnt first (up to 1,600)"
