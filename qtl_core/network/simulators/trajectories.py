"""Quantum trajectories: state vectors that noise strikes at random, for circuits too wide for a density matrix.

In each trajectory one Kraus operator of every channel acts, drawn by its probability in the state it meets; the average
over trajectories is the density matrix (Dalibard, Castin and Molmer, Physical Review Letters 68, 580, 1992). So every
figure is an estimate with a statistical error, and a seed repeats it. A shot is one measurement of one trajectory of
its own: that is the law of a real machine.

Between two CNOTs a wire meets several gates and channels. Their probabilities need only that wire's own 2x2 density
matrix, so that one look at the state and one product serve all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.common import checks
from qtl_core.common.progress import ProgressCallback, no_progress
from qtl_core.network.gates import Gate
from qtl_core.network.noise.noisy_circuit import NoisyCircuit
from qtl_core.network.simulators.density_matrix import checked_numbers, read_outcomes, z_signs
from qtl_core.network.simulators.pauli_program import (
    Local,
    Pair,
    Program,
    Shuffle,
    Turn,
    merged,
    strings_on,
)
from qtl_core.network.simulators.shots import ShotCounts
from qtl_core.settings.readout import MOST_SHOTS

TRAJECTORIES = 100  # of each picture where nobody says how many: an error of at most 0.1, mostly of 0.01 to 0.05
CHUNK = 2**18  # amplitudes of all states that are worked on together
MORE_AT_EITHER_END = 2
NOTHING = 1e-14  # weight of a Kraus operator that is there by rounding alone


@dataclass(frozen=True, eq=False)
class Estimate:
    """Expectation values as trajectories give them.

    Attributes:
        expectations: Averages of <Z> as it is read, shape (pictures, outputs).
        errors: Their standard errors, same shape; rather too large than too small where noise is rare.
    """

    expectations: np.ndarray
    errors: np.ndarray


def estimated_expectations(
    noisy: NoisyCircuit,
    angles: np.ndarray,
    weights: np.ndarray,
    *,
    trajectories: int = TRAJECTORIES,
    seed: int = 0,
    progress: ProgressCallback = no_progress,
) -> Estimate:
    """Returns <Z> as it is read, averaged over drawn trajectories.

    Noise so rare that it struck in none or few leaves them nearly equal, which does not make their average as good as
    exact: errors are found with `MORE_AT_EITHER_END` trajectories more at either end of the range, so that two of them
    to either side hold the average over the noise in 94% of all cases or more, however rare it is (A. Agresti and
    B. A. Coull, American Statistician 52, 119, 1998; with half a trajectory, as Jeffreys' prior, it may be 78%).

    Args:
        noisy: The circuit with its noise.
        angles: Pictures' angles, shape (pictures, outputs), radians.
        weights: Trained angles, shape (weight_count,), radians.
        trajectories: Of each picture, at least two.
        seed: Decides what is drawn; the same one gives the same.
        progress: Told how many trajectories are done; what it raises ends the work.

    Raises:
        InputError: The shapes do not fit.
    """
    trajectories = checks.whole_number("trajectories", trajectories, 2, MOST_SHOTS)
    angles, weights = checked_numbers(noisy, angles, weights)
    signs = z_signs(noisy.circuit.wires)[:, list(noisy.measured)]
    sums, squares = np.zeros(angles.shape), np.zeros(angles.shape)
    for pictures, found, _ in _chances(noisy, angles, weights, trajectories, np.random.default_rng(seed), progress):
        values = noisy.read_expectations(found.T @ signs)
        np.add.at(sums, pictures, values)
        np.add.at(squares, pictures, values**2)
    counted = trajectories + 2 * MORE_AT_EITHER_END
    spread = (squares + 2 * MORE_AT_EITHER_END) / counted - (sums / counted) ** 2  # at -1 and at 1
    return Estimate(sums / trajectories, np.sqrt(spread / trajectories))


def estimated_outcomes(
    noisy: NoisyCircuit,
    angles: np.ndarray,
    weights: np.ndarray,
    *,
    trajectories: int = TRAJECTORIES,
    seed: int = 0,
    progress: ProgressCallback = no_progress,
) -> np.ndarray:
    """Returns how often each bit string is read, averaged over drawn trajectories, shape (pictures, 2**outputs).

    Shots drawn from it are those of trajectories drawn from as many, again and again: their scatter is right, and
    their average is off by the error of `estimated_expectations`.

    Args:
        noisy, angles, weights, trajectories, seed, progress: As of `estimated_expectations`.

    Raises:
        InputError: The shapes do not fit.
    """
    trajectories = checks.whole_number("trajectories", trajectories, 2, MOST_SHOTS)
    angles, weights = checked_numbers(noisy, angles, weights)
    sums = np.zeros((len(angles), 2**noisy.circuit.wires))
    for pictures, found, _ in _chances(noisy, angles, weights, trajectories, np.random.default_rng(seed), progress):
        np.add.at(sums, pictures, found.T)
    return read_outcomes(noisy, sums / trajectories)


def drawn_shots(
    noisy: NoisyCircuit,
    angles: np.ndarray,
    weights: np.ndarray,
    *,
    shots: int,
    seed: int = 0,
    progress: ProgressCallback = no_progress,
) -> ShotCounts:
    """Returns how often each bit string is read, every shot from a trajectory of its own.

    Args:
        shots: Of each picture.
        noisy, angles, weights, seed, progress: As of `estimated_expectations`.

    Raises:
        InputError: The shapes do not fit.
    """
    shots = checks.whole_number("shots", shots, 1, MOST_SHOTS)
    angles, weights = checked_numbers(noisy, angles, weights)
    counts = np.zeros((len(angles), 2**noisy.outputs), np.int64)
    for pictures, found, rng in _chances(noisy, angles, weights, shots, np.random.default_rng(seed), progress):
        sums = np.cumsum(found, axis=0)
        basis = np.sum(sums < rng.random(len(pictures)) * sums[-1], axis=0)
        np.add.at(counts, (pictures, _read(noisy, basis, rng)), 1)
    return ShotCounts(counts)


def _read(noisy: NoisyCircuit, basis: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the bit strings that are read of true basis states, wrong bits included."""
    read = np.zeros_like(basis)
    for output, wire in enumerate(noisy.measured):
        true = (basis >> (noisy.circuit.wires - 1 - wire)) & 1
        read = 2 * read + (rng.random(len(basis)) < noisy.confusion[output, true, 1])
    return read


Chances = tuple[np.ndarray, np.ndarray, np.random.Generator]


def _chances(
    noisy: NoisyCircuit,
    angles: np.ndarray,
    weights: np.ndarray,
    each: int,
    rng: np.random.Generator,
    progress: ProgressCallback,
) -> Iterator[Chances]:
    """Yields pictures by their numbers, and the chances of every basis state at the end of a trajectory of each."""
    program = _program(noisy)
    lanes = max(1, CHUNK // 2**program.wires)
    pictures = np.repeat(np.arange(len(angles)), each)
    for first in range(0, len(pictures), lanes):
        progress(first, len(pictures))
        own = pictures[first : first + lanes]
        states = _Trajectories(program, angles[own], weights[own] if weights.ndim == 2 else weights, rng).end()
        yield own, states.real**2 + states.imag**2, rng


class _Trajectories:
    """State vectors on their way through a program, one a lane."""

    def __init__(self, program: Program, angles: np.ndarray, weights: np.ndarray, rng: np.random.Generator) -> None:
        self.program, self.rng, self.lanes = program, rng, len(angles)
        self.values = {"feature": angles.T, "weight": weights.T}

    def end(self) -> np.ndarray:
        """Returns the states at the end, shape (2**wires, lanes)."""
        state = np.zeros((2**self.program.wires, self.lanes), complex)
        state[0] = 1
        for step in self.program.steps:
            if isinstance(step, Local):
                self._local(state, step)
            elif isinstance(step, Shuffle):
                state = state[step.order]
            else:
                self._pair(state, step)
        return state

    def _local(self, state: np.ndarray, step: Local) -> None:
        parts = state.reshape(2**step.wire, 2, -1, self.lanes)
        zero, one = parts[:, 0], parts[:, 1]
        own = _own_state(zero, one) if any(_branches(factor) for factor in step.factors) else None
        matrix = self._drawn(step, own)
        new_zero = matrix[..., 0, 0] * zero + matrix[..., 0, 1] * one
        one *= matrix[..., 1, 1]
        one += matrix[..., 1, 0] * zero
        zero[...] = new_zero

    def _drawn(self, step: Local, own: np.ndarray | None) -> np.ndarray:
        """Returns the product of what acts on a wire, one operator of each channel drawn: (2, 2) or (lanes, 2, 2)."""
        product = np.eye(2, dtype=complex)
        for factor in step.factors:
            if isinstance(factor, Turn):
                part = _turn(factor.axis, self.values[factor.source.kind][factor.source.index])
            elif len(factor) == 1:
                part = factor[0]
            else:
                assert own is not None
                part = self._draw(factor, own)
            product = part @ product
            own = None if own is None else part @ own @ part.conj().swapaxes(-1, -2)
        return product

    def _draw(self, kraus: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Returns one Kraus operator a lane, by its probability in the lane's own state, so that states keep length."""
        effects = kraus.conj().swapaxes(1, 2) @ kraus
        chances = np.einsum("kij,lji->lk", effects, own).real.clip(0)
        sums = np.cumsum(chances, axis=1)
        chosen = np.sum(sums < self.rng.random(self.lanes)[:, None] * sums[:, -1:], axis=1)
        chosen = np.minimum(chosen, len(kraus) - 1)
        length = np.sqrt(chances[np.arange(self.lanes), chosen] / sums[:, -1])
        return np.asarray(kraus[chosen] / length[:, None, None])

    def _pair(self, state: np.ndarray, step: Pair) -> None:
        tensor = np.moveaxis(state.reshape(*(2,) * self.program.wires, self.lanes), step.wires, (0, 1))
        rows = tensor.reshape(4, -1, self.lanes)
        own = np.einsum("ial,jal->lij", rows, rows.conj())
        done = np.einsum("lij,jal->ial", self._draw(step.channel, own), rows)
        tensor[...] = done.reshape(tensor.shape)


def _own_state(zero: np.ndarray, one: np.ndarray) -> np.ndarray:
    """Returns one wire's density matrix, shape (lanes, 2, 2), from the amplitudes with this wire 0 and 1."""
    apart = np.einsum("abl,abl->l", zero, one.conj())
    first, last = (np.einsum("abl,abl->l", part, part.conj()) for part in (zero, one))
    return np.stack([first, apart, apart.conj(), last], axis=-1).reshape(-1, 2, 2)


def _branches(factor: Turn | np.ndarray) -> bool:
    return not isinstance(factor, Turn) and len(factor) > 1


def _turn(axis: str, angles: np.ndarray) -> np.ndarray:
    """Returns RY or RZ of each angle, shape (..., 2, 2)."""
    cos, sin = np.cos(angles / 2), np.sin(angles / 2)
    if axis == "Y":
        return np.stack([cos, -sin, sin, cos], axis=-1).reshape(*np.shape(angles), 2, 2)
    none = np.zeros_like(cos)
    return np.stack([cos - 1j * sin, none, none, cos + 1j * sin], axis=-1).reshape(*np.shape(angles), 2, 2)


@lru_cache(maxsize=16)
def _program(noisy: NoisyCircuit) -> Program:
    acting = zip(noisy.circuit.gates, noisy.channels, strict=True)
    return merged(noisy.circuit.wires, acting, _KrausForm(), apart=False)


class _KrausForm:
    """Channels as Kraus operators, as few as there can be."""

    def of(self, kraus: np.ndarray) -> np.ndarray:
        return fewest_kraus(kraus)

    def combined(self, first: np.ndarray, later: np.ndarray) -> np.ndarray:
        products = later[:, None] @ first[None]
        return fewest_kraus(products.reshape(-1, *first.shape[1:]))

    def shuffle(self, gate: Gate, wires: int) -> Shuffle:
        return _amplitude_shuffle(gate.wires[0], gate.wires[1], wires)


def fewest_kraus(kraus: np.ndarray) -> np.ndarray:
    """Returns the same channel with as few Kraus operators as there can be, the likeliest first.

    They are the eigenvectors of its Choi matrix.
    """
    size = kraus.shape[1]
    flat = kraus.reshape(len(kraus), -1)
    values, vectors = np.linalg.eigh(flat.T @ flat.conj())
    kept = values > NOTHING
    found = (vectors[:, kept] * np.sqrt(values[kept])).T.reshape(-1, size, size)
    return found[::-1]


@lru_cache(maxsize=512)
def _amplitude_shuffle(control: int, target: int, wires: int) -> Shuffle:
    assert control != target
    order = strings_on(control, target, wires, np.array([0, 1, 3, 2]), 1)
    return Shuffle(order, np.ones(len(order)))
