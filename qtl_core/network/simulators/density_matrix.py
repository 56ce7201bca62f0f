"""The density matrix of a noisy circuit, for many pictures at once: exact averages over the noise.

A state of n wires has 4**n numbers, so this serves up to `MOST_DENSITY_WIRES`; above, `simulators.trajectories` draws.
"""

from __future__ import annotations

import numpy as np

from qtl_core.common.checks import instance, real_array
from qtl_core.common.errors import InputError
from qtl_core.network.binding import bound_angles, gate_matrix
from qtl_core.network.noise.noisy_circuit import NoisyCircuit

MOST_DENSITY_WIRES = 8


def noisy_expectations(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns <Z> as it is read on average, shape (pictures, outputs).

    Args:
        noisy: The circuit with its noise.
        angles: Pictures' angles, shape (pictures, outputs), radians.
        weights: Trained angles, shape (weight_count,), radians.

    Raises:
        InputError: The shapes do not fit, or the circuit has more than `MOST_DENSITY_WIRES` wires.
    """
    found = outcome_probabilities(noisy, angles, weights)
    return found @ z_signs(noisy.outputs)


def outcome_probabilities(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns how often each bit string is read, shape (pictures, 2**outputs); the first output is the highest bit."""
    wires = noisy.circuit.wires
    diagonal = np.einsum("nii->ni", density_matrices(noisy, angles, weights)[-1]).real.reshape(-1, *(2,) * wires)
    unread = tuple(wire + 1 for wire in range(wires) if wire not in noisy.measured)
    kept = sorted(noisy.measured)
    bits = diagonal.sum(axis=unread).transpose(0, *(kept.index(wire) + 1 for wire in noisy.measured))
    for output, confusion in enumerate(noisy.confusion):
        bits = np.moveaxis(np.tensordot(bits, confusion, axes=(output + 1, 0)), -1, output + 1)
    return np.ascontiguousarray(bits.reshape(len(bits), -1))


def density_matrices(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the states before the first and after every gate with its channels, shape (gates + 1, pictures, d, d)."""
    instance("noisy", noisy, NoisyCircuit)
    circuit = noisy.circuit
    if circuit.wires > MOST_DENSITY_WIRES:
        raise InputError("noisy", f"has {circuit.wires} wires", f"at most {MOST_DENSITY_WIRES}")
    angles = real_array("angles", angles, (None, noisy.outputs), says="(pictures, outputs)")
    weights = real_array("weights", weights, (circuit.weight_count,), says="(weight_count,)")
    state = np.zeros((len(angles), 2**circuit.wires, 2**circuit.wires), complex)
    state[:, 0, 0] = 1
    states = [state]
    for gate, channels in zip(circuit.gates, noisy.channels, strict=True):
        matrices = np.array([gate_matrix(gate.kind, bound_angles(gate, row, weights)) for row in angles])
        state = _conjugated(state, matrices, gate.wires, circuit.wires)
        for channel in channels:
            operators = [np.broadcast_to(each, (len(angles), *each.shape)) for each in channel.kraus]
            parts = [_conjugated(state, each, channel.wires, circuit.wires) for each in operators]
            state = np.sum(parts, axis=0)
        states.append(state)
    return np.array(states)


def z_signs(outputs: int) -> np.ndarray:
    """Returns the eigenvalue of Z on each output for each bit string, shape (2**outputs, outputs)."""
    return 1.0 - 2.0 * ((np.arange(2**outputs)[:, None] >> np.arange(outputs)[::-1]) & 1)


def _conjugated(state: np.ndarray, matrices: np.ndarray, on: tuple[int, ...], wires: int) -> np.ndarray:
    """Returns K rho K† of every picture's own K on some wires."""
    left = _applied(state, matrices, on, wires)
    return _applied(left.conj().swapaxes(1, 2), matrices, on, wires).conj().swapaxes(1, 2)


def _applied(state: np.ndarray, matrices: np.ndarray, on: tuple[int, ...], wires: int) -> np.ndarray:
    """Returns K rho: K acts on the row index."""
    count, size = len(state), state.shape[1]
    tensor = state.reshape(count, *(2,) * wires, size)
    moved = np.moveaxis(tensor, [wire + 1 for wire in on], range(1, len(on) + 1))
    shape = moved.shape
    done = np.einsum("nij,njk->nik", matrices, moved.reshape(count, 2 ** len(on), -1)).reshape(shape)
    return np.moveaxis(done, range(1, len(on) + 1), [wire + 1 for wire in on]).reshape(count, size, size)
