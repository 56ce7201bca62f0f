"""The classical baseline: a plain linear layer on the same features, under the same recipe as the circuit.

Same batches, rates and rule for the best epoch as any run (`task`, `checkpoints`), cross-entropy and Adam as in torch,
in numpy alone: a layer with two outputs needs no more.
"""

from __future__ import annotations

import numpy as np

from qtl_core.common.errors import DivergedError, StoppedByUser
from qtl_core.common.progress import ShouldStop
from qtl_core.network.initial_weights import linear_layer
from qtl_core.settings import TrainingSettings
from qtl_core.training.checkpoints import BETA1, BETA2, EPSILON
from qtl_core.training.task import KeptFeatures, batch_order, learning_rate


def train_linear(
    source: KeptFeatures, training: TrainingSettings, seed: int, should_stop: ShouldStop
) -> tuple[np.ndarray, np.ndarray]:
    """Trains `Linear(features, classes)` from its beginning.

    Args:
        source: Features without augmented views: train (pictures, features).
        training: Rate, batches, epochs; its own seed is not looked at.
        seed: Decides the first weights and the order of the pictures.
        should_stop: Asked at every epoch.

    Returns:
        Validation accuracy after every epoch, shape (epochs,), and validation loss likewise.

    Raises:
        ValueError: There are augmented views.
        DivergedError: The loss stopped being finite.
        StoppedByUser: `should_stop` said so.
    """
    if source.train.ndim != 2:
        raise ValueError("the linear baseline takes one view of every picture")
    layer = _Layer(source.feature_size, source.classes, seed)
    figures = []
    for epoch in range(1, training.epochs + 1):
        if should_stop():
            raise StoppedByUser
        order, rate = batch_order(seed, epoch, len(source.train_labels)), learning_rate(training, epoch)
        for start in range(0, len(order), training.batch_size):
            batch = order[start : start + training.batch_size]
            layer.learn(source.train[batch], source.train_labels[batch], rate)
        figures.append(layer.judge(source.val, source.val_labels))
        if not np.isfinite(figures[-1][1]):
            raise DivergedError(epoch, "validation loss")
    accuracies, losses = np.array(figures).T
    return accuracies, losses


class _Layer:
    """The layer and what Adam remembers of it; the bias is the last column of the weights."""

    def __init__(self, features: int, classes: int, seed: int) -> None:
        weight, bias = linear_layer(features, classes, np.random.default_rng(seed))
        self.weights = np.column_stack([weight, bias])  # (classes, features + 1), float32
        self.first, self.second = np.zeros_like(self.weights), np.zeros_like(self.weights)
        self.steps = 0

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """Features (batch, features) to probabilities (batch, classes)."""
        scores = features @ self.weights[:, :-1].T + self.weights[:, -1]
        powers = np.exp(scores - scores.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    def learn(self, features: np.ndarray, labels: np.ndarray, rate: float) -> None:
        """One step of Adam on the mean cross-entropy of a batch."""
        errors = self.probabilities(features)
        errors[np.arange(len(labels)), labels] -= 1
        errors /= len(labels)
        slope = np.column_stack([errors.T @ features, errors.sum(axis=0)])
        self.steps += 1
        self.first += (1 - BETA1) * (slope - self.first)
        self.second += (1 - BETA2) * (slope * slope - self.second)
        scale = np.sqrt(self.second / (1 - BETA2**self.steps)) + EPSILON
        self.weights -= (rate / (1 - BETA1**self.steps)) * self.first / scale

    def judge(self, features: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
        """Returns accuracy and mean cross-entropy."""
        found = self.probabilities(features)
        loss = -np.log(np.maximum(found[np.arange(len(labels)), labels], 1e-30)).mean()
        return float((found.argmax(axis=1) == labels).mean()), float(loss)
