"""The state vectors of `LANES` pictures under one column of gates, forwards and backwards.

A state is an array of shape (planes * 2**wires, LANES): the real parts of the amplitudes and then, where there
are any, the imaginary parts. Wire 0 is the most significant bit. RY mixes neither planes nor lanes, so real and
complex circuits share its code.

The gradient is the adjoint one: with L the loss, `adjoint` holds sum_i (dL/d<Z_i>) Z_i |state>, and both are walked
back through the circuit together. A turn exp(-i angle G / 2) met on the way has dL/dangle = Re <adjoint| -i G |state>.
"""

from __future__ import annotations

import numpy as np

from qtl_core.training.compiled.code_cache import inner_jit
from qtl_core.training.compiled.lanes import load, splat, store


@inner_jit
def prepare(state: np.ndarray, cosines: np.ndarray, sines: np.ndarray, wires: int) -> None:
    """Sets the product state RY(angle)|0> on every wire; slots 0..wires-1 hold its half angles."""
    one = state.dtype.type(1)
    state[:] = 0
    store(state, 0, splat(one))
    for wire in range(wires):  # each wire doubles the state; downwards, so that nothing is overwritten too early
        cos, sin = load(cosines, wire), load(sines, wire)
        for k in range((1 << wire) - 1, -1, -1):
            amplitude = load(state, k)
            store(state, 2 * k, amplitude * cos)
            store(state, 2 * k + 1, amplitude * sin)


@inner_jit
def prepare_backward(
    state: np.ndarray, adjoint: np.ndarray, cosines: np.ndarray, sines: np.ndarray, gradients: np.ndarray, wires: int
) -> None:
    """Takes the product state apart again, wire by wire, leaving dL/dangle of every wire in `gradients`."""
    zero = splat(state.dtype.type(0))
    for wire in range(wires - 1, -1, -1):
        cos, sin, gradient = load(cosines, wire), load(sines, wire), zero
        for k in range(1 << wire):
            a, b = load(state, 2 * k), load(state, 2 * k + 1)
            u, v = load(adjoint, 2 * k), load(adjoint, 2 * k + 1)
            gradient = gradient + (a * v - b * u)
            store(state, k, cos * a + sin * b)
            store(adjoint, k, cos * u + sin * v)
        store(gradients, wire, gradient)


@inner_jit
def rotate(state: np.ndarray, stride: int, cosines: np.ndarray, sines: np.ndarray, slot: int) -> None:
    """Applies RY to the wire whose two values lie `stride` rows apart."""
    cos, sin = load(cosines, slot), load(sines, slot)
    for block in range(0, len(state), 2 * stride):
        for k in range(block, block + stride):
            a, b = load(state, k), load(state, k + stride)
            store(state, k, cos * a - sin * b)
            store(state, k + stride, sin * a + cos * b)


@inner_jit
def rotate_backward(
    state: np.ndarray, adjoint: np.ndarray, stride: int, cosines: np.ndarray, sines: np.ndarray, slot: int
) -> object:
    """Takes RY back from both states; returns dL/dangle."""
    cos, sin, gradient = load(cosines, slot), load(sines, slot), splat(state.dtype.type(0))
    for block in range(0, len(state), 2 * stride):
        for k in range(block, block + stride):
            a, b = load(state, k), load(state, k + stride)
            u, v = load(adjoint, k), load(adjoint, k + stride)
            gradient = gradient + (a * v - b * u)
            store(state, k, cos * a + sin * b)
            store(state, k + stride, cos * b - sin * a)
            store(adjoint, k, cos * u + sin * v)
            store(adjoint, k + stride, cos * v - sin * u)
    return gradient


@inner_jit
def phases(diagonal: np.ndarray, cosines: np.ndarray, sines: np.ndarray, first: int, wires: int) -> None:
    """Sets the diagonal of a column of RZ: exp(-i angle/2) for every 0 and exp(i angle/2) for every 1 of its wires."""
    size = 1 << wires
    store(diagonal, 0, splat(diagonal.dtype.type(1)))
    store(diagonal, size, splat(diagonal.dtype.type(0)))
    for wire in range(wires):
        cos, sin = load(cosines, first + wire), load(sines, first + wire)
        for k in range((1 << wire) - 1, -1, -1):
            real, imaginary = load(diagonal, k), load(diagonal, size + k)
            store(diagonal, 2 * k, real * cos + imaginary * sin)
            store(diagonal, size + 2 * k, imaginary * cos - real * sin)
            store(diagonal, 2 * k + 1, real * cos - imaginary * sin)
            store(diagonal, size + 2 * k + 1, imaginary * cos + real * sin)


@inner_jit
def apply_diagonal(state: np.ndarray, diagonal: np.ndarray) -> None:
    """Multiplies every amplitude by its entry of the diagonal."""
    size = len(state) // 2
    for k in range(size):
        a, b, real, imaginary = load(state, k), load(state, size + k), load(diagonal, k), load(diagonal, size + k)
        store(state, k, a * real - b * imaginary)
        store(state, size + k, a * imaginary + b * real)


@inner_jit
def apply_inverse_diagonal(state: np.ndarray, diagonal: np.ndarray) -> None:
    """Divides every amplitude by its entry of the diagonal."""
    size = len(state) // 2
    for k in range(size):
        a, b, real, imaginary = load(state, k), load(state, size + k), load(diagonal, k), load(diagonal, size + k)
        store(state, k, a * real + b * imaginary)
        store(state, size + k, b * real - a * imaginary)


@inner_jit
def overlaps(state: np.ndarray, adjoint: np.ndarray, result: np.ndarray) -> None:
    """Sets result[k] = Im(conj(adjoint_k) state_k), from which `signed_sums` makes dL/dangle of every RZ."""
    size = len(state) // 2
    for k in range(size):
        a, b, u, v = load(state, k), load(state, size + k), load(adjoint, k), load(adjoint, size + k)
        store(result, k, u * b - v * a)


@inner_jit
def permute(state: np.ndarray, order: np.ndarray, result: np.ndarray) -> None:
    """Sets result[k] = state[order[k]] in every plane."""
    for plane in range(0, len(state), len(order)):
        for k in range(len(order)):
            store(result, plane + k, load(state, plane + order[k]))


@inner_jit
def permute_inverse(state: np.ndarray, order: np.ndarray, result: np.ndarray) -> None:
    """Sets result[order[k]] = state[k] in every plane."""
    for plane in range(0, len(state), len(order)):
        for k in range(len(order)):
            store(result, plane + order[k], load(state, plane + k))


@inner_jit
def probabilities(state: np.ndarray, wires: int, result: np.ndarray) -> None:
    """Sets result[k] to the squared size of amplitude k."""
    size = 1 << wires
    for k in range(size):
        a = load(state, k)
        store(result, k, a * a)
    for k in range(size, len(state)):
        b = load(state, k)
        store(result, k - size, load(result, k - size) + b * b)


@inner_jit
def signed_sums(terms: np.ndarray, wires: int, sums: np.ndarray, first: int) -> None:
    """Sets sums[first + wire] to the sum of all terms, those with a 1 on that wire taken off; uses `terms` up.

    Adding up the last wire halves the terms that the wires before it have to look at.
    """
    for wire in range(wires - 1, -1, -1):
        signed = splat(terms.dtype.type(0))
        for k in range(1 << wire):
            a, b = load(terms, 2 * k), load(terms, 2 * k + 1)
            signed = signed + (a - b)
            store(terms, k, a + b)
        store(sums, first + wire, signed)


@inner_jit
def observe(
    state: np.ndarray, wires: int, gradients: np.ndarray, coefficients: np.ndarray, adjoint: np.ndarray
) -> None:
    """Sets adjoint = sum_i gradients_i Z_i state, the beginning of the way back; `coefficients` is scratch."""
    store(coefficients, 0, splat(state.dtype.type(0)))
    for wire in range(wires):
        gradient = load(gradients, wire)
        for k in range((1 << wire) - 1, -1, -1):
            coefficient = load(coefficients, k)
            store(coefficients, 2 * k, coefficient + gradient)
            store(coefficients, 2 * k + 1, coefficient - gradient)
    size = 1 << wires
    for plane in range(0, len(state), size):
        for k in range(size):
            store(adjoint, plane + k, load(coefficients, k) * load(state, plane + k))
