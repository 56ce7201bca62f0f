"""The spread over seeds: its numbers and words, and the job that makes them."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from qtl_core.common.errors import DivergedError, StoppedByUser, UserError
from qtl_core.common.progress import Progress
from qtl_core.evaluation.seed_spread import FIGURES, SeedBand, band_rows
from qtl_core.jobs import JobView
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training import repeat as repeating
from qtl_core.training.repeat import SeedRequest, repeat, seeds_job
from qtl_core.training.run import RunRequest, run, train
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.made_runs import made_run

NETWORK = "mobilenet_v3_small"  # the quickest


def never() -> bool:
    return False


def made_band(counts: list[int], total: int = 153) -> SeedBand:
    """One epoch, after which the runs have so many pictures right."""
    prepared = replace(made_run(Path("/nowhere")).prepared, val_size=total)
    shares = np.array(counts)[:, None] / total
    return SeedBand(prepared, tuple(range(len(counts))), dict.fromkeys(FIGURES, shares), np.ones(len(counts), int), 1.0)


@pytest.fixture(scope="module")
def settings(tmp_path_factory) -> RunSettings:
    folder = noisy_pictures(tmp_path_factory.mktemp("pictures"), train=6, val=4)
    weights = made_weights(NETWORK, tmp_path_factory.mktemp("weights"))
    chosen = {"source": "folder", "folder": str(folder), "backbone": NETWORK, "weights": str(weights)}
    return RunSettings().changed(**chosen, epochs=3, learning_rate=0.02)


def test_the_words_are_those_of_the_issue():
    band = made_band([144] * 5 + [146] * 89 + [148] * 6)
    assert band.spread() == (144, 146, 148)
    assert band.share_in_words() == "0.954, and between 0.941 and 0.967 for 90% of the seeds"
    assert band.count_in_words("photos") == "146 of 153 photos right, and between 144 and 148 for 90% of the seeds"


def test_a_single_odd_seed_in_a_hundred_is_left_out():
    assert made_band([100] + [146] * 98 + [153]).spread() == (146, 146, 146)


@pytest.mark.parametrize("count", [5, 7, 20, 33, 200])
def test_at_least_nine_in_ten_lie_between_and_every_figure_is_that_of_a_run(count):
    counts = np.random.default_rng(count).integers(130, 153, count)
    low, middle, high = made_band(list(counts)).spread()
    assert np.mean((counts >= low) & (counts <= high)) >= 0.9
    assert {low, middle, high} <= set(counts.tolist())


EARLY = {"patience": 1, "best_by": "loss", "learning_rate": 0.5, "epochs": 6}  # steps too wide to get better for long


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"augmentation": True, "views": 2},
        {"head": "linear", "optimiser": "sgd", "schedule": "one_cycle", "standardise": True},
        EARLY,
    ],
)
def test_each_seed_trains_as_it_does_alone(settings, changes):
    chosen = settings.changed(seed=3, **changes)
    band = repeat(SeedRequest(chosen, 5), lambda _: None, never)
    assert band.seeds == (3, 4, 5, 6, 7)
    for number, seed in enumerate(band.seeds):
        view = RunView()
        for event in run(RunRequest(chosen.changed(seed=seed), keep=False, patient=True), lambda _: None, never):
            view = view.apply(event)
        for name in FIGURES:
            alone = [getattr(epoch, name) for epoch in view.epochs]
            held = alone[-1:] * (chosen.training.epochs - len(alone))  # what it had when patience ended it
            assert band.curves[name][number].tolist() == alone + held
        assert band.epochs_done[number] == len(view.epochs)
        assert band.best_accuracies[number] == view.best.val_accuracy


def test_torch_stands_in_where_nothing_can_be_compiled(settings, monkeypatch):
    request = SeedRequest(settings, 5)
    compiled = repeat(request, lambda _: None, never)
    monkeypatch.setattr(repeating, "_engine", lambda *_: "torch")
    torch = repeat(request, lambda _: None, never)
    assert (compiled.prepared.engine, torch.prepared.engine) == ("compiled", "torch")
    assert torch.curves["val_loss"] == pytest.approx(compiled.curves["val_loss"], abs=1e-4)


@pytest.mark.parametrize("engine", ["compiled", "torch"])
def test_runs_that_ended_early_are_told_and_give_no_rows_of_epochs_that_never_were(settings, monkeypatch, engine):
    monkeypatch.setattr(repeating, "_engine", lambda *_: engine)
    band = repeat(SeedRequest(settings.changed(**EARLY), 5), lambda _: None, never)
    assert min(band.epochs_done) < 6
    assert band.band("val_loss").shape == (3, 6)
    assert len(band_rows(band)) == sum(band.epochs_done)
    early = sum(done < 6 for done in band.epochs_done)
    assert band.ended_early_in_words().startswith(f"{early} of 5 runs ended early, after ")
    assert made_band([3, 4]).ended_early_in_words() == ""


def test_progress_counts_the_runs_and_a_stop_is_heard(settings):
    told: list[Progress] = []
    repeat(SeedRequest(settings, 5), told.append, never)
    assert (told[-1].done, told[-1].total) == (5, 5)
    with pytest.raises(StoppedByUser):
        repeat(SeedRequest(settings, 5), lambda _: None, lambda: True)


@pytest.mark.parametrize(("ready", "engine"), [(True, "compiled"), (False, "torch")])
def test_the_compiler_is_waited_for_and_torch_trains_where_it_fails(monkeypatch, ready, engine):
    alive, told, kernels = iter([True, True, False]), [], iter([(10, 40), (40, 40)])
    compiling = SimpleNamespace(is_alive=lambda: next(alive), join=lambda _: None)
    monkeypatch.setattr("qtl_core.training.compiled.warm_up.warm_up", lambda: compiling)
    monkeypatch.setattr("qtl_core.training.compiled.warm_up.is_ready", lambda: ready)
    monkeypatch.setattr("qtl_core.training.compiled.warm_up.kernels_compiled", lambda: next(kernels))
    assert repeating._engine((), told.append, never, math.inf) == engine
    assert [(progress.stage.split()[0], progress.done, progress.total) for progress in told] == [
        ("Compiling", 10, 40),
        ("Loading", 0, 0),
    ]


def test_a_compiler_that_does_not_come_forward_is_not_waited_for(settings, monkeypatch):
    """As on a machine whose every core is busy: the compiler stands back behind all, and may take half an hour."""
    stuck, told = SimpleNamespace(is_alive=lambda: True, join=lambda _: None), []
    monkeypatch.setattr("qtl_core.training.compiled.warm_up.warm_up", lambda: stuck)
    monkeypatch.setattr("qtl_core.training.compiled.warm_up.is_ready", lambda: False)
    band = repeat(SeedRequest(settings, 5, patience=0.0), told.append, never)
    assert band.prepared.engine == "torch"
    assert told[-1].stage == "Training 5 runs without the fast engine, which is not ready"
    assert seeds_job(settings, 5, "me").payload.patience == repeating.PATIENCE < math.inf


def test_the_largest_seed_leaves_room_for_the_others():
    last = 2**31 - 1
    seeds = SeedRequest(RunSettings().changed(seed=last), 5).seeds
    assert seeds == tuple(range(last - 4, last + 1))


@pytest.mark.parametrize("count", [4, 201])
def test_a_count_that_is_not_allowed_is_refused(count):
    with pytest.raises(UserError, match=f"{count} seeds are not allowed"):
        seeds_job(RunSettings(), count, "me")


def test_the_published_mode_is_refused():
    with pytest.raises(UserError, match="cannot be repeated"):
        seeds_job(RunSettings().changed(backbone_mode="published"), 5, "me")


def test_the_view_is_the_band_in_the_end():
    band = made_band([1, 2, 3, 4, 5], total=6)
    spec = seeds_job(RunSettings(), 5, "me")
    going_on = spec.fold(spec.view, Progress("Training 5 runs", 1, 5))
    assert (going_on.progress.done, going_on.result) == (1, None)
    assert spec.fold(going_on, band) == JobView(result=band)


def test_the_table_has_a_row_for_every_seed_and_epoch():
    rows = band_rows(made_band([3, 6], total=6))
    assert [(row["seed"], row["epoch"], row["val_accuracy"]) for row in rows] == [(0, 1, 0.5), (1, 1, 1.0)]


def broken_for(seeds: set[int], monkeypatch, engine: str) -> None:
    """Has the runs of these seeds break down with the engine that trains them."""
    from qtl_core.training import torch_engine
    from qtl_core.training.compiled import many_runs

    if engine == "compiled":
        whole = many_runs._train
        monkeypatch.setattr(
            many_runs,
            "_train",
            lambda tasks, *rest: [
                replace(run, diverged=2 if task.training.seed in seeds else 0)
                for task, run in zip(tasks, whole(tasks, *rest), strict=True)
            ],
        )
        return
    train = torch_engine.train_with_torch

    def breaks(task, *rest):
        if task.training.seed in seeds:
            raise DivergedError(2, "training loss")
        yield from train(task, *rest)

    monkeypatch.setattr(torch_engine, "train_with_torch", breaks)
    monkeypatch.setattr(repeating, "_engine", lambda *_: "torch")


@pytest.mark.parametrize("engine", ["compiled", "torch"])
def test_seeds_whose_runs_broke_down_are_counted_and_in_no_figure(settings, monkeypatch, engine):
    whole = repeat(SeedRequest(settings, 5), lambda _: None, never)
    broken_for({1, 3}, monkeypatch, engine)
    band = repeat(SeedRequest(settings, 5), lambda _: None, never)
    assert (band.seeds, band.diverged) == ((0, 2, 4), (1, 3))
    assert band.curves["val_loss"] == pytest.approx(whole.curves["val_loss"][[0, 2, 4]], abs=1e-4)
    assert len(band.best_counts) == 3
    assert band.diverged_in_words() == (
        "With 2 of 5 seeds training broke down, as its numbers stopped being finite; they are in no figure here "
        "(seeds 1, 3). Lower the learning rate."
    )
    assert whole.diverged_in_words() == ""


def test_where_every_seed_broke_down_that_is_what_is_said(settings, monkeypatch):
    broken_for(set(range(5)), monkeypatch, "compiled")
    with pytest.raises(DivergedError, match="epoch 2"):
        repeat(SeedRequest(settings, 5), lambda _: None, never)


def test_under_shots_each_seed_is_the_run_that_it_is_alone(own_home):
    """To the last bit, test part included: the shots of a seed are its own."""
    points = RunSettings().changed(source="points", points=60, epochs=2, qubits=2, depth=1, learning_rate=0.05)
    asked = points.changed(shots=5, test_share=0.2, seed=3)
    band = repeat(SeedRequest(asked, 5), lambda _: None, never)
    assert band.prepared.engine == "torch" and len(band.seeds) == 5
    for at, seed in enumerate(band.seeds):
        alone = train(asked.changed(seed=seed), keep=False)
        for name in FIGURES:
            assert band.curves[name][at].tolist() == [getattr(epoch, name) for epoch in alone.epochs]
        assert band.test_accuracies[at] == alone.tested.accuracy
