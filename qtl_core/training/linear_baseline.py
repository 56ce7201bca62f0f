"""The classical baseline: a plain linear layer on the same features, under the same recipe as the circuit.

Same batches, rates and rule for the best epoch as any run (`task`, `checkpoints`), cross-entropy and Adam as in torch,
in numpy alone. All seeds are trained side by side, one array for all of their weights: a step takes hardly longer then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ProgressCallback, ShouldStop, no_progress
from qtl_core.network.initial_weights import linear_layer
from qtl_core.settings import TrainingSettings
from qtl_core.training.checkpoints import BETA1, BETA2, EPSILON
from qtl_core.training.class_weights import class_weights
from qtl_core.training.schedules import learning_rates
from qtl_core.training.task import KeptFeatures, batch_order


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class LinearRuns:
    """The runs of a linear layer over seeds.

    Attributes:
        accuracies, losses: Of validation after every epoch, shape (seeds, epochs).
        best_right: Which validation pictures are right at each seed's best epoch, shape (seeds, pictures).
        diverged: The epoch, from 1, in which a seed's loss stopped being finite, or 0, shape (seeds,).
    """

    accuracies: np.ndarray
    losses: np.ndarray
    best_right: np.ndarray = field(repr=False)
    diverged: np.ndarray


def train_linear(
    source: KeptFeatures,
    training: TrainingSettings,
    seeds: Sequence[int],
    should_stop: ShouldStop,
    progress: ProgressCallback = no_progress,
) -> LinearRuns:
    """Trains `Linear(features, classes)` from its beginning, once for every seed.

    Args:
        source: Features without augmented views: train (pictures, features).
        training: Rate, batches, epochs; its own seed is not looked at.
        seeds: Each decides the first weights and the order of the pictures.
        should_stop: Asked at every epoch.
        progress: Told (epochs done, epochs in all).

    Raises:
        ValueError: There are augmented views.
        StoppedByUser: `should_stop` said so.
    """
    if source.train.ndim != 2:
        raise ValueError("the linear baseline takes one view of every picture")
    layers, record = _Layers(source.feature_size, source.classes, seeds), _Record(len(seeds), source, training)
    for epoch in range(1, training.epochs + 1):
        if should_stop():
            raise StoppedByUser
        progress(epoch - 1, training.epochs)
        _learn_epoch(layers, source, training, seeds, epoch)
        record.note(layers.probabilities(source.val[None]), source.val_labels)
    return record.runs()


def _learn_epoch(
    layers: _Layers, source: KeptFeatures, training: TrainingSettings, seeds: Sequence[int], epoch: int
) -> None:
    orders = np.stack([batch_order(seed, epoch, len(source.train_labels)) for seed in seeds])
    firsts = range(0, orders.shape[1], training.batch_size)
    rates = learning_rates(training, epoch, len(firsts)).tolist()
    weights = class_weights(training, source.train_labels, source.classes).astype(np.float32)
    for start, rate in zip(firsts, rates, strict=True):
        batch = orders[:, start : start + training.batch_size]
        layers.learn(source.train[batch], source.train_labels[batch], weights, rate)


class _Layers:
    """A layer for every seed, and what Adam remembers of it; the bias is the last column of the weights."""

    def __init__(self, features: int, classes: int, seeds: Sequence[int]) -> None:
        first = [linear_layer(features, classes, np.random.default_rng(seed)) for seed in seeds]
        self.weights = np.stack([np.column_stack(layer) for layer in first])  # (seeds, classes, features + 1), float32
        self.first, self.second = np.zeros_like(self.weights), np.zeros_like(self.weights)
        self.steps = 0

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Features (seeds or 1, batch, features) to probabilities (seeds, batch, classes)."""
        scores = features @ self.weights[:, :, :-1].transpose(0, 2, 1) + self.weights[:, None, :, -1]
        powers = np.exp(scores - scores.max(axis=2, keepdims=True))
        return np.asarray(powers / powers.sum(axis=2, keepdims=True))

    def learn(self, features: np.ndarray, labels: np.ndarray, weights: np.ndarray, rate: float) -> None:
        """One step of Adam on every seed's batch: the mean cross-entropy, weighted by class; labels (seeds, batch)."""
        errors = self.probabilities(features)
        errors -= np.eye(errors.shape[2], dtype=errors.dtype)[labels]
        errors *= weights[labels][:, :, None]
        errors /= labels.shape[1]
        slope = np.concatenate([errors.transpose(0, 2, 1) @ features, errors.sum(axis=1)[:, :, None]], axis=2)
        self.steps += 1
        self.first += (1 - BETA1) * (slope - self.first)
        self.second += (1 - BETA2) * (slope * slope - self.second)
        scale = np.sqrt(self.second / (1 - BETA2**self.steps)) + EPSILON
        self.weights -= (rate / (1 - BETA1**self.steps)) * self.first / scale


class _Record:
    """The validation figures of every seed, epoch by epoch, and its best epoch so far."""

    def __init__(self, seeds: int, source: KeptFeatures, training: TrainingSettings) -> None:
        self.by_loss = training.best_by == "loss"
        self.accuracies: list[np.ndarray] = []
        self.losses: list[np.ndarray] = []
        self.best = np.full(seeds, -np.inf)
        self.best_right = np.zeros((seeds, len(source.val_labels)), bool)

    def note(self, found: np.ndarray, labels: np.ndarray) -> None:
        """Takes in the probabilities after an epoch, shape (seeds, pictures, classes)."""
        right = found.argmax(axis=2) == labels
        loss = -np.log(np.maximum(found[:, np.arange(len(labels)), labels], 1e-30)).mean(axis=1)
        self.accuracies.append(right.mean(axis=1))
        self.losses.append(loss)
        figure = -loss if self.by_loss else self.accuracies[-1]
        better = figure > self.best  # the first of equals stays, as in `checkpoints.improves`
        self.best[better], self.best_right[better] = figure[better], right[better]

    def runs(self) -> LinearRuns:
        """Returns all of it."""
        losses = np.stack(self.losses, axis=1)
        broken = ~np.isfinite(losses)
        diverged = np.where(broken.any(axis=1), broken.argmax(axis=1) + 1, 0)
        return LinearRuns(np.stack(self.accuracies, axis=1), losses, self.best_right, diverged)
