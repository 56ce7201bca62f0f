"""Every experiment of the catalogue: what all of them promise, whatever their field."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.learn.experiments.catalogue import FURTHER, KEYS, all_keys, experiment
from qtl_core.learn.experiments.experiment import Curves
from qtl_core.learn.experiments.outcome import corrected, outcome_of
from qtl_core.learn.experiments.words import nothing_in_common, sentence, story
from qtl_core.learn.topics import TOPICS, topics_of

FEW = np.arange(3)
MOST_POINTS = 120

every_experiment = pytest.mark.parametrize("key", all_keys())


@cache
def at_zero(key: str) -> Curves:
    found = experiment(key)
    return found.learn(found.likenesses[0], np.arange(found.seeds), lambda: False)


@cache
def usual_of_few(key: str) -> Curves:
    found = experiment(key)
    return found.learn(found.likenesses[found.usual], FEW, lambda: False)


def test_experiments_are_those_of_the_topics_in_their_order():
    assert [key for key in topics_of("uses") if key in KEYS] == list(KEYS)
    assert set(FURTHER) <= set(KEYS) <= set(TOPICS)
    assert [experiment(key).key for key in all_keys()] == list(all_keys())
    with pytest.raises(UserError):
        experiment("alchemy")


@every_experiment
def test_equal_arguments_give_equal_curves_and_all_are_finite(key):
    found, before = experiment(key), usual_of_few(key)
    again = found.learn(found.likenesses[found.usual], FEW, lambda: False)
    for name in Curves.__dataclass_fields__:
        assert np.array_equal(getattr(before, name), getattr(again, name)), name
        assert np.isfinite(getattr(before, name)).all(), name
    assert before.evaluations[0] == 0 and (np.diff(before.evaluations) > 0).all()
    assert before.first_evaluations[0] == 0 and (np.diff(before.first_evaluations) > 0).all()
    assert len(before.evaluations) <= MOST_POINTS
    assert not np.array_equal(before.scratch[0], before.scratch[1]), "each seed is another one"


@every_experiment
def test_from_scratch_is_the_same_at_every_stop(key):
    assert np.array_equal(at_zero(key).evaluations, usual_of_few(key).evaluations)
    assert at_zero(key).scratch[: len(FEW)] == pytest.approx(usual_of_few(key).scratch, abs=1e-9)


@every_experiment
def test_with_nothing_in_common_nothing_is_saved(key):
    found = experiment(key)
    outcome = outcome_of(found.likenesses[0], at_zero(key), found.quality)
    assert outcome.verdict != "saved", (outcome.difference, outcome.low, outcome.high, outcome.p)
    assert outcome.scratch.missed <= found.seeds // 2, "from scratch most seeds get there within the budget"


@every_experiment
def test_its_words_make_sentences(key):
    found = experiment(key)
    zero = outcome_of(found.likenesses[0], at_zero(key), found.quality)
    usual = outcome_of(found.likenesses[found.usual], usual_of_few(key), found.quality)
    said = [story(found, usual), sentence(found, usual), nothing_in_common(found, corrected([zero, usual]), usual)]
    for text in (*said, found.without):
        assert re.match(r"[A-Z“0-9]", text) and text.endswith((".", "?")), text
        assert not re.search(r"\.\.|  | ,|\bNone\b|nan\b|\{", text), text
    for words in (found.task_b, found.carried, found.evaluation, *(each.task_a for each in found.likenesses)):
        assert words == words.strip() and not words.endswith("."), "it ends a sentence, whose full stop is there"
    assert found.title and not found.title.endswith(".")
    assert re.match(r"[A-Z]", found.about) and found.about.endswith("?"), "it ends with what is asked"
