"""Final states for many pictures and many trained angles at once, in numpy alone.

Where training has one vector of trained angles and a batch of pictures (`simulators.torch_statevector`), whoever
samples a circuit has as many vectors of trained angles as states. Within a chunk the batch is the last axis, so that
every gate, whatever its wire, runs through memory in order; a chunk stays in a core's cache while all gates act on it.
Wire 0 is the highest bit; amplitudes are in double precision, and real where the gates allow it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import groupby

import numpy as np

from qtl_core.common.checks import instance, real_array
from qtl_core.network.gates import Circuit, Gate

CHUNK = 2**16  # amplitudes: half a megabyte of real ones; with fewer, wide circuits pay for Python (measured)
Matrix = tuple[tuple[np.ndarray | float, np.ndarray | float], tuple[np.ndarray | float, np.ndarray | float]]


def final_states(circuit: Circuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the amplitudes before measurement, shape (batch, 2**wires), real if `circuit.is_real`, else complex.

    Args:
        circuit: The gate list.
        angles: Pictures' angles, shape (batch, wires), or (wires,) for all states alike; radians.
        weights: Trained angles, shape (batch, weight_count), or (weight_count,) for all states alike; radians.

    Raises:
        ValueError: The shapes do not fit the circuit or each other.
    """
    instance("circuit", circuit, Circuit)
    angles, weights = _rows(angles, circuit.wires, "angles"), _rows(weights, circuit.weight_count, "weights")
    (batch,) = np.broadcast_shapes(angles.shape[:1], weights.shape[:1])
    states = np.empty((batch, 2**circuit.wires), dtype=float if circuit.is_real else complex)
    each = max(1, CHUNK // 2**circuit.wires)
    for first in range(0, batch, each):
        rows = slice(first, first + each)
        chunk = np.zeros(states[rows].shape[::-1], dtype=states.dtype)  # (2**wires, batch)
        states[rows] = _run(circuit, chunk, _part(angles, rows), _part(weights, rows)).T
    return states


def expectations(states: np.ndarray) -> np.ndarray:
    """Returns <Z> of every wire, shape (batch, 2**wires) to (batch, wires)."""
    probabilities = np.square(states.real)
    if np.iscomplexobj(states):
        probabilities += np.square(states.imag)
    return probabilities @ _z_signs(states.shape[1].bit_length() - 1)


def _rows(values: np.ndarray, width: int, what: str) -> np.ndarray:
    rows = real_array(what, values, (None, width), (0, width), (width,), says=f"(batch, {what} a state)")
    return np.atleast_2d(rows.astype(float))


def _part(values: np.ndarray, rows: slice) -> np.ndarray:
    """The numbers of a chunk's states, one row a number: (width, batch), or (width, 1) if all states share them."""
    return (values if len(values) == 1 else values[rows]).T


def _run(circuit: Circuit, state: np.ndarray, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    state[0] = 1
    values = {"feature": angles, "weight": weights}
    for is_cnot, run in groupby(circuit.gates, key=lambda gate: gate.kind == "CNOT"):
        if is_cnot:
            state = state[_permutation(circuit.wires, tuple(gate.wires for gate in run))]
            continue
        for gate in run:
            matrix = _MATRICES[gate.kind](*(values[source.kind][source.index] for source in gate.angles))
            _apply(gate, matrix, state)
    return state


def _apply(gate: Gate, matrix: Matrix, state: np.ndarray) -> None:
    """Applies a one-wire gate in place, to the halves of the amplitudes with this wire 0 and 1."""
    halves = state.reshape(2 ** gate.wires[0], 2, -1, state.shape[1])
    zero, one = halves[:, 0], halves[:, 1]
    (upper_left, upper_right), (lower_left, lower_right) = matrix
    new_zero = upper_left * zero
    new_zero += upper_right * one
    one *= lower_right
    one += lower_left * zero
    zero[...] = new_zero


@lru_cache(maxsize=64)  # every layer has the same
def _permutation(wires: int, pairs: tuple[tuple[int, int], ...]) -> np.ndarray:
    """Returns `order` with new_state[k] = state[order[k]]: a target bit flips where its control bit is set."""
    basis = np.arange(2**wires)
    order = basis
    for control, target in pairs:
        control_bit = (basis >> (wires - 1 - control)) & 1
        order = order[basis ^ (control_bit << (wires - 1 - target))]
    return order


@lru_cache(maxsize=16)
def _z_signs(wires: int) -> np.ndarray:
    """The eigenvalue of Z on each wire for each basis state, shape (2**wires, wires)."""
    return 1.0 - 2.0 * ((np.arange(2**wires)[:, None] >> np.arange(wires)[::-1]) & 1)


def _hadamard() -> Matrix:
    root = 0.5**0.5
    return (root, root), (root, -root)


def _ry(angles: np.ndarray) -> Matrix:
    cos, sin = np.cos(angles / 2), np.sin(angles / 2)
    return (cos, -sin), (sin, cos)


def _rot(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> Matrix:
    """RZ(third) RY(second) RZ(first), multiplied out."""
    cos, sin = np.cos(second / 2), np.sin(second / 2)
    both, apart = np.exp(0.5j * (first + third)), np.exp(0.5j * (first - third))
    return (both.conj() * cos, -apart * sin), (apart.conj() * sin, both * cos)


_MATRICES: dict[str, Callable[..., Matrix]] = {"H": _hadamard, "RY": _ry, "Rot": _rot}
