"""The linear baseline against torch's own layer, loss and optimiser."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from qtl_core.common.errors import StoppedByUser
from qtl_core.network.initial_weights import linear_layer
from qtl_core.settings import TrainingSettings
from qtl_core.training.linear_baseline import train_linear
from qtl_core.training.task import KeptFeatures, batch_order

TRAINING = TrainingSettings(learning_rate=0.01, epochs=6, batch_size=3, step_size=2, gamma=0.5)


def made_source(classes: int = 2, seed: int = 5) -> KeptFeatures:
    generator = np.random.default_rng(seed)
    labels = np.arange(20) % classes
    middles = generator.normal(size=(classes, 7)).astype(np.float32)
    rows = (middles[labels] + generator.normal(size=(20, 7))).astype(np.float32)
    return KeptFeatures(rows[:14], rows[14:], labels[:14], labels[14:], classes=classes)


def by_torch(source: KeptFeatures, training: TrainingSettings, seed: int) -> tuple[list[float], list[float]]:
    layer = nn.Linear(source.feature_size, source.classes)
    weight, bias = linear_layer(source.feature_size, source.classes, np.random.default_rng(seed))
    layer.load_state_dict({"weight": torch.tensor(weight), "bias": torch.tensor(bias)})
    optimiser = torch.optim.Adam(layer.parameters(), lr=training.learning_rate)
    steps = torch.optim.lr_scheduler.StepLR(optimiser, training.step_size, training.gamma)
    loss_of, accuracies, losses = nn.CrossEntropyLoss(), [], []
    for epoch in range(1, training.epochs + 1):
        for batch in torch.tensor(batch_order(seed, epoch, len(source.train))).split(training.batch_size):
            optimiser.zero_grad()
            loss_of(layer(torch.tensor(source.train)[batch]), torch.tensor(source.train_labels)[batch]).backward()
            optimiser.step()
        steps.step()
        with torch.no_grad():
            scores, labels = layer(torch.tensor(source.val)), torch.tensor(source.val_labels)
            losses.append(loss_of(scores, labels).item())
            accuracies.append((scores.argmax(1) == labels).float().mean().item())
    return accuracies, losses


@pytest.mark.parametrize("classes", [2, 3])
def test_every_seed_learns_exactly_as_torch_does(classes: int):
    source, seeds = made_source(classes), (0, 1, 9)
    found = train_linear(source, TRAINING, seeds, lambda: False)
    for seed, accuracies, losses, right in zip(seeds, found.accuracies, found.losses, found.best_right, strict=True):
        wanted_accuracies, wanted_losses = by_torch(source, TRAINING, seed)
        np.testing.assert_allclose(losses, wanted_losses, rtol=2e-4)
        np.testing.assert_allclose(accuracies, wanted_accuracies, atol=1e-6)
        assert right.mean() == pytest.approx(max(wanted_accuracies))
    assert (found.diverged == 0).all()


def test_it_says_how_far_it_is():
    told: list[tuple[int, int]] = []
    train_linear(made_source(), TRAINING, (0,), lambda: False, lambda *progress: told.append(progress))
    assert told == [(epoch, TRAINING.epochs) for epoch in range(TRAINING.epochs)]


def test_it_stops_when_told():
    with pytest.raises(StoppedByUser):
        train_linear(made_source(), TRAINING, (0,), lambda: True)


def test_augmented_views_are_refused():
    source = made_source()
    views = KeptFeatures(
        source.train[:, None].repeat(2, 1), source.val, source.train_labels, source.val_labels, classes=2
    )
    with pytest.raises(ValueError, match="one view"):
        train_linear(views, TRAINING, (0,), lambda: False)
