"""Class weights: scikit-learn's numbers, the same training in every engine, and losses that stay plain means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from qtl_core.network.initial_weights import linear_layer
from qtl_core.runs.events import EpochDone
from qtl_core.settings import CircuitSettings, ModelSettings, TrainingSettings
from qtl_core.training.class_weights import class_weights
from qtl_core.training.compiled.engine import train_compiled
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import Engine, KeptFeatures, TrainingTask, batch_order
from qtl_core.training.torch_engine import train_with_pennylane, train_with_torch

BALANCED = TrainingSettings(class_weights="balanced")


def task(
    counts: tuple[int, ...] = (14, 3, 5), *, classes: int = 3, precision: str = "double", **training
) -> TrainingTask:
    """A small task with so many training pictures of each class, and two of each to validate with."""
    rng = np.random.default_rng(7)
    labels = np.concatenate([np.repeat(np.arange(len(counts)), counts), np.repeat(np.arange(len(counts)), 2)])
    values = (rng.standard_normal((classes, 9))[labels] + rng.standard_normal((len(labels), 9))).astype(np.float32)
    size = sum(counts)
    kept = KeptFeatures(values[:size], values[size:], labels[:size], labels[size:], classes=classes)
    settings = {"epochs": 3, "batch_size": 5, "learning_rate": 0.02, "q_delta": 0.5, "class_weights": "balanced"}
    return TrainingTask(CircuitSettings(3, 2), TrainingSettings(**{**settings, **training}), kept, precision)


def epochs(engine: Engine, work: TrainingTask) -> list[EpochDone]:
    return [event for event in engine(work, None, lambda: False) if isinstance(event, EpochDone)]


def test_balanced_weights_are_scikit_learn_s():
    labels = np.array([0] * 6 + [1] * 3 + [2])
    # compute_class_weight("balanced", classes=[0, 1, 2], y=labels) of scikit-learn 1.7
    np.testing.assert_allclose(class_weights(BALANCED, labels, 3), [0.55555556, 1.11111111, 3.33333333])
    assert class_weights(BALANCED, labels, 3)[labels].mean() == pytest.approx(1)


def test_a_class_without_pictures_is_none_of_the_classes():
    assert class_weights(BALANCED, np.array([0, 0, 0, 2]), 3).tolist() == [4 / 6, 0, 2]


def test_without_weights_and_with_equal_classes_every_picture_weighs_one():
    assert class_weights(TrainingSettings(), np.array([0, 0, 0, 1]), 2).tolist() == [1, 1]
    assert class_weights(BALANCED, np.array([0, 1, 1, 0]), 2).tolist() == [1, 1]


@pytest.mark.parametrize("precision", ["double", "single"])
@pytest.mark.parametrize("other", [train_with_torch, train_with_pennylane])
def test_every_engine_weighs_alike(other: Engine, precision: str):
    work, exact = task(precision=precision), {"double": 1e-8, "single": 1e-4}[precision]
    compiled, others = epochs(train_compiled, work), epochs(other, work)
    assert compiled
    for ours, theirs in zip(compiled, others, strict=True):
        for figure in ("train_loss", "train_accuracy", "val_loss", "val_accuracy"):
            assert getattr(ours, figure) == pytest.approx(getattr(theirs, figure), abs=exact), figure
        for name, values in theirs.checkpoint.weights.items():
            np.testing.assert_allclose(ours.checkpoint.weights[name], values, atol=exact, err_msg=name)


@pytest.mark.parametrize("engine", [train_compiled, train_with_torch])
def test_the_weights_change_the_training(engine: Engine):
    weighted, plain = epochs(engine, task()), epochs(engine, task(class_weights="none"))
    assert abs(weighted[-1].train_loss - plain[-1].train_loss) > 1e-3


@pytest.mark.parametrize("engine", [train_compiled, train_with_torch])
def test_equal_classes_train_as_without_weights_to_the_last_bit(engine: Engine):
    weighted, plain = (epochs(engine, task((6, 6, 6), class_weights=kind)) for kind in ("balanced", "none"))
    assert plain
    for one, other in zip(weighted, plain, strict=True):
        assert one.train_loss == other.train_loss
        assert all((one.checkpoint.weights[name] == values).all() for name, values in other.checkpoint.weights.items())


def test_a_batch_of_one_class_is_weighted_too():
    """With batches of one picture, dividing by a batch's weights would undo them."""
    weighted, plain = (
        epochs(train_with_torch, task(batch_size=1, class_weights=kind)) for kind in ("balanced", "none")
    )
    assert abs(weighted[0].train_loss - plain[0].train_loss) > 1e-4


@pytest.mark.parametrize("engine", [train_compiled, train_with_torch])
def test_the_losses_shown_count_every_picture_once(engine: Engine):
    """A rate of next to nothing leaves the weights alone, so the losses are those of the first weights."""
    weighted, plain = (
        epochs(engine, task(learning_rate=1e-6, epochs=1, class_weights=kind))[0] for kind in ("balanced", "none")
    )
    assert weighted.train_loss == pytest.approx(plain.train_loss, abs=1e-3)
    assert weighted.val_loss == pytest.approx(plain.val_loss, abs=1e-3)


def test_the_compiled_engine_weighs_many_runs_as_one():
    work = task(precision="single")
    (found,) = train_many([work], lambda: False, threads=1)
    np.testing.assert_array_equal(found.train_losses, [each.train_loss for each in epochs(train_compiled, work)])


def test_a_rare_class_is_said_more_often():
    work = task((40, 3), classes=2, epochs=8)
    plain = replace(work, training=replace(work.training, class_weights="none"))
    said = [
        sum(each.val_probabilities[:, 1].sum() for each in epochs(train_compiled, which)) for which in (work, plain)
    ]
    assert said[0] > said[1]


def test_a_linear_head_weighs_as_a_layer_of_torch_does():
    training = replace(BALANCED, epochs=3, batch_size=5, learning_rate=0.02)
    work = replace(task(precision="single"), model=ModelSettings("linear"))
    tasks = [replace(work, training=replace(training, seed=seed)) for seed in (0, 4)]
    for each, found in zip(tasks, train_many(tasks, lambda: False), strict=True):
        expected = losses_by_torch(work.source, training, each.training.seed)
        np.testing.assert_allclose(found.val_losses, expected, rtol=2e-4)


def losses_by_torch(source: KeptFeatures, training: TrainingSettings, seed: int) -> list[float]:
    layer = nn.Linear(source.feature_size, source.classes)
    weight, bias = linear_layer(source.feature_size, source.classes, np.random.default_rng(seed))
    layer.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    optimiser = torch.optim.Adam(layer.parameters(), lr=training.learning_rate)
    weights = torch.tensor([22 / (3 * 14), 22 / (3 * 3), 22 / (3 * 5)])
    found = []
    for epoch in range(1, training.epochs + 1):
        for batch in torch.tensor(batch_order(seed, epoch, len(source.train))).split(training.batch_size):
            labels = torch.tensor(source.train_labels)[batch]
            optimiser.zero_grad()
            losses = nn.functional.cross_entropy(layer(torch.tensor(source.train)[batch]), labels, reduction="none")
            (weights[labels] * losses).mean().backward()
            optimiser.step()
        with torch.no_grad():
            val = nn.functional.cross_entropy(layer(torch.tensor(source.val)), torch.tensor(source.val_labels))
        found.append(val.item())
    return found
