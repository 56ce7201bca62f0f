"""The one look at the test pictures, with the weights of the best epoch, when training is over."""

from __future__ import annotations

import numpy as np

from qtl_core.network.head_scores import circuit_angles, class_scores, log_softmax, scores_of_hidden
from qtl_core.runs.events import Arrays, Checkpoint, Tested
from qtl_core.settings import RunSettings
from qtl_core.training.task import FeatureSource, TrainingTask

BEFORE_TRAINING = 0  # the number of no epoch
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
        settings: Circuit, kind of head, and how the circuit is read: from shots, always by the same ones.
        weights: The head's.
        features: Shape (pictures, features).
    """
    rows = max(1, BATCH_BYTES // (16 * (2 if settings.reads_exactly else 4) ** settings.circuit.qubits))
    batches = [features[first : first + rows] for first in range(0, len(features), rows)]
    return log_softmax(np.concatenate([_scores(settings, weights, batch, n) for n, batch in enumerate(batches)]))


def _scores(settings: RunSettings, weights: Arrays, features: np.ndarray, number: int) -> np.ndarray:
    """Returns the class scores of the batch of this number, as the settings' readout gives them."""
    if settings.reads_exactly:
        return class_scores(settings.circuit, weights, features, settings.model)
    from qtl_core.training.readout_simulator import ReadoutSimulator

    simulator = ReadoutSimulator(settings.circuit, settings.readout, settings.training.seed)
    trained = simulator.circuit.values(np.asarray(weights["q_params"], dtype=np.float64).reshape(-1))
    random = simulator.random((BEFORE_TRAINING, number), 0)  # no epoch is read by these
    return scores_of_hidden(weights, simulator.read(circuit_angles(weights, features), trained[None], random)[0])


def share_right(task: TrainingTask, weights: Arrays, features: np.ndarray, labels: np.ndarray) -> float:
    """Returns the accuracy of a head of weights on pictures by their features, answered as the task reads them."""
    return float((answers(task, weights, features) == labels).mean())


def answers(task: TrainingTask, weights: Arrays, features: np.ndarray) -> np.ndarray:
    """Returns the class that a task's head names for each row of features, shape (pictures,)."""
    settings = RunSettings(task.circuit, task.training, model=task.model, readout=task.readout)
    return np.asarray(log_probabilities(settings, weights, features).argmax(axis=1))


def figures_of(log_probabilities: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Returns the mean cross-entropy and the share that is right."""
    loss = -log_probabilities[np.arange(len(labels)), labels].mean()
    return float(loss), float((log_probabilities.argmax(axis=1) == labels).mean())
