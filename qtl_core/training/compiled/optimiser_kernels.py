"""A step of the weights, as `torch.optim` takes it: Adam, AdamW, and SGD with momentum.

The numbers lie in one vector. It is walked in stretches that learn, or stand still, as a whole: a test of every number
would cost more than its step.
"""

from __future__ import annotations

import math

from qtl_core.training.compiled.code_cache import inner_jit
from qtl_core.training.compiled.workspace import Optimiser

# As in `training.checkpoints`, and once more here: compiled code that is kept is made again only when this package
# changes.
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
ADAM, ADAMW, SGD = 0, 1, 2
KINDS = {"adam": ADAM, "adamw": ADAMW, "sgd": SGD}


@inner_jit
def take_step(optimiser: Optimiser, learning_rate: float) -> None:
    """Moves the weights that learn, and clears the gradient for the next batch."""
    optimiser.steps[0] += 1
    for stretch in range(len(optimiser.stretches)):
        first, last = optimiser.stretches[stretch, 0], optimiser.stretches[stretch, 1]
        if not optimiser.stretches[stretch, 2]:
            for k in range(first, last):
                optimiser.gradient[k] = 0
            continue
        if optimiser.decay != 0:
            decay(optimiser, learning_rate, first, last)
        if optimiser.kind == SGD:
            sgd_step(optimiser, learning_rate, first, last)
        else:
            adam_step(optimiser, learning_rate, first, last)


@inner_jit
def decay(optimiser: Optimiser, learning_rate: float, first: int, last: int) -> None:
    """Pulls the weights towards zero: by way of their gradient, or with AdamW by itself."""
    number = optimiser.weights.dtype.type
    if optimiser.kind == ADAMW:
        kept = number(1 - learning_rate * optimiser.decay)
        for k in range(first, last):
            optimiser.weights[k] *= kept
    else:
        pull = number(optimiser.decay)
        for k in range(first, last):
            optimiser.gradient[k] += pull * optimiser.weights[k]


@inner_jit
def adam_step(optimiser: Optimiser, learning_rate: float, start: int, end: int) -> None:
    """Moves the weights start..end as `torch.optim.Adam` does, and clears their gradient."""
    number = optimiser.weights.dtype.type
    step_size = number(learning_rate / (1 - BETA1 ** optimiser.steps[0]))
    shrink = number(1 / math.sqrt(1 - BETA2 ** optimiser.steps[0]))
    beta1, beta2, epsilon, one = number(BETA1), number(BETA2), number(EPSILON), number(1)
    for k in range(start, end):
        slope = optimiser.gradient[k]
        first = beta1 * optimiser.first[k] + (one - beta1) * slope
        second = beta2 * optimiser.second[k] + (one - beta2) * slope * slope
        optimiser.first[k], optimiser.second[k], optimiser.gradient[k] = first, second, number(0)
        optimiser.weights[k] -= step_size * first / (math.sqrt(second) * shrink + epsilon)


@inner_jit
def sgd_step(optimiser: Optimiser, learning_rate: float, start: int, end: int) -> None:
    """Moves the weights start..end as `torch.optim.SGD` does, and clears their gradient."""
    number = optimiser.weights.dtype.type
    rate, momentum = number(learning_rate), number(optimiser.momentum)
    for k in range(start, end):
        step = momentum * optimiser.first[k] + optimiser.gradient[k]
        optimiser.first[k], optimiser.gradient[k] = step, number(0)
        optimiser.weights[k] -= rate * step
