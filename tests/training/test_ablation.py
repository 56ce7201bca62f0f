"""Less and less of the circuit over the same seeds, really trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress
from qtl_core.network.initial_weights import initial_weights
from qtl_core.settings import RunSettings, TransferSettings
from qtl_core.training import ablation
from qtl_core.training.ablation import (
    BARE,
    BOTTLENECK,
    LINEAR,
    RANDOM,
    STAGE,
    TITLES,
    WHOLE,
    HeadScores,
    ablation_job,
    compare,
    compared_settings,
    diverged_in_words,
)
from qtl_core.training.ablation_verdict import conclusion, learning_words
from qtl_core.training.repeat import PATIENCE, SeedRequest, repeat_keeping_weights
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
    training = [progress for progress in told if progress.stage == STAGE]
    assert [progress.done for progress in training] == sorted(progress.done for progress in training)
    assert {progress.total for progress in training} == {15}
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
    assert (job.payload, job.owner) == (SeedRequest(RunSettings(), 50, patience=PATIENCE), "me")


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
    settings = compared_settings(made_settings(tmp_path))[RANDOM]
    band, heads, source = repeat_keeping_weights(SeedRequest(settings, 2), lambda _: None, lambda: False)
    assert band.seeds
    for seed, head in zip(band.seeds, heads, strict=True):
        start = initial_weights(source.feature_size, 2, settings.circuit, settings.training.q_delta, seed)
        assert (head["q_params"] == start["q_params"]).all()
        assert (head["pre_net.weight"] != start["pre_net.weight"]).any()


def test_heads_differ_in_the_head_alone_whatever_is_chosen_on_screen():
    chosen = RunSettings().changed(
        head="mlp", learning_rate=0.003, start_from="20260101-000000-abcdef", freeze="pre_net"
    )
    made = compared_settings(chosen)
    assert list(made) == list(TITLES)
    for kind, settings in made.items():
        assert settings.training == chosen.training and settings.data == chosen.data
        assert settings.transfer == TransferSettings(), "all start fresh, and all of them learns"
        assert settings.circuit == replace(chosen.circuit, depth=0 if kind == BARE else chosen.circuit.depth)
    heads = {kind: settings.model.head for kind, settings in made.items()}
    assert heads == {
        WHOLE: "dressed",
        RANDOM: "dressed_fixed",
        BARE: "dressed",
        LINEAR: "linear",
        BOTTLENECK: "bottleneck",
    }


def test_each_head_says_how_many_of_its_numbers_learn(tmp_path: Path):
    settings = made_settings(tmp_path, qubits=2, depth=3)
    found = {each.kind: each for each in compare(SeedRequest(settings, 2), lambda _: None, lambda: False)}
    dressed = 2 * 1281 + 6 + 3 * 2
    assert {kind: each.learning for kind, each in found.items()} == {
        WHOLE: dressed,
        RANDOM: dressed - 6,
        BARE: dressed - 6,
        LINEAR: 1280 * 2 + 2,
        BOTTLENECK: 2 * 1281 + 3 * 2,
    }
    assert learning_words(tuple(found.values())).startswith(
        f"Numbers that learn: the circuit {dressed:,}, angles left at their start {dressed - 6:,}, "
    )


def test_a_seed_whose_training_breaks_down_is_counted_for_its_head_alone(tmp_path: Path, monkeypatch):
    real = ablation.repeat_keeping_weights

    def breaks(request, report, should_stop):
        band, heads, source = real(request, report, should_stop)
        if request.settings.model.head != "linear":
            return band, heads, source
        curves = {name: values[[0, 2]] for name, values in band.curves.items()}
        broken = replace(band, seeds=(0, 2), diverged=(1,), curves=curves, best_epochs=band.best_epochs[[0, 2]])
        return broken, [heads[0], heads[2]], source

    monkeypatch.setattr(ablation, "repeat_keeping_weights", breaks)
    found = {
        each.kind: each for each in compare(SeedRequest(made_settings(tmp_path), 3), lambda _: None, lambda: False)
    }
    assert (found[LINEAR].seeds, found[LINEAR].diverged, len(found[LINEAR].correct)) == ((0, 2), 1, 2)
    assert found[WHOLE].seeds == (0, 1, 2)


def test_points_of_a_plane_are_compared_as_pictures_are():
    settings = RunSettings().changed(source="points", points=60, epochs=2, learning_rate=0.05)
    heads = tuple(compare(SeedRequest(settings, 2), lambda _: None, lambda: False))
    assert {each.source for each in heads} == {"points"}
    many = [replace(each, correct=each.correct * 8, seeds=()) for each in heads]
    assert conclusion(many).startswith(f"On these {heads[0].total} points the circuit ")
