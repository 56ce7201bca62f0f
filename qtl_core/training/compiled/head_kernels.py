"""The layers of a head but its circuit: the linear layers, tanh and ReLU, and the softmax.

The first layer, which sees the features, is done run by run, as its weights are many; all others lane by lane. What
lies behind it is `values`, whoever computes it: the circuit, or a hidden layer. A head that is one linear layer has
none.
"""

from __future__ import annotations

import math

import numpy as np

from qtl_core.training.compiled.code_cache import inlined_jit, inner_jit, jit
from qtl_core.training.compiled.lane_functions import exponential, set_small_turn, tanh
from qtl_core.training.compiled.lanes import is_above_zero, load, splat, store, within
from qtl_core.training.compiled.workspace import Workspace

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
def products(weight: np.ndarray, features: np.ndarray, rows: np.ndarray, found: np.ndarray) -> None:
    """Sets `found[k]` to the dot product of `weight` with the features of picture `rows[k]`, four at a time."""
    fours = len(rows) // 4 * 4
    for at in range(0, fours, 4):
        p, q, r, s = features[rows[at]], features[rows[at + 1]], features[rows[at + 2]], features[rows[at + 3]]
        a = b = c = d = weight.dtype.type(0)
        for k in range(len(weight)):
            a += weight[k] * p[k]
            b += weight[k] * q[k]
            c += weight[k] * r[k]
            d += weight[k] * s[k]
        found[at], found[at + 1], found[at + 2], found[at + 3] = a, b, c, d
    for at in range(fours, len(rows)):
        found[at] = dot(weight, features[rows[at]])


@inner_jit
def products_of_two(
    weights: np.ndarray, features: np.ndarray, rows: np.ndarray, found: np.ndarray, other: np.ndarray
) -> None:
    """Does the same for two units, whose weights follow each other: the features are then read once for both."""
    size, fours, number = features.shape[1], len(rows) // 4 * 4, features.dtype.type
    weight, second = weights[:size], weights[size:]
    for at in range(0, fours, 4):
        p, q, r, s = features[rows[at]], features[rows[at + 1]], features[rows[at + 2]], features[rows[at + 3]]
        a = b = c = d = e = f = g = h = number(0)
        for k in range(size):
            a += weight[k] * p[k]
            b += weight[k] * q[k]
            c += weight[k] * r[k]
            d += weight[k] * s[k]
            e += second[k] * p[k]
            f += second[k] * q[k]
            g += second[k] * r[k]
            h += second[k] * s[k]
        found[at], found[at + 1], found[at + 2], found[at + 3] = a, b, c, d
        other[at], other[at + 1], other[at + 2], other[at + 3] = e, f, g, h
    for at in range(fours, len(rows)):
        found[at], other[at] = dot(weight, features[rows[at]]), dot(second, features[rows[at]])


@inner_jit
def add_products(gradient: np.ndarray, slopes: np.ndarray, features: np.ndarray, rows: np.ndarray) -> None:
    """Adds to `gradient` the features of the pictures `rows`, each times its `slopes[k]`, four at a time."""
    fours = len(rows) // 4 * 4
    for at in range(0, fours, 4):
        p, q, r, s = features[rows[at]], features[rows[at + 1]], features[rows[at + 2]], features[rows[at + 3]]
        a, b, c, d = slopes[at], slopes[at + 1], slopes[at + 2], slopes[at + 3]
        for k in range(len(gradient)):
            gradient[k] += (a * p[k] + b * q[k]) + (c * r[k] + d * s[k])
    for at in range(fours, len(rows)):
        picture, slope = features[rows[at]], slopes[at]
        for k in range(len(gradient)):
            gradient[k] += slope * picture[k]


@inner_jit
def add_products_of_two(
    gradients: np.ndarray, slopes: np.ndarray, others: np.ndarray, features: np.ndarray, rows: np.ndarray
) -> None:
    """Does the same for two units, whose gradients follow each other; `others` are the second one's slopes."""
    size, fours = features.shape[1], len(rows) // 4 * 4
    gradient, second = gradients[:size], gradients[size:]
    for at in range(0, fours, 4):
        p, q, r, s = features[rows[at]], features[rows[at + 1]], features[rows[at + 2]], features[rows[at + 3]]
        a, b, c, d = slopes[at], slopes[at + 1], slopes[at + 2], slopes[at + 3]
        e, f, g, h = others[at], others[at + 1], others[at + 2], others[at + 3]
        for k in range(size):
            gradient[k] += (a * p[k] + b * q[k]) + (c * r[k] + d * s[k])
            second[k] += (e * p[k] + f * q[k]) + (g * r[k] + h * s[k])
    for at in range(fours, len(rows)):
        picture, slope, other = features[rows[at]], slopes[at], others[at]
        for k in range(size):
            gradient[k] += slope * picture[k]
            second[k] += other * picture[k]


@inner_jit
def first_layer(
    weights: np.ndarray, features: np.ndarray, rows: np.ndarray, sums: np.ndarray, lane: int, width: int
) -> None:
    """Sets `sums` of the pictures `rows` from `lane` on, and 0 in what is left of `width` lanes.

    A lane without a picture must hold finite numbers: its gradient is zero, and zero times anything else is none.
    """
    size, units = features.shape[1], len(sums)
    sums[:, lane + len(rows) : lane + width] = 0
    for unit in range(0, units - 1, 2):
        both = weights[unit * size : (unit + 2) * size]
        products_of_two(both, features, rows, sums[unit, lane:], sums[unit + 1, lane:])
    if units % 2:
        products(weights[(units - 1) * size : units * size], features, rows, sums[units - 1, lane:])


@inner_jit
def first_layer_backward(
    gradient: np.ndarray, features: np.ndarray, rows: np.ndarray, slopes: np.ndarray, lane: int
) -> None:
    """Adds to the gradient of the first layer's weights, from the slopes of its sums."""
    size, units = features.shape[1], len(slopes)
    for unit in range(0, units - 1, 2):
        both = gradient[unit * size : (unit + 2) * size]
        add_products_of_two(both, slopes[unit, lane:], slopes[unit + 1, lane:], features, rows)
    if units % 2:
        last = gradient[(units - 1) * size : units * size]
        add_products(last, slopes[units - 1, lane:], features, rows)


@inlined_jit
def angles(work: Workspace) -> None:
    """Turns `sums` into the pictures' angles: tanh, times pi/2; sets cosines and sines of half of them."""
    number = work.sums.dtype.type
    one, quarter, half = splat(number(1)), splat(number(math.pi / 4)), splat(number(math.pi / 2))
    for wire in range(len(work.half_cosines)):
        bent = tanh(load(work.sums, wire) + load(work.net.pre_bias, wire), number)
        set_small_turn(bent * quarter, work.half_cosines, work.half_sines, wire)
        store(work.derivatives, wire, (one - bent * bent) * half)


@inlined_jit
def hidden_layer(work: Workspace, kind: int) -> None:
    """Turns `sums` into `values`: tanh or ReLU, as `kind` says; what is no number stays so, and is noticed."""
    number = work.sums.dtype.type
    one, zero = splat(number(1)), splat(number(0))
    for unit in range(len(work.net.pre_bias)):
        value = load(work.sums, unit) + load(work.net.pre_bias, unit)
        if kind == TANH:
            value = tanh(value, number)
            store(work.derivatives, unit, one - value * value)
        else:
            value = within(value, zero, splat(number(math.inf)))
            store(work.derivatives, unit, is_above_zero(value))
        store(work.values, unit, value)


@inlined_jit
def first_slopes(work: Workspace, slopes: np.ndarray) -> None:
    """Sets `sums` to their gradient, from that of the angles or values in `slopes`, and adds to the biases'."""
    for unit in range(len(work.net.pre_bias)):
        slope = load(slopes, unit) * load(work.derivatives, unit)
        store(work.sums, unit, slope)
        store(work.gradient.pre_bias, unit, load(work.gradient.pre_bias, unit) + slope)


@inlined_jit
def linear(work: Workspace) -> None:
    """Sets `scores`, where one linear layer is the whole head."""
    for label in range(len(work.scores)):
        store(work.scores, label, load(work.sums, label) + load(work.net.post_bias, label))


@inlined_jit
def linear_backward(work: Workspace) -> None:
    """Sets `sums` to their gradient and adds to the biases'; `scores` holds the loss's slopes."""
    for label in range(len(work.scores)):
        slope = load(work.scores, label)
        store(work.sums, label, slope)
        store(work.gradient.post_bias, label, load(work.gradient.post_bias, label) + slope)


@inlined_jit
def post_net(work: Workspace) -> None:
    """Sets `scores` from `values`."""
    units = len(work.net.pre_bias)
    for label in range(len(work.scores)):
        score = load(work.net.post_bias, label)
        for unit in range(units):
            score = score + load(work.net.post_weight, label * units + unit) * load(work.values, unit)
        store(work.scores, label, score)


@inlined_jit
def post_net_backward(work: Workspace) -> None:
    """Adds the last layer's part of the gradient and sets `expectation_gradients`; `scores` holds the loss's slopes."""
    units, gradient = len(work.net.pre_bias), work.gradient
    for label in range(len(work.scores)):
        store(gradient.post_bias, label, load(gradient.post_bias, label) + load(work.scores, label))
    for unit in range(units):
        value, slope = load(work.values, unit), splat(work.values.dtype.type(0))
        for label in range(len(work.scores)):
            row, score_slope = label * units + unit, load(work.scores, label)
            store(gradient.post_weight, row, load(gradient.post_weight, row) + score_slope * value)
            slope = slope + load(work.net.post_weight, row) * score_slope
        store(work.expectation_gradients, unit, slope)


@inlined_jit
def softmax(work: Workspace) -> None:
    """Sets `probabilities`, `divisor` and `highest` from `scores`."""
    number = work.scores.dtype.type
    highest, divisor = load(work.scores, 0), splat(number(0))
    for label in range(1, len(work.scores)):
        highest = within(highest, load(work.scores, label), splat(number(math.inf)))
    for label in range(len(work.scores)):
        power = exponential(load(work.scores, label) - highest, number)
        store(work.probabilities, label, power)
        divisor = divisor + power
    for label in range(len(work.scores)):
        store(work.probabilities, label, load(work.probabilities, label) / divisor)
    store(work.divisor, 0, divisor)
    store(work.highest, 0, highest)


@inlined_jit
def log_probability(work: Workspace, lane: int, label: int) -> float:
    """Returns the logarithm of a class's probability, exact also where that probability rounds to 0."""
    return work.scores[label, lane] - work.highest[0, lane] - math.log(work.divisor[0, lane])


@inlined_jit
def likeliest(work: Workspace, lane: int) -> int:
    """Returns the class with the highest score, the first of equals."""
    best = 0
    for label in range(1, len(work.scores)):
        if work.scores[label, lane] > work.scores[best, lane]:
            best = label
    return best
