"""What changes from epoch to epoch, which epoch is the best, and how events become a view."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.progress import Progress
from qtl_core.runs.events import BatchDone, Checkpoint, Failed
from qtl_core.runs.view import RunView
from qtl_core.settings import TrainingSettings, spec_of
from qtl_core.training.checkpoints import improves, with_best
from qtl_core.training.schedules import learning_rate, learning_rates
from qtl_core.training.task import KeptFeatures, batch_order, drawn_views
from tests.helpers.made_runs import made_run


def test_every_picture_is_seen_once_an_epoch():
    assert sorted(batch_order(0, 1, 244)) == list(range(244))


def test_the_order_is_another_one_each_epoch_and_each_seed_and_always_the_same():
    orders = [tuple(batch_order(seed, epoch, 50)) for seed in range(3) for epoch in range(1, 4)]
    assert len(set(orders)) == 9
    assert orders == [tuple(batch_order(seed, epoch, 50)) for seed in range(3) for epoch in range(1, 4)]


def test_views_are_drawn_evenly_and_apart_from_the_order():
    views = drawn_views(5, 1, 8000, 8)
    assert set(views) == set(range(8))
    assert np.bincount(views).min() > 850
    assert not np.array_equal(views[:100], drawn_views(5, 2, 8000, 8)[:100])
    assert np.array_equal(views, drawn_views(5, 1, 8000, 8))


def test_order_and_views_have_a_stream_each_which_runs_that_go_on_rely_on():
    assert batch_order(5, 2, 50).tolist() == np.random.default_rng((5, 2, 0)).permutation(50).tolist()
    assert drawn_views(5, 2, 50, 8).tolist() == np.random.default_rng((5, 2, 1)).integers(8, size=50).tolist()


def test_no_global_randomness_is_touched():
    before = np.random.get_state()[1].copy(), torch.random.get_rng_state()
    batch_order(1, 2, 30), drawn_views(1, 2, 30, 4)
    assert np.array_equal(np.random.get_state()[1], before[0])
    assert torch.equal(torch.random.get_rng_state(), before[1])


@pytest.mark.parametrize(("step_size", "gamma"), [(10, 0.1), (1, 0.5), (3, 1.0), (500, 0.1)])
def test_the_learning_rate_is_torch_s_step_lr(step_size, gamma):
    settings = TrainingSettings(step_size=step_size, gamma=gamma)
    optimiser = torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))], lr=settings.learning_rate)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, step_size, gamma)
    for epoch in range(1, 31):
        assert learning_rate(settings, epoch, 61) == pytest.approx(scheduler.get_last_lr()[0], rel=1e-12)
        optimiser.step()
        scheduler.step()


def rates_of_torch(settings: TrainingSettings, batches: int, schedule: str) -> np.ndarray:
    """The rates that torch's own scheduler sets, shape (epochs, batches)."""
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=settings.learning_rate)
    schedulers = torch.optim.lr_scheduler
    every_batch, scheduler = {
        "step": lambda: (False, schedulers.StepLR(optimiser, settings.step_size, settings.gamma)),
        "cosine": lambda: (False, schedulers.CosineAnnealingLR(optimiser, settings.epochs)),
        "constant": lambda: (False, schedulers.ConstantLR(optimiser, factor=1.0)),
        "one_cycle": lambda: (
            True,
            schedulers.OneCycleLR(optimiser, settings.learning_rate, total_steps=settings.epochs * batches),
        ),
        "warm_up": lambda: (
            True,
            schedulers.LinearLR(optimiser, 1 / (settings.warm_up * batches), 1.0, settings.warm_up * batches - 1),
        ),
    }[schedule]()
    found = np.zeros((settings.epochs, batches))
    for epoch in range(settings.epochs):
        for batch in range(batches):
            found[epoch, batch] = scheduler.get_last_lr()[0]
            optimiser.step()
            if every_batch and (epoch, batch) != (settings.epochs - 1, batches - 1):
                scheduler.step()
        if not every_batch:
            scheduler.step()
    return found


@given(
    schedule=st.sampled_from([choice.value for choice in spec_of(TrainingSettings(), "schedule").choices]),
    epochs=st.integers(1, 40),
    batches=st.integers(1, 30),
    warm_up=st.integers(0, 12),
    rate=st.floats(1e-5, 1.0),
    step_size=st.integers(1, 20),
    gamma=st.floats(0.01, 1.0),
)
def test_the_rates_of_every_step_are_those_of_torch_s_schedulers(
    schedule, epochs, batches, warm_up, rate, step_size, gamma
):
    settings = TrainingSettings(
        schedule=schedule, epochs=epochs, warm_up=warm_up, learning_rate=rate, step_size=step_size, gamma=gamma
    )
    expected = rates_of_torch(settings, batches, schedule)
    if warm_up * batches > 1:  # a factor from a share of one to one, which leaves the rest as it is
        expected *= rates_of_torch(settings, batches, "warm_up") / rate
    found = np.stack([learning_rates(settings, epoch, batches) for epoch in range(1, epochs + 1)])
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12 * rate)


def test_the_paper_s_rates():
    rates = [learning_rate(TrainingSettings(), epoch, 61) for epoch in (1, 10, 11, 20, 21, 30)]
    assert rates == pytest.approx([4e-4, 4e-4, 4e-5, 4e-5, 4e-6, 4e-6])


# Features that are kept, with augmented views


def kept(train: np.ndarray, seed: int = 3) -> KeptFeatures:
    labels = np.arange(len(train)) % 2
    return KeptFeatures(train, np.zeros((2, train.shape[-1]), np.float32), labels, [0, 1], classes=2, seed=seed)


def test_without_views_every_epoch_shows_the_same():
    source = kept(np.arange(12, dtype=np.float32).reshape(6, 2))
    for epoch in (1, 2):
        assert source.train_batch(epoch, np.array([4, 0])).tolist() == [[8, 9], [0, 1]]
    assert source.state() == {}


def test_with_views_each_picture_shows_one_of_its_own_drawn_each_epoch():
    """The feature is 100 * picture + view, so that it says what was shown."""
    train = (100 * np.arange(20)[:, None, None] + np.arange(8)[None, :, None]).astype(np.float32)
    source = kept(train)
    everyone = np.arange(20)
    shown = [source.train_batch(epoch, everyone)[:, 0].numpy() for epoch in (1, 2)]
    for epoch, values in enumerate(shown, start=1):
        assert np.array_equal(values // 100, everyone)
        assert np.array_equal(values % 100, drawn_views(3, epoch, 20, 8))
    assert not np.array_equal(shown[0], shown[1])
    assert np.array_equal(source.train_batch(2, np.array([7, 3]))[:, 0].numpy(), shown[1][[7, 3]])
    assert not np.array_equal(kept(train, seed=4).train_batch(1, everyone)[:, 0].numpy(), shown[0])


# The best epoch

FIGURES = [(0.5, 0.9), (0.8, 0.7), (0.8, 0.4), (0.7, 0.3), (0.8, 0.3)]  # (accuracy, loss) of epochs 1 to 5


@pytest.mark.parametrize(("best_by", "expected"), [("accuracy", 2), ("loss", 4)])
def test_the_first_of_the_best_is_kept(best_by, expected):
    best = Checkpoint(0, {}, {}, {}, 0)
    for epoch, (accuracy, loss) in enumerate(FIGURES, start=1):
        now = replace(
            best, epoch=epoch, weights={"q_params": np.array([epoch])}, backbone_state={"mean": np.array([epoch])}
        )
        best = with_best(now, accuracy, loss) if improves(best_by, best, accuracy, loss) else now
    assert (best.epoch, best.best_epoch) == (5, expected)
    assert (best.best_val_accuracy, best.best_val_loss) == FIGURES[expected - 1]
    assert best.best_weights["q_params"] == best.best_backbone_state["mean"] == expected


def test_figures_that_are_no_numbers_never_are_the_best():
    first = Checkpoint(0, {}, {}, {}, 0)
    assert not improves("loss", first, 0.5, float("nan"))
    assert improves("accuracy", first, 0.0, float("nan"))


# The view


def test_a_view_follows_the_events(tmp_path):
    whole = made_run(tmp_path)
    view = RunView().apply(Progress("Reading the pictures", 1, 2))
    assert view.progress.done == 1
    view = view.apply(whole.prepared)
    assert (view.progress, view.prepared, view.checkpoint) == (None, whole.prepared, None)
    view = view.apply(BatchDone(1, 1, 2, 0.5))
    assert view.batch.batch == 1
    for epoch in whole.epochs:
        view = view.apply(epoch)
    assert (view.batch, len(view.epochs), view.is_over) == (None, 3, False)
    assert view.best.epoch == 2
    assert view.checkpoint is whole.epochs[-1].checkpoint
    assert view.apply(whole.ended).is_over
    assert view.apply(Failed("What.")).failed == Failed("What.")
    assert view.apply(Failed("What.")).is_over


def test_only_the_last_epoch_keeps_its_whole_checkpoint(tmp_path):
    moments = {"q_params": np.ones(24)}
    view = RunView()
    for epoch in made_run(tmp_path).epochs:
        heavy = replace(epoch.checkpoint, first_moments=moments, second_moments=moments, best_weights=moments)
        view = view.apply(replace(epoch, checkpoint=heavy))
    *earlier, last = (epoch.checkpoint for epoch in view.epochs)
    assert last.first_moments == moments
    for thin in earlier:
        assert not (thin.first_moments or thin.second_moments or thin.best_weights)
        assert "q_params" in thin.weights
