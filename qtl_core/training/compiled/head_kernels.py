"""The layers around the circuit: the linear layers, the tanh, the softmax, and Adam."""

from __future__ import annotations

import math

import numpy as np

from qtl_core.training.compiled.code_cache import inner_jit, jit
from qtl_core.training.compiled.lanes import load, splat, store, total
from qtl_core.training.compiled.workspace import Adam, Net, Workspace

# As in `training.checkpoints`, and once more here: compiled code that is kept is made again only when this package
# changes.
BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


@jit
def dot(left: np.ndarray, right: np.ndarray) -> float:
    """Returns the dot product of two vectors of one length and dtype."""
    result = left.dtype.type(0)
    for k in range(len(left)):
        result += left[k] * right[k]
    return result


@inner_jit
def pre_net(net: Net, features: np.ndarray, rows: np.ndarray, work: Workspace) -> None:
    """Turns the features of the pictures `rows` into angles: linear, tanh, times pi/2.

    Sets the cosines and sines of half of them, and `angle_derivatives`. Lanes beyond the pictures keep older values,
    which are finite and whose gradient is zero.
    """
    number = features.dtype.type
    for lane in range(len(rows)):
        picture = features[rows[lane]]
        for wire in range(len(net.pre_bias)):
            bent = math.tanh(dot(net.pre_weight[wire], picture) + net.pre_bias[wire])
            half = bent * number(math.pi / 4)
            work.half_cosines[wire, lane], work.half_sines[wire, lane] = math.cos(half), math.sin(half)
            work.angle_derivatives[wire, lane] = (number(1) - bent * bent) * number(math.pi / 2)


@inner_jit
def pre_net_backward(gradient: Net, features: np.ndarray, rows: np.ndarray, work: Workspace) -> None:
    """Adds the first layer's part of the gradient, from `feature_gradients`."""
    for wire in range(len(gradient.pre_bias)):
        weight_gradient = gradient.pre_weight[wire]
        for lane in range(len(rows)):
            slope = work.feature_gradients[wire, lane] * work.angle_derivatives[wire, lane]
            picture = features[rows[lane]]
            gradient.pre_bias[wire] += slope
            for k in range(len(picture)):
                weight_gradient[k] += slope * picture[k]


@inner_jit
def post_net(net: Net, work: Workspace) -> None:
    """Sets `scores` from `values`."""
    for label in range(len(net.post_bias)):
        score = splat(net.post_bias[label])
        for wire in range(len(net.pre_bias)):
            score = score + splat(net.post_weight[label, wire]) * load(work.values, wire)
        store(work.scores, label, score)


@inner_jit
def post_net_backward(net: Net, gradient: Net, work: Workspace) -> None:
    """Adds the last layer's part of the gradient and sets `expectation_gradients`; `scores` holds the loss's slopes."""
    zero = splat(work.values.dtype.type(0))
    for label in range(len(net.post_bias)):
        gradient.post_bias[label] += total(load(work.scores, label))
    for wire in range(len(net.pre_bias)):
        value, slope = load(work.values, wire), zero
        for label in range(len(net.post_bias)):
            score_slope = load(work.scores, label)
            gradient.post_weight[label, wire] += total(score_slope * value)
            slope = slope + splat(net.post_weight[label, wire]) * score_slope
        store(work.expectation_gradients, wire, slope)


@inner_jit
def softmax(scores: np.ndarray, lane: int, probabilities: np.ndarray) -> int:
    """Sets one picture's class probabilities; returns the class with the highest score, the first of equals."""
    best = 0
    for label in range(len(probabilities)):
        if scores[label, lane] > scores[best, lane]:
            best = label
    divisor = scores.dtype.type(0)
    for label in range(len(probabilities)):
        probabilities[label] = math.exp(scores[label, lane] - scores[best, lane])
        divisor += probabilities[label]
    probabilities /= divisor
    return best


@inner_jit
def log_probability(scores: np.ndarray, lane: int, label: int) -> float:
    """Returns the logarithm of a class's probability, exact also where that probability rounds to 0."""
    highest = scores[0, lane]
    for other in range(1, len(scores)):
        highest = max(highest, scores[other, lane])
    divisor = scores.dtype.type(0)
    for other in range(len(scores)):
        divisor += math.exp(scores[other, lane] - highest)
    return scores[label, lane] - highest - math.log(divisor)


@inner_jit
def adam_step(adam: Adam, learning_rate: float) -> None:
    """Moves the weights as `torch.optim.Adam` does, and clears the gradient for the next batch."""
    number = adam.weights.dtype.type
    adam.steps[0] += 1
    step_size = number(learning_rate / (1 - BETA1 ** adam.steps[0]))
    shrink = number(1 / math.sqrt(1 - BETA2 ** adam.steps[0]))
    beta1, beta2, epsilon, one = number(BETA1), number(BETA2), number(EPSILON), number(1)
    for k in range(len(adam.weights)):
        slope = adam.gradient[k]
        first = beta1 * adam.first[k] + (one - beta1) * slope
        second = beta2 * adam.second[k] + (one - beta2) * slope * slope
        adam.first[k], adam.second[k], adam.gradient[k] = first, second, number(0)
        adam.weights[k] -= step_size * first / (math.sqrt(second) * shrink + epsilon)
