"""The layers of a head but its circuit: the linear layers, tanh and ReLU, and the softmax.

What lies between the two linear layers is `values`, whoever computes it: the circuit, or a hidden layer. A head that is
one linear layer has none.
"""

from __future__ import annotations

import math

import numpy as np

from qtl_core.training.compiled.code_cache import inner_jit, jit
from qtl_core.training.compiled.lanes import load, splat, store, total
from qtl_core.training.compiled.workspace import Net, Workspace

CIRCUIT, TANH, RELU, LINEAR = 0, 1, 2, 3  # what lies between the two linear layers; of a linear head there is one
KINDS = {"dressed": CIRCUIT, "dressed_fixed": CIRCUIT, "bottleneck": TANH, "mlp": RELU, "linear": LINEAR}


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
def products(weight: np.ndarray, features: np.ndarray, rows: np.ndarray, found: np.ndarray) -> None:
    """Sets `found[lane]` to the dot product of `weight` with the features of picture `rows[lane]`, four at a time."""
    fours = len(rows) // 4 * 4
    for lane in range(0, fours, 4):
        p, q, r, s = (
            features[rows[lane]],
            features[rows[lane + 1]],
            features[rows[lane + 2]],
            features[rows[lane + 3]],
        )
        a = b = c = d = weight.dtype.type(0)
        for k in range(len(weight)):
            a += weight[k] * p[k]
            b += weight[k] * q[k]
            c += weight[k] * r[k]
            d += weight[k] * s[k]
        found[lane], found[lane + 1], found[lane + 2], found[lane + 3] = a, b, c, d
    for lane in range(fours, len(rows)):
        found[lane] = dot(weight, features[rows[lane]])


@inner_jit
def add_products(gradient: np.ndarray, slopes: np.ndarray, features: np.ndarray, rows: np.ndarray) -> None:
    """Adds to `gradient` the features of the pictures `rows`, each times its `slopes[lane]`, four at a time."""
    fours = len(rows) // 4 * 4
    for lane in range(0, fours, 4):
        p, q, r, s = (
            features[rows[lane]],
            features[rows[lane + 1]],
            features[rows[lane + 2]],
            features[rows[lane + 3]],
        )
        a, b, c, d = slopes[lane], slopes[lane + 1], slopes[lane + 2], slopes[lane + 3]
        for k in range(len(gradient)):
            gradient[k] += (a * p[k] + b * q[k]) + (c * r[k] + d * s[k])
    for lane in range(fours, len(rows)):
        picture, slope = features[rows[lane]], slopes[lane]
        for k in range(len(gradient)):
            gradient[k] += slope * picture[k]


@inner_jit
def hidden_layer(net: Net, kind: int, features: np.ndarray, rows: np.ndarray, work: Workspace) -> None:
    """Sets `values` of the pictures `rows`, and their derivatives: linear, then tanh or ReLU as `kind` says."""
    number = features.dtype.type
    for unit in range(len(net.pre_bias)):
        products(net.pre_weight[unit], features, rows, work.values[unit])
        for lane in range(len(rows)):
            value, slope = work.values[unit, lane] + net.pre_bias[unit], number(1)
            if kind == TANH:
                value = math.tanh(value)
                slope = number(1) - value * value
            elif value <= 0:  # what is no number stays so, and is noticed
                value = slope = number(0)
            work.values[unit, lane], work.angle_derivatives[unit, lane] = value, slope


@inner_jit
def hidden_layer_backward(gradient: Net, features: np.ndarray, rows: np.ndarray, work: Workspace) -> None:
    """Adds the hidden layer's part of the gradient, from `expectation_gradients`, which is that of `values`."""
    for unit in range(len(gradient.pre_bias)):
        slopes = work.expectation_gradients[unit]
        for lane in range(len(rows)):
            slopes[lane] *= work.angle_derivatives[unit, lane]
            gradient.pre_bias[unit] += slopes[lane]
        add_products(gradient.pre_weight[unit], slopes, features, rows)


@inner_jit
def linear(net: Net, features: np.ndarray, rows: np.ndarray, work: Workspace) -> None:
    """Sets `scores` of the pictures `rows`, where one linear layer is the whole head."""
    for label in range(len(net.post_bias)):
        products(net.post_weight[label], features, rows, work.scores[label])
        for lane in range(len(rows)):
            work.scores[label, lane] += net.post_bias[label]


@inner_jit
def linear_backward(gradient: Net, features: np.ndarray, rows: np.ndarray, work: Workspace) -> None:
    """Adds the gradient of the one linear layer; `scores` holds the loss's slopes."""
    for label in range(len(gradient.post_bias)):
        for lane in range(len(rows)):
            gradient.post_bias[label] += work.scores[label, lane]
        add_products(gradient.post_weight[label], work.scores[label], features, rows)


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
