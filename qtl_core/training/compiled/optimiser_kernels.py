"""A step of the weights, as `torch.optim` takes it: Adam, AdamW, and SGD with momentum.

The numbers lie in one vector. It is walked in stretches that learn, or stand still, as a whole: a test of every number
would cost more than its step.
"""

from __future__ import annotations

import math

import numpy as np

from qtl_core.training.compiled.code_cache import inner_jit
from qtl_core.training.compiled.workspace import Optimiser

# As in `training.checkpoints`, and once more here: compiled code that is kept is made again only when this package
# changes.
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
ADAM, ADAMW, SGD = 0, 1, 2
KINDS = {"adam": ADAM, "adamw": ADAMW, "sgd": SGD}


@inner_jit
def take_step(optimiser: Optimiser, run: int, learning_rate: float) -> None:
    """Moves the weights of a run that learn, and clears the gradient for the next batch."""
    optimiser.steps[run] += 1
    for stretch in range(len(optimiser.stretches)):
        first, last = optimiser.stretches[stretch, 0], optimiser.stretches[stretch, 1]
        # Slices: in a loop from `first` on numba would test every index for being negative, at six times the time.
        weights, gradient = optimiser.weights[run, first:last], optimiser.gradient[first:last]
        if not optimiser.stretches[stretch, 2]:
            gradient[:] = 0
            continue
        if optimiser.decay[run] != 0:
            decay(optimiser.kind, optimiser.decay[run], weights, gradient, learning_rate)
        memory = optimiser.first[run, first:last]
        if optimiser.kind == SGD:
            sgd_step(optimiser.momentum[run], weights, gradient, memory, learning_rate)
        else:
            averages = memory, optimiser.second[run, first:last]
            adam_step(optimiser.steps[run], weights, gradient, averages, learning_rate)


@inner_jit
def decay(kind: int, share: float, weights: np.ndarray, gradient: np.ndarray, learning_rate: float) -> None:
    """Pulls the weights towards zero: by way of their gradient, or with AdamW by itself."""
    number = weights.dtype.type
    if kind == ADAMW:
        kept = number(1 - learning_rate * share)
        for k in range(len(weights)):
            weights[k] *= kept
    else:
        pull = number(share)
        for k in range(len(weights)):
            gradient[k] += pull * weights[k]


@inner_jit
def adam_step(
    steps: int,
    weights: np.ndarray,
    gradient: np.ndarray,
    averages: tuple[np.ndarray, np.ndarray],
    learning_rate: float,
) -> None:
    """Moves the weights as `torch.optim.Adam` does, and clears their gradient."""
    number, (first, second) = weights.dtype.type, averages
    step_size = number(learning_rate / (1 - BETA1**steps))
    shrink = number(1 / math.sqrt(1 - BETA2**steps))
    beta1, beta2, epsilon, one = number(BETA1), number(BETA2), number(EPSILON), number(1)
    for k in range(len(weights)):
        slope = gradient[k]
        mean = beta1 * first[k] + (one - beta1) * slope
        square = beta2 * second[k] + (one - beta2) * slope * slope
        first[k], second[k], gradient[k] = mean, square, number(0)
        weights[k] -= step_size * mean / (math.sqrt(square) * shrink + epsilon)


@inner_jit
def sgd_step(share: float, weights: np.ndarray, gradient: np.ndarray, before: np.ndarray, learning_rate: float) -> None:
    """Moves the weights as `torch.optim.SGD` does, and clears their gradient; `before` is the last step, kept by
    `share`."""
    number = weights.dtype.type
    rate, momentum = number(learning_rate), number(share)
    for k in range(len(weights)):
        step = momentum * before[k] + gradient[k]
        before[k], gradient[k] = step, number(0)
        weights[k] -= rate * step
