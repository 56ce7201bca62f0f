"""The one look at the test pictures, with the weights of the best epoch, when training is over."""

from __future__ import annotations

import numpy as np

from qtl_core.network.head_scores import class_scores, log_softmax
from qtl_core.runs.events import Arrays, Checkpoint, Tested
from qtl_core.settings import RunSettings
from qtl_core.training.task import FeatureSource, TrainingTask

BATCH_BYTES = 2**26  # of amplitudes that are simulated together; 12 qubits are 64 kB a picture


def tested(settings: RunSettings, source: FeatureSource, checkpoint: Checkpoint) -> Tested:
    """Returns what the weights of the best epoch say of the test pictures.

    Args:
        settings: What was trained.
        source: Has the test pictures' features.
        checkpoint: The last one; it holds the best epoch's weights.

    Raises:
        ValueError: There are no test pictures.
    """
    if source.test_labels is None or not len(source.test_labels):
        raise ValueError("there are no test pictures")
    weights = checkpoint.best_weights or checkpoint.weights  # none was best where no figure was ever finite
    state = checkpoint.best_backbone_state if checkpoint.best_weights else checkpoint.backbone_state
    logs = log_probabilities(settings, weights, source.test_features(state))
    loss, accuracy = figures_of(logs, source.test_labels)
    epoch = checkpoint.best_epoch if checkpoint.best_weights else checkpoint.epoch
    return Tested(epoch, loss, accuracy, np.exp(logs).astype(np.float32))


def log_probabilities(settings: RunSettings, weights: Arrays, features: np.ndarray) -> np.ndarray:
    """Returns the logarithm of every class probability, shape (pictures, classes), a few pictures at a time.

    Args:
        settings: Circuit and kind of head.
        weights: The head's.
        features: Shape (pictures, features).
    """
    rows = max(1, BATCH_BYTES // (16 * 2**settings.circuit.qubits))
    batches = [features[first : first + rows] for first in range(0, len(features), rows)]
    scores = [class_scores(settings.circuit, weights, batch, settings.model) for batch in batches]
    return log_softmax(np.concatenate(scores))


def answers(task: TrainingTask, weights: Arrays, features: np.ndarray) -> np.ndarray:
    """Returns the class that a task's head names for each row of features, shape (pictures,)."""
    settings = RunSettings(task.circuit, task.training, model=task.model)
    return np.asarray(log_probabilities(settings, weights, features).argmax(axis=1))


def figures_of(log_probabilities: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Returns the mean cross-entropy and the share that is right."""
    loss = -log_probabilities[np.arange(len(labels)), labels].mean()
    return float(loss), float((log_probabilities.argmax(axis=1) == labels).mean())
