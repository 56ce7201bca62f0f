"""The density matrix of a noisy circuit, for many pictures at once: exact averages over the noise.

A state of n wires has 4**n numbers, so this serves up to `MOST_DENSITY_WIRES`; above, `simulators.trajectories` draws.
It is kept as its expectation values of Pauli strings (`noise.pauli_transfer`), which are real, and in which a gate with
all channels around it is one small matrix (`simulators.pauli_program`). Two ways lead to the same numbers:

- forwards, each picture's state step by step;
- backwards, each observable step by step, once for all pictures, and then its value in the product state in which a
  picture enters. It serves where pictures enter at the beginning alone, and is cheaper where these outnumber those.
"""

from __future__ import annotations

import numpy as np

from qtl_core.common.checks import instance, real_array
from qtl_core.common.errors import InputError
from qtl_core.network.gates import Circuit
from qtl_core.network.noise.noisy_circuit import NoisyCircuit
from qtl_core.network.noise.pauli_transfer import pauli_strings
from qtl_core.network.simulators import numpy_batch, wide_pauli_states
from qtl_core.network.simulators.pauli_program import Program, program_of, programs_by_gate
from qtl_core.network.simulators.pauli_states import BoundAngles, backward, forward, prepared_wires, product_states

MOST_DENSITY_WIRES = 8
CHUNK = 2**18  # numbers of all states that are worked on together: two megabytes stay near the core


def noisy_expectations(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns <Z> as it is read on average, shape (pictures, outputs).

    Args:
        noisy: The circuit with its noise.
        angles: Pictures' angles, shape (pictures, outputs), radians.
        weights: Trained angles, shape (weight_count,), or (pictures, weight_count) for each picture its own; radians.

    Raises:
        InputError: The shapes do not fit, or the circuit is noisy and has more than `MOST_DENSITY_WIRES` wires.
    """
    if not noisy.has_channels:
        return outcome_probabilities(noisy, angles, weights) @ z_signs(noisy.outputs)
    angles, weights = checked(noisy, angles, weights)
    return noisy.read_expectations(_observed(noisy, angles, weights, z_strings(noisy)))


def outcome_probabilities(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns how often each bit string is read, shape (pictures, 2**outputs); the first output is the highest bit.

    Arguments and errors are those of `noisy_expectations`.
    """
    if noisy.has_channels:
        angles, weights = checked(noisy, angles, weights)
        bits = _from_moments(_observed(noisy, angles, weights, _moment_strings(noisy)), noisy.outputs)
        return _with_wrong_bits(noisy, bits)
    return read_outcomes(noisy, _without_channels(noisy, angles, weights))


def read_outcomes(noisy: NoisyCircuit, chances: np.ndarray) -> np.ndarray:
    """Returns how often each bit string is read, shape (pictures, 2**outputs), wrong bits included.

    Args:
        noisy: The circuit, of which the measured wires and their confusion are looked at.
        chances: Of every basis state of all wires, shape (pictures, 2**wires).
    """
    wires = noisy.circuit.wires
    unread = tuple(wire + 1 for wire in range(wires) if wire not in noisy.measured)
    kept = sorted(noisy.measured)
    bits = chances.reshape(-1, *(2,) * wires).sum(axis=unread)
    return _with_wrong_bits(noisy, bits.transpose(0, *(kept.index(wire) + 1 for wire in noisy.measured)))


def _with_wrong_bits(noisy: NoisyCircuit, bits: np.ndarray) -> np.ndarray:
    """Returns bit strings as they are read, shape (pictures, 2**outputs), of true ones, shape (pictures, 2, ..., 2)."""
    for output, confusion in enumerate(noisy.confusion):
        bits = np.moveaxis(np.tensordot(bits, confusion, axes=(output + 1, 0)), -1, output + 1)
    return np.ascontiguousarray(bits.reshape(len(bits), -1))


def pauli_vectors(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns Tr(P rho) of every Pauli string, before the first and after every gate with its channels.

    Shape (gates + 1, pictures, 4**wires), strings as in `noise.pauli_transfer`. A state's purity is the sum of the
    squares over 2**wires, a wire's Bloch vector the three strings that are I elsewhere. Arguments and errors are those
    of `noisy_expectations`.
    """
    angles, weights = checked(noisy, angles, weights)
    wires = noisy.circuit.wires
    bound = BoundAngles(angles, weights)
    states = [np.repeat(product_states([np.array([[1.0, 0.0, 0.0, 1.0]])] * wires).T, len(angles), axis=1)]
    for program in programs_by_gate(noisy):
        state = states[-1]
        for step in program.steps:
            state = forward(state, step, bound, wires)
        states.append(state)
    return np.array(states).swapaxes(1, 2)


def density_matrices(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the states before the first and after every gate with its channels, shape (gates + 1, pictures, d, d)."""
    vectors = pauli_vectors(noisy, angles, weights)
    wires = noisy.circuit.wires
    tensor = vectors.reshape(-1, *(4,) * wires)
    for _ in range(wires):  # the first axis left that is a wire's becomes a row and a column at the end
        tensor = np.tensordot(tensor, pauli_strings(1) / 2, axes=(1, 0))
    rows = tuple(range(1, 2 * wires, 2))
    columns = tuple(range(2, 2 * wires + 1, 2))
    return tensor.transpose(0, *rows, *columns).reshape(*vectors.shape[:2], 2**wires, 2**wires)


def z_signs(outputs: int) -> np.ndarray:
    """Returns the eigenvalue of Z on each output for each bit string, shape (2**outputs, outputs)."""
    return 1.0 - 2.0 * ((np.arange(2**outputs)[:, None] >> np.arange(outputs)[::-1]) & 1)


def z_strings(noisy: NoisyCircuit) -> np.ndarray:
    """Returns which Pauli string is Z of each output, shape (outputs,)."""
    return np.array([3 * 4 ** (noisy.circuit.wires - 1 - wire) for wire in noisy.measured])


def checked(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns angles and weights in double precision, once they and the circuit fit.

    Raises:
        InputError: They do not.
    """
    instance("noisy", noisy, NoisyCircuit)
    if noisy.circuit.wires > MOST_DENSITY_WIRES:
        raise InputError("noisy", f"has {noisy.circuit.wires} wires", f"at most {MOST_DENSITY_WIRES}")
    return checked_numbers(noisy, angles, weights)


def checked_numbers(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns angles and weights in double precision, whatever the number of wires.

    Raises:
        InputError: They do not fit.
    """
    angles = real_array("angles", angles, (None, noisy.outputs), (0, noisy.outputs), says="(pictures, outputs)")
    count = noisy.circuit.weight_count
    weights = real_array("weights", weights, (count,), (len(angles), count), says="(weight_count,)")
    return angles.astype(float), weights.astype(float)


def _observed(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray, strings: np.ndarray) -> np.ndarray:
    """Returns the expectation values of some Pauli strings at the end, shape (pictures, strings)."""
    program = program_of(noisy)
    if weights.ndim == 1 and not program.reuploads and len(strings) < len(angles):
        return _backwards(program, angles, weights, strings)
    found = np.empty((len(angles), len(strings)))
    if program.wires >= wide_pauli_states.WIRES:
        for row, state in enumerate(wide_pauli_states.final_states(program, angles, weights)):
            found[row] = state[strings]
        return found
    each = max(1, CHUNK // 4**program.wires)
    for first in range(0, len(angles), each):
        rows = slice(first, first + each)
        found[rows] = _forwards(program, angles[rows], weights[rows] if weights.ndim == 2 else weights, strings)
    return found


def _forwards(program: Program, angles: np.ndarray, weights: np.ndarray, strings: np.ndarray) -> np.ndarray:
    bound = BoundAngles(angles, weights)
    state = np.ascontiguousarray(product_states(prepared_wires(program, bound, len(angles))).T)
    for step in program.steps:
        state = forward(state, step, bound, program.wires)
    return state[strings].T


def _backwards(program: Program, angles: np.ndarray, weights: np.ndarray, strings: np.ndarray) -> np.ndarray:
    bound = BoundAngles(angles, weights)
    observables = np.zeros((4**program.wires, len(strings)))
    observables[strings, np.arange(len(strings))] = 1
    for step in reversed(program.steps):
        observables = backward(observables, step, bound, program.wires)
    vectors = prepared_wires(program, bound, len(angles))
    half = (program.wires + 1) // 2  # a product state of all wires would be as large as all pictures' states
    left = product_states(vectors[:half])
    partly = (left @ observables.reshape(left.shape[1], -1)).reshape(len(angles), -1, len(strings))
    if half == program.wires:
        return partly[:, 0]
    return np.matmul(product_states(vectors[half:])[:, None], partly)[:, 0]


def _moment_strings(noisy: NoisyCircuit) -> np.ndarray:
    """Returns which Pauli string is Z on every set of outputs, shape (2**outputs,), in the order of bit strings."""
    bits = (np.arange(2**noisy.outputs)[:, None] >> np.arange(noisy.outputs)[::-1]) & 1
    return bits @ z_strings(noisy)


def _from_moments(moments: np.ndarray, outputs: int) -> np.ndarray:
    """Returns the probabilities of bit strings, shape (pictures, 2, ..., 2), of the <Z...Z> of every set of outputs."""
    bits = moments.reshape(len(moments), *(2,) * outputs)
    both = np.array([[0.5, 0.5], [0.5, -0.5]])
    for output in range(outputs):
        bits = np.moveaxis(np.tensordot(bits, both, axes=(output + 1, 0)), -1, output + 1)
    return bits


def _without_channels(noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the chances of every basis state, shape (pictures, 2**wires), from state vectors.

    These are smaller by a root, so the number of wires does not matter.
    """
    angles, weights = checked_numbers(noisy, angles, weights)
    circuit: Circuit = noisy.circuit
    padded = np.zeros((len(angles), circuit.wires))  # wires that take no feature
    padded[:, : noisy.outputs] = angles
    states = numpy_batch.final_states(circuit, padded, weights)
    return np.asarray(states.real**2 + states.imag**2)
