"""The weight of each class in the training loss, by which a rare class moves the head as much as a common one.

Only the steps are weighted: a picture's cross-entropy is multiplied by its class's weight before the mean over the
batch. The mean weight of all training pictures is 1, so the learning rate means what it always does; and as the mean is
not divided by the weights of the batch (which `torch.nn.CrossEntropyLoss(weight=...)` does), a batch with pictures of
one class alone is weighted, too. The losses that a run reports stay plain means over pictures: they compare with each
other, with guessing and with other runs.
"""

from __future__ import annotations

import numpy as np

from qtl_core.settings import TrainingSettings


def class_weights(training: TrainingSettings, labels: np.ndarray, classes: int) -> np.ndarray:
    """Returns what each class weighs in a step: 1, or where it is "balanced" n / (k * count), as in scikit-learn.

    Args:
        training: Its `class_weights` says which.
        labels: Class of each of the n training pictures, int (n,).
        classes: Number of classes; k of them have pictures, and the others weigh nothing.

    Returns:
        float64 (classes,).
    """
    if training.class_weights == "none":
        return np.ones(classes)
    counts = np.bincount(labels, minlength=classes)
    there = counts > 0
    return np.where(there, len(labels) / (there.sum() * np.maximum(counts, 1)), 0.0)
