"""Less and less of the circuit over the same seeds, really trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.network.initial_weights import initial_weights
from qtl_core.settings import RunSettings, TrainingSettings
from qtl_core.training import linear_baseline
from qtl_core.training.ablation import (
    BARE,
    LINEAR,
    RANDOM,
    TITLES,
    WHOLE,
    HeadScores,
    _with_less,
    ablation_job,
    compare,
    diverged_in_words,
)
from qtl_core.training.linear_baseline import _Record
from qtl_core.training.repeat import SeedRequest, repeat_keeping_weights
from qtl_core.training.task import KeptFeatures
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
    training = [progress for progress in told if progress.stage == "Training all four kinds of head"]
    assert [progress.done for progress in training] == sorted(progress.done for progress in training)
    assert {progress.total for progress in training} == {12}
    assert sum("training pictures" in stage for stage in {progress.stage for progress in told}) == 1


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


def test_fifty_seeds_are_trained_unless_told_otherwise():
    job = ablation_job(RunSettings(), "me")
    assert (job.payload, job.owner) == (SeedRequest(RunSettings(), 50), "me")


def test_seeds_that_broke_down_are_counted():
    whole = HeadScores(WHOLE, (146, 145, 147), 153, "photos", (0, 2, 3), 1)
    assert whole.by_seed == {0: 146, 2: 145, 3: 147}
    assert diverged_in_words(whole) == (
        "The circuit: with 1 of 4 seeds training broke down, as its numbers stopped being finite; it is not counted."
    )
    assert diverged_in_words(scores(WHOLE, 1, 2)) == ""


def made_settings(tmp_path: Path, **changes) -> RunSettings:
    folder = str(made_pictures(tmp_path))
    return RunSettings().changed(source="folder", folder=folder, backbone="efficientnet_lite0", epochs=2, **changes)


def test_shares_of_pictures_add_up_to_the_counts_of_seeds(tmp_path: Path):
    heads = compare(SeedRequest(made_settings(tmp_path, rotation="rot"), 3), lambda _: None, lambda: False)
    assert heads
    for head in heads:
        assert len(head.picture_shares) == SIZE
        assert 3 * sum(head.picture_shares) == pytest.approx(sum(head.correct))


def test_only_the_angles_are_left_at_their_start(tmp_path: Path):
    settings = made_settings(tmp_path)
    request = _with_less(SeedRequest(settings, 2))[RANDOM]
    band, heads, source = repeat_keeping_weights(request, lambda _: None, lambda: False)
    assert band.seeds
    for seed, head in zip(band.seeds, heads, strict=True):
        start = initial_weights(source.feature_size, 2, settings.circuit, settings.training.q_delta, seed)
        assert (head["q_params"] == start["q_params"]).all()
        assert (head["pre_net.weight"] != start["pre_net.weight"]).any()


@pytest.mark.parametrize(("best_by", "right"), [("accuracy", 5), ("loss", 1)])
def test_a_linear_layer_counts_at_its_best_epoch_by_the_chosen_figure(best_by: str, right: int):
    labels = np.zeros(SIZE, np.int64)
    source = KeptFeatures(np.ones((2, 1)), np.ones((SIZE, 1)), np.array([0, 1]), labels, classes=2)
    record = _Record(1, source, TrainingSettings(best_by=best_by))
    for correct, if_right, if_wrong in ((1, 0.9, 0.49), (5, 0.51, 0.01), (3, 0.51, 0.01)):
        first = np.where(np.arange(SIZE) < correct, if_right, if_wrong)
        record.note(np.stack([first, 1 - first], axis=1)[None], labels)
    assert record.runs().losses[0].argmin() == 0
    assert record.runs().best_right.sum() == right


def test_a_linear_layer_that_breaks_down_for_one_seed_is_counted(tmp_path: Path, monkeypatch):
    train = linear_baseline.train_linear

    def breaks(*arguments):
        found = train(*arguments)
        return replace(found, diverged=np.array([0, 1, 0]))

    monkeypatch.setattr(linear_baseline, "train_linear", breaks)
    *_, last = compare(SeedRequest(made_settings(tmp_path), 3), lambda _: None, lambda: False)
    assert (last.kind, last.seeds, last.diverged) == (LINEAR, (0, 2), 1)
    assert len(last.correct) == 2
