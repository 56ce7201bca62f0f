"""Expressibility and entangling capability of a circuit, from random states of it (Sim et al. 2019).

Sim et al. (2019) draw every parameter of a circuit over its whole range. Here there are two kinds: trained angles, a
whole turn each, and a picture's angles, which tanh times pi/2 keeps between -pi/2 and pi/2. Both are drawn, so that the
figures are about all states that the circuit can make, with any training and for any picture. With the picture's angles
held at 0 instead, every circuit would begin in |+...+>, which no CNOT changes: the first entangler would do nothing.

S. Sim, P. D. Johnson, A. Aspuru-Guzik, Expressibility and entangling capability of parameterized quantum circuits for
hybrid quantum-classical algorithms, Adv. Quantum Technol. 2, 1900070 (2019). Two states drawn evenly from all states
of N dimensions (the Haar measure) have fidelity F with density (N - 1)(1 - F)^(N - 2).

Expressibility is the divergence of the fidelities of pairs of its states from those of random states
(`haar_log_shares`); entangling capability is the mean Meyer-Wallach Q of its states (D. A. Meyer and N. R. Wallach, J.
Math. Phys. 43, 4273, 2002).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from qtl_core.common.checks import whole_number
from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop, no_progress
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.numpy_batch import final_states

SECONDS_REAL, SECONDS_COMPLEX = 2e-9, 4e-9  # for an amplitude and a one-wire gate, on the two cores this was written on
AMPLITUDES_AT_ONCE = 2**18  # half a second of the deepest circuit: progress and stop are looked at in between


def random_angles(circuit: Circuit, states: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns pictures' angles, shape (states, wires), and trained angles, shape (states, weight_count); radians."""
    pictures = generator.uniform(-math.pi / 2, math.pi / 2, (states, circuit.wires))
    return pictures, generator.uniform(0, 2 * math.pi, (states, circuit.weight_count))


def seconds_per_state(circuit: Circuit) -> float:
    """Returns about how long one state takes; reading its figures off counts as a gate a wire."""
    each = SECONDS_REAL if circuit.is_real else SECONDS_COMPLEX
    turns = sum(len(gate.wires) == 1 for gate in circuit.gates)
    return 2**circuit.wires * each * (turns + circuit.wires)


def affordable(seconds_each: float, seconds: float, fewest: int, most: int) -> int:
    """Returns how many things of `seconds_each` fit into `seconds`, in whole hundreds between `fewest` and `most`."""
    return max(fewest, min(most, int(seconds / seconds_each) // 100 * 100))


BINS = 75  # the paper's
REPEATS = 400  # of the bootstrap, and of samples that are Haar-random
BLIND_SHARE = 0.95  # of random fidelities in one bin: from there on the histogram tells circuits hardly apart


def haar_log_shares(dimension: int) -> np.ndarray:
    """Returns the natural logarithm of the share of Haar fidelities in each of the bins, shape (BINS,).

    A share is (1 - low)^(N - 1) - (1 - high)^(N - 1); of the last bins it is too small to be a number for many qubits,
    its logarithm is not.
    """
    edges = np.arange(BINS) / BINS
    return (dimension - 1) * np.log1p(-edges) + np.log1p(-((1 - 1 / (BINS * (1 - edges))).clip(0) ** (dimension - 1)))


def divergence(counts: np.ndarray, log_shares: np.ndarray) -> np.ndarray:
    """Returns the Kullback-Leibler divergence of histograms from the Haar one, nats: shape (..., BINS) to (...).

    From 0 up to (N - 1) ln BINS, where all fidelities are 1.
    """
    shares = counts / counts.sum(axis=-1, keepdims=True)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    return (shares * (logs - log_shares)).sum(axis=-1)


def histogram(fidelities: np.ndarray) -> np.ndarray:
    """Returns how many fidelities are in each bin, shape (BINS,); rounding above 1 counts as 1."""
    return np.histogram(np.clip(fidelities, 0, 1), bins=BINS, range=(0, 1))[0]


def bootstrap_error(counts: np.ndarray, log_shares: np.ndarray, generator: np.random.Generator) -> float:
    """Returns the standard error of the divergence, from as many pairs drawn again out of those there are."""
    again = generator.multinomial(counts.sum(), counts / counts.sum(), size=REPEATS)
    return float(divergence(again, log_shares).std(ddof=1))


def divergence_of_chance(pairs: int, log_shares: np.ndarray, generator: np.random.Generator) -> float:
    """Returns the divergence that as many pairs of truly Haar-random states show on average.

    A sample's divergence is too large by chance, as its bins are never filled quite evenly; this is by how much.
    """
    shares = np.exp(log_shares)
    chance = generator.multinomial(pairs, shares / shares.sum(), size=REPEATS)
    return float(divergence(chance, log_shares).mean())


def is_blind(dimension: int) -> bool:
    """Returns whether nearly all random fidelities fall into the first bin, so that the divergence says little."""
    return bool(np.exp(haar_log_shares(dimension)[0]) > BLIND_SHARE)


FEWEST, MOST = 500, 5000  # pairs; the paper takes 5,000
BUDGET_SECONDS = 20.0  # by the estimate, which may be out by two
LONGEST_SECONDS = 60.0  # by the clock: from then on what is there must do, as long as it is `FEWEST`


@dataclass(frozen=True)
class SampledStates:
    """Figures of a circuit's sampled states.

    Attributes:
        pairs: Pairs of states that were drawn.
        divergence, divergence_error: Expressibility in nats, 0 being as random states, and its standard error.
        divergence_of_chance: What as many pairs of truly random states show on average.
        entanglement, entanglement_error: The mean Meyer-Wallach Q, 0 to 1, and its standard error.
        entanglement_of_chance: The mean Q of random states.
        is_blind: Whether there are so many qubits that the divergence hardly tells circuits apart.
        seconds: What it took.
    """

    pairs: int
    divergence: float
    divergence_error: float
    divergence_of_chance: float
    entanglement: float
    entanglement_error: float
    entanglement_of_chance: float
    is_blind: bool
    seconds: float


def sampling_pairs(circuit: Circuit) -> int:
    """Returns how many pairs are drawn: the fewer the larger the circuit, to keep within `BUDGET_SECONDS`."""
    return affordable(2 * seconds_per_state(circuit), BUDGET_SECONDS, FEWEST, MOST)


def sampling_seconds(circuit: Circuit) -> float:
    """Returns about how long `sample` takes."""
    return 2 * seconds_per_state(circuit) * sampling_pairs(circuit)


def sample(
    circuit: Circuit,
    pairs: int,
    progress: Callable[[int, int], None] = no_progress,
    should_stop: ShouldStop = never_stop,
    seed: int = 0,
) -> SampledStates:
    """Measures a circuit on random states.

    Args:
        circuit: The gate list.
        pairs: Pairs of states to draw; fewer are drawn where time runs out.
        progress: Told (pairs done, pairs in all).
        should_stop: Asked several times a second.
        seed: The same seed gives the same figures.

    Raises:
        InputError: `pairs` is no number of pairs.
        StoppedByUser: `should_stop` said so.
    """
    pairs = whole_number("pairs", pairs, 1)
    began, generator = time.perf_counter(), np.random.default_rng(seed)
    fidelities, entanglement = [], []
    for done, (left, right) in _parts(circuit, pairs, generator):
        fidelities.append(np.square(np.abs(np.einsum("ba,ba->b", left.conj(), right))))
        entanglement += [meyer_wallach(left), meyer_wallach(right)]
        progress(done, pairs)
        if should_stop():
            raise StoppedByUser
        if done >= FEWEST and time.perf_counter() - began > LONGEST_SECONDS:
            break
    return _figures(circuit, np.concatenate(fidelities), np.concatenate(entanglement), generator, began)


def meyer_wallach(states: np.ndarray) -> np.ndarray:
    """Returns Q = 2 (1 - mean purity of the single qubits), shape (batch, 2**wires) to (batch,): 0 to 1."""
    wires = states.shape[1].bit_length() - 1
    return 2 - 2 * np.mean([_purity(states, wire) for wire in range(wires)], axis=0)


def random_entanglement(wires: int) -> float:
    """Returns the mean Q of Haar-random states, (N - 2) / (N + 1), from their mean purity (E. Lubkin 1978)."""
    return (2**wires - 2) / (2**wires + 1)


def _parts(
    circuit: Circuit, pairs: int, generator: np.random.Generator
) -> Iterator[tuple[int, tuple[np.ndarray, np.ndarray]]]:
    """Yields how many pairs there will be, and the next of them: left and right, shape (part, 2**wires) each."""
    most = max(1, AMPLITUDES_AT_ONCE // 2**circuit.wires // 2)
    for first in range(0, pairs, most):
        part = min(most, pairs - first)
        states = final_states(circuit, *random_angles(circuit, 2 * part, generator))
        yield first + part, (states[:part], states[part:])


def _figures(
    circuit: Circuit, fidelities: np.ndarray, entanglement: np.ndarray, generator: np.random.Generator, began: float
) -> SampledStates:
    counts, log_shares = histogram(fidelities), haar_log_shares(2**circuit.wires)
    return SampledStates(
        pairs=len(fidelities),
        divergence=float(divergence(counts, log_shares)),
        divergence_error=bootstrap_error(counts, log_shares, generator),
        divergence_of_chance=divergence_of_chance(len(fidelities), log_shares, generator),
        entanglement=float(entanglement.mean()),
        entanglement_error=float(entanglement.std(ddof=1) / np.sqrt(len(entanglement))),
        entanglement_of_chance=random_entanglement(circuit.wires),
        is_blind=is_blind(2**circuit.wires),
        seconds=time.perf_counter() - began,
    )


def _purity(states: np.ndarray, wire: int) -> np.ndarray:
    """Trace of the square of a qubit's reduced state, shape (batch,); see `network.entanglement` for one state."""
    halves = states.reshape(len(states), 2**wire, 2, -1)
    zero, one = halves[:, :, 0], halves[:, :, 1]
    below = np.square(np.abs(one)).sum(axis=(1, 2))
    coherence = np.einsum("bij,bij->b", zero.conj(), one)
    return np.square(1 - below) + np.square(below) + 2 * np.square(np.abs(coherence))
