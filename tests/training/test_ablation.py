"""Less and less of the circuit over the same seeds: really trained, and said with the luck that is in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import DivergedError, UserError
from qtl_core.common.progress import Progress
from qtl_core.settings import RunSettings
from qtl_core.training.ablation import (
    BARE,
    LINEAR,
    TITLES,
    WHOLE,
    HeadScores,
    _linear,
    ablation_job,
    compare,
    difference_in_words,
    diverged_in_words,
)
from qtl_core.training.repeat import SeedRequest
from tests.helpers.made_runs import SIZE, made_pictures


def scores(kind: str, *right: int) -> HeadScores:
    return HeadScores(kind, right, 153, "photos")


def test_every_kind_of_head_is_trained_over_all_seeds(tmp_path: Path):
    settings = RunSettings().changed(
        source="folder", folder=str(made_pictures(tmp_path)), backbone="efficientnet_lite0", epochs=2
    )
    told: list[Progress] = []
    heads = list(compare(SeedRequest(settings, 3), told.append, lambda: False))
    assert [head.kind for head in heads] == list(TITLES)
    for head in heads:
        assert head.total == SIZE
        assert len(head.correct) == 3
        assert all(0 <= count <= SIZE for count in head.correct)
    assert {progress.stage.split(":")[0] for progress in told} == set(TITLES.values())


@pytest.mark.parametrize("change", [{"augmentation": True}, {"backbone_mode": "published"}])
def test_what_cannot_be_compared_is_refused_before_anything_is_trained(change: dict):
    with pytest.raises(UserError, match="cannot be compared"):
        ablation_job(RunSettings().changed(**change), "")


def test_the_view_grows_head_by_head():
    spec = ablation_job(RunSettings(), "")
    view = spec.view
    for event in (Progress("Training", 1, 2), scores(WHOLE, 1, 2), scores(BARE, 3, 4)):
        view = spec.fold(view, event)
    assert view.progress == Progress("Training", 1, 2)
    assert [head.kind for head in view.result] == [WHOLE, BARE]


def test_a_difference_within_luck_is_called_none():
    said = difference_in_words(scores(WHOLE, 146, 145, 147, 144), scores(LINEAR, 145, 147, 146, 145))
    assert said == "Between the circuit and a linear layer there is no difference that luck would not give as well."


def test_a_difference_beyond_luck_is_said_whichever_way_it_goes():
    better, worse = (140, 141, 142, 141), (120, 122, 121, 123)
    assert "On average the circuit gets 19.5 of 153 photos more right than a linear layer" in difference_in_words(
        scores(WHOLE, *better), scores(LINEAR, *worse)
    )
    assert "On average a linear layer gets 19.5 of 153 photos more right than the circuit" in difference_in_words(
        scores(WHOLE, *worse), scores(LINEAR, *better)
    )


@pytest.mark.parametrize(
    ("gaps", "words"),
    [
        ((3, 1), "no difference"),  # 2 on average, and the standard error is 1: not more than twice
        ((5, 2), "gets 3.5 of 153 photos more right than a linear layer (± 3.0 for the luck of the seeds)."),
        ((20, 19, 21, 18), "gets 19.5 of 153 photos more right than a linear layer (± 1.3 for the luck of the seeds)."),
        ((1, 1, 1), "gets 1.0 of 153 photos more right than a linear layer (± 0.0 for the luck of the seeds)."),
    ],
)
def test_a_difference_counts_beyond_twice_its_standard_error(gaps: tuple[int, ...], words: str):
    said = difference_in_words(scores(WHOLE, *(100 + gap for gap in gaps)), scores(LINEAR, *[100] * len(gaps)))
    assert words in said


def test_ten_seeds_are_trained_unless_told_otherwise():
    job = ablation_job(RunSettings(), "me")
    assert (job.payload, job.owner) == (SeedRequest(RunSettings(), 10), "me")


def test_equal_scores_without_any_spread_are_no_difference():
    assert "no difference" in difference_in_words(scores(WHOLE, 6, 6, 6), scores(LINEAR, 6, 6, 6))


def test_seeds_that_broke_down_are_left_out_of_the_pairs_and_counted():
    whole = HeadScores(WHOLE, (146, 145, 147), 153, "photos", (0, 2, 3), 1)
    linear_baseline = HeadScores(LINEAR, (100, 140, 139), 153, "photos", (1, 2, 3), 1)
    assert whole.by_seed == {0: 146, 2: 145, 3: 147}
    assert difference_in_words(whole, linear_baseline).startswith(
        "On average the circuit gets 6.5 of 153 photos more right"
    )
    assert diverged_in_words(whole) == (
        "The circuit: with 1 of 4 seeds training broke down, as its numbers stopped being finite; it is not counted."
    )
    assert diverged_in_words(scores(WHOLE, 1, 2)) == ""


def test_where_too_few_seeds_are_left_nothing_is_compared():
    said = difference_in_words(
        HeadScores(WHOLE, (146,), 153, "photos", (0,), 2), HeadScores(LINEAR, (146, 145), 153, "photos", (0, 1), 1)
    )
    assert said.startswith("Too few seeds trained both heads to the end")


@pytest.mark.parametrize(("best_by", "right"), [("accuracy", 5), ("loss", 1)])
def test_a_linear_layer_counts_at_its_best_epoch_by_the_chosen_figure(tmp_path: Path, monkeypatch, best_by, right):
    from qtl_core.training import linear_baseline

    found = np.array([1, 5, 3]) / SIZE, np.array([0.1, 0.9, 0.8])
    monkeypatch.setattr(linear_baseline, "train_linear", lambda *_: found)
    settings = RunSettings().changed(
        source="folder", folder=str(made_pictures(tmp_path)), backbone="efficientnet_lite0", best_by=best_by
    )
    assert _linear(SeedRequest(settings, 3), lambda _: None, lambda: False).correct == (right,) * 3


def test_a_linear_layer_that_breaks_down_for_one_seed_is_counted(tmp_path: Path, monkeypatch):
    from qtl_core.training import linear_baseline

    train, broken = linear_baseline.train_linear, DivergedError(1, "validation loss")

    def breaks(source, training, seed, should_stop):
        if seed == 1:
            raise broken
        return train(source, training, seed, should_stop)

    monkeypatch.setattr(linear_baseline, "train_linear", breaks)
    settings = RunSettings().changed(
        source="folder", folder=str(made_pictures(tmp_path)), backbone="efficientnet_lite0", epochs=2
    )
    *_, last = compare(SeedRequest(settings, 3), lambda _: None, lambda: False)
    assert (last.kind, last.seeds, last.diverged) == (LINEAR, (0, 2), 1)
