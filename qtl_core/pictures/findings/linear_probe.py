"""Out-of-fold probabilities of a linear probe: what a linear layer says of pictures that it was not fitted to.

Multinomial logistic regression on frozen features with a ridge, fitted by L-BFGS, in which every class weighs the same:
otherwise a probe doubts half of a class that is ten times smaller than another. A probe of N pictures needs no more
directions than N, so the features are turned to those first, which changes nothing of the fit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress

FOLDS = 5
RIDGE = 0.3  # of the squared weights against the summed cross-entropy, features scaled to a mean square of 1 a picture
STEPS = 200  # of L-BFGS at most


def folds_of(labels: Sequence[int], groups: Sequence[str], folds: int = FOLDS) -> np.ndarray:
    """Returns the fold of each picture, int (N,): stratified by class, and pictures of one group in one fold.

    Groups go round the folds in the order of their names' hashes, so the same pictures get the same folds.
    """
    members: dict[str, list[int]] = {}
    for at, group in enumerate(groups):
        members.setdefault(group, []).append(at)
    held = np.zeros((max(labels, default=0) + 1, folds))  # pictures of each class in each fold
    found = np.zeros(len(labels), dtype=int)
    digests = {group: hashlib.sha256(group.encode("utf-8", "surrogateescape")).digest() for group in members}
    for group in sorted(members, key=lambda each: (-len(members[each]), digests[each])):
        label = labels[members[group][0]]
        fold = int(np.lexsort((held.sum(axis=0), held[label]))[0])
        found[members[group]] = fold
        for at in members[group]:
            held[labels[at], fold] += 1
    return found


def out_of_fold(
    features: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    classes: int,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
    left_out: np.ndarray | None = None,
) -> np.ndarray:
    """Returns for every picture the probabilities of a probe fitted to the other folds, float64 (N, classes).

    Args:
        features: Finite, (N, feature_size).
        labels: int (N,).
        folds: int (N,).
        classes: Number of classes.
        progress: Told (folds done, folds in all).
        should_stop: Asked before every fold.
        left_out: bool (N,): pictures that no probe is fitted to, such as those whose labels are in doubt.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    turned = _turned(features)
    found = np.zeros((len(labels), classes))
    numbers = np.unique(folds)
    for done, fold in enumerate(numbers):
        if should_stop():
            raise StoppedByUser
        progress(done, len(numbers))
        held = folds == fold
        fitted = ~held if left_out is None else ~held & ~left_out
        weights = fit(turned[fitted], labels[fitted], classes)
        found[held] = softmax(turned[held] @ weights[:-1] + weights[-1])
    progress(len(numbers), len(numbers))
    return found


def fit(features: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Returns the weights of the regression, (feature_size + 1, classes), the biases last."""
    from scipy.optimize import minimize

    size = features.shape[1]
    wanted = np.eye(classes)[labels]  # (N, classes)
    weigh = balanced_weights(labels, classes)[:, None]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        weights = flat.reshape(size + 1, classes)
        scores = features @ weights[:-1] + weights[-1]
        top = scores.max(axis=1, keepdims=True)
        log_sum = top[:, 0] + np.log(np.exp(scores - top).sum(axis=1))
        errors = weigh * (softmax(scores) - wanted)
        slope = np.concatenate([features.T @ errors + RIDGE * weights[:-1], errors.sum(axis=0, keepdims=True)])
        each = log_sum - (scores * wanted).sum(axis=1)
        value = float((weigh[:, 0] * each).sum() + RIDGE / 2 * (weights[:-1] ** 2).sum())
        return value, slope.ravel()

    start = np.zeros((size + 1) * classes)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x).reshape(
        size + 1, classes
    )


def balanced_weights(labels: np.ndarray, classes: int) -> np.ndarray:
    """Returns what each picture weighs, (N,): each class that has any the same in all, and all pictures N."""
    count = np.bincount(labels, minlength=classes)
    return np.asarray(len(labels) / ((count > 0).sum() * count[labels]))


def softmax(scores: np.ndarray) -> np.ndarray:
    """Returns the probabilities of scores (N, classes)."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _turned(features: np.ndarray) -> np.ndarray:
    """Features about their mean, scaled to a mean square of 1 a picture, in at most N directions: float64."""
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    scale = np.sqrt((centred**2).sum(axis=1).mean())
    centred /= max(scale, 1e-12)
    if centred.shape[0] >= centred.shape[1]:
        return centred
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(left * sizes)
