"""What is said of little trainings: real ones that go well, crawl or vanish, and made ones for all that is chaotic.

Which way a training at too wide steps goes differs between processors, so none is asserted to the picture.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.evaluation.diagnosis.chance import guessing_loss
from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.evaluation.diagnosis.learning_curves import VANISHING, starting_gradient
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.runs.events import EpochDone
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.task import KeptFeatures, TrainingTask
from qtl_core.training.torch_engine import train_with_torch
from tests.helpers.made_histories import by_heart, history
from tests.helpers.made_runs import made_run

SIZE = 64  # features of a made picture


def trained(apart: float = 1.0, train: int = 80, **changes: object) -> RunView:
    """A real training on made features: two clouds of points, `apart` times their width from each other's middle."""
    rng, settings = np.random.default_rng(0), RunSettings().changed(**({"epochs": 8} | changes))
    direction = rng.standard_normal(SIZE) / np.sqrt(SIZE)
    sizes, labels = (train, 60), [np.arange(size) % 2 for size in (train, 60)]
    clouds = [
        (rng.standard_normal((size, SIZE)) + 4 * apart * np.outer(2 * label - 1, direction)).astype(np.float32)
        for size, label in zip(sizes, labels, strict=True)
    ]
    source = KeptFeatures(*clouds, *labels, classes=2)
    task = TrainingTask(settings.circuit, settings.training, source)
    epochs = [event for event in train_with_torch(task, None, lambda: False) if isinstance(event, EpochDone)]
    prepared = replace(
        made_run(Path("/nowhere")).prepared,
        settings=settings,
        asked=settings,
        train_size=train,
        val_size=60,
        train_counts=(train - train // 2, train // 2),
        val_files=tuple(f"{number}.jpg" for number in range(60)),
        val_labels=tuple(labels[1].tolist()),
    )
    return RunView(prepared=prepared, epochs=tuple(epochs))


def kinds(view: RunView) -> list[str]:
    return [finding.kind for finding in diagnose(view)]


def with_losses(view: RunView, losses: list[float]) -> RunView:
    """The run with other training losses."""
    epochs = tuple(replace(epoch, train_loss=loss) for epoch, loss in zip(view.epochs, losses, strict=False))
    return replace(view, epochs=epochs)


@pytest.mark.parametrize("changes", [{}, {"seed": 1}, {"qubits": 1}, {"depth": 0}, {"depth": 12, "q_delta": 3.0}])
def test_a_training_that_goes_well_gives_no_finding(changes):
    view = trained(learning_rate=0.003, **changes)
    assert view.best.val_accuracy > 0.9
    assert kinds(view) == []


def test_before_the_first_epoch_there_is_nothing_to_say():
    assert diagnose(RunView()) == ()


def test_steps_that_are_too_wide_make_the_loss_jump():
    view = history(losses=(0.7, 1.4, 0.9, 1.5), learning_rate=1.0)
    (finding,) = diagnose(view)
    assert finding.kind == "jumping"
    assert "jumps up 2 times: most in epoch 2, from 0.70 to 1.40" in finding.what
    assert "Lower the learning rate (1)" in finding.do


def test_a_single_jump_counts_unless_it_was_made_good():
    view = trained(epochs=4, learning_rate=0.003)
    assert "jumping" in kinds(with_losses(view, [0.4, 0.6, 0.55, 0.5]))
    assert "jumping" not in kinds(with_losses(view, [0.4, 0.6, 0.3, 0.2]))
    assert "jumping" not in kinds(with_losses(view, [0.4, 0.45, 0.43, 0.42])), "a ripple is no jump"


def test_all_pictures_taken_for_one_class_is_a_collapse():
    view = trained(apart=0.0, train=200, learning_rate=0.03, epochs=3)
    always = np.tile(np.float32([0.48, 0.52]), (60, 1))
    stuck = replace(
        view,
        epochs=tuple(
            replace(epoch, train_loss=0.694, val_probabilities=always, val_accuracy=0.5) for epoch in view.epochs
        ),
    )
    (finding,) = diagnose(stuck)
    assert finding.kind == "collapsed"
    assert "60 of 60 validation pictures are taken for bees" in finding.what
    assert "Lower the learning rate from 0.03: the paper's is 0.0004" in finding.do
    early = replace(stuck, epochs=stuck.epochs[:1])
    assert "collapsed" not in kinds(early), "after a single epoch it may just not have begun to learn"
    learning = with_losses(stuck, [0.6, 0.5, 0.4])
    assert "collapsed" not in kinds(learning), "while the loss falls well below guessing it is on its way"


def test_one_class_is_the_right_answer_where_there_is_hardly_another():
    view = trained(epochs=2, learning_rate=1e-6)
    labels = (0,) * 58 + (1,) * 2
    always = np.tile(np.float32([0.9, 0.1]), (60, 1))
    rare = replace(
        view,
        prepared=replace(view.prepared, val_labels=labels),
        epochs=tuple(replace(epoch, val_probabilities=always) for epoch in view.epochs),
    )
    assert "collapsed" not in kinds(rare)


def test_steps_that_are_too_small_learn_nothing():
    view = trained(learning_rate=1e-6, epochs=3)
    (finding,) = diagnose(view)
    assert finding.kind == "nothing learnt"
    assert "always naming the commonest class gets 30 right" in finding.what
    assert finding.do.startswith("Raise the learning rate")


def test_a_wide_and_deep_circuit_at_random_angles_starts_with_vanishing_gradients():
    wide = {"qubits": 12, "depth": 20, "entangler": "all", "rotation": "rot", "epochs": 1, "train": 32}
    view = trained(q_delta=3.14, **wide)
    (finding,) = [finding for finding in diagnose(view) if finding.kind == "vanishing"]
    assert starting_gradient(view) < VANISHING
    assert "fewer qubits than 12" in finding.do
    narrow = trained(q_delta=3.14, **{**wide, "qubits": 4})
    assert starting_gradient(narrow) > VANISHING


def test_small_gradients_at_the_end_of_a_good_training_are_no_finding():
    view = trained(epochs=3, learning_rate=0.003)
    epochs = (view.epochs[0], *(replace(epoch, layer_gradients=(1e-7,) * 6) for epoch in view.epochs[1:]))
    done = with_losses(replace(view, epochs=epochs), [0.68, 0.1, 0.05])
    assert kinds(done) == []
    assert starting_gradient(done) == pytest.approx(np.sqrt(np.square(view.epochs[0].layer_gradients).mean()))


def test_learning_by_heart_is_named_with_the_epoch_from_which_it_does():
    view = by_heart()
    (finding,) = diagnose(view)
    assert finding.kind == "overfitting"
    lowest = min(view.epochs, key=lambda epoch: epoch.val_loss)
    assert lowest.epoch == 2
    assert "since epoch 2 the loss falls on them and rises on the validation pictures" in finding.what
    last = view.epochs[-1]
    assert f"from {lowest.val_loss:.2f} to {last.val_loss:.2f} after epoch {last.epoch}." in finding.what
    assert "Train for about 2 epochs" in finding.do


def test_guessing_is_the_entropy_of_the_classes():
    view = made_run(Path("/nowhere"))
    assert guessing_loss(evaluation_of(view)) == pytest.approx(np.log(2))
