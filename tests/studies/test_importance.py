"""What matters most: the setting that does is found, and luck is not taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.studies import charts
from qtl_core.studies.importance import FEWEST_RUNS, importance
from tests.studies.test_comparisons import plan, rows_of

LAST = "last_val_accuracy"
ASKED = plan("head=dressed,mlp", "learning_rate=0.001,0.003,0.01,0.03", "batch_size=4,8", seeds=8)


def test_the_setting_that_matters_comes_first_with_its_error():
    luck = np.random.default_rng(0)
    rows = rows_of(
        ASKED, lambda at, seed: 0.5 + 8 * at["learning_rate"] + 0.03 * (at["head"] == "mlp") + luck.normal() / 50
    )
    found = importance(ASKED, rows, LAST)
    assert [each.setting for each in found.weights] == ["learning_rate", "head", "batch_size"]
    rate, head, batch = found.weights
    assert rate.mean > 1 and rate.error < rate.mean / 4 and head.counts and not batch.counts
    assert 0.8 < found.score < 1 and found.runs == 128
    assert found.words.startswith("The setting that matters most is learning rate, then head. A forest explains 9")
    assert importance(ASKED, rows, LAST) == found
    assert list(charts.importance(found).data[0].y) == ["Batch size", "Head", "Learning rate"]


@pytest.mark.parametrize("dice", range(3))
def test_of_luck_alone_nothing_is_said(dice):
    luck = np.random.default_rng(dice)
    found = importance(ASKED, rows_of(ASKED, lambda at, seed: 0.9 + luck.normal() / 50), LAST)
    assert found.weights == () and "nothing can be said" in found.words and found.score < 0.1


def test_what_a_seed_brings_is_not_explained_by_settings():
    found = importance(ASKED, rows_of(ASKED, lambda at, seed: 0.5 + seed / 20), LAST)
    assert found.weights == () and found.score <= 0


def test_a_setting_that_plays_no_part_for_some_heads_is_at_its_usual_value_there():
    asked = plan("head=linear,dressed", "depth=1:4", seeds=10)
    rows = rows_of(asked, lambda at, seed: 0.5 + 0.1 * at["depth"] * (at["head"] == "dressed") + seed / 1000)
    found = importance(asked, rows, LAST)
    assert found.runs == 50 and {each.setting for each in found.weights if each.counts} == {"head", "depth"}


def test_too_little_to_say_anything_is_said():
    few = plan("head=dressed,mlp", seeds=4)
    assert importance(few, {}, LAST).words == f"It takes {FEWEST_RUNS} runs to say what matters most; there are 0."
    assert "there are 8" in importance(few, rows_of(few, lambda at, seed: seed), LAST).words
    assert "came out the same" in importance(ASKED, rows_of(ASKED, lambda at, seed: 0.5), LAST).words
    alone = plan("head=mlp", seeds=40)
    assert "No setting varies" in importance(alone, rows_of(alone, lambda at, seed: seed), LAST).words
    with pytest.raises(KeyError):
        importance(few, {}, "beauty")


def test_of_one_seed_other_settings_are_predicted():
    asked = plan("learning_rate=" + ",".join(f"{rate / 1000:g}" for rate in range(1, 61)), "batch_size=4,8", seeds=1)
    found = importance(asked, rows_of(asked, lambda at, seed: 10 * at["learning_rate"]), LAST)
    assert found.weights[0].setting == "learning_rate" and found.score > 0.9
    assert "from runs of other settings" in found.words
