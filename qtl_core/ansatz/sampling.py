"""Expressibility and entangling capability of a circuit, from random states of it (Sim et al. 2019).

Expressibility is the divergence of the fidelities of pairs of its states from those of random states (`haar`);
entangling capability is the mean Meyer-Wallach Q of its states (D. A. Meyer and N. R. Wallach, J. Math. Phys. 43, 4273,
2002).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from qtl_core.ansatz.draws import AMPLITUDES_AT_ONCE, affordable, random_angles, seconds_per_state
from qtl_core.ansatz.haar import bootstrap_error, divergence, divergence_of_chance, haar_log_shares, histogram, is_blind
from qtl_core.callbacks import ShouldStop, never_stop, no_progress
from qtl_core.checks import whole_number
from qtl_core.circuit import Circuit
from qtl_core.errors import StoppedByUser
from qtl_core.inside.batch import final_states

FEWEST, MOST = 500, 5000  # pairs; the paper takes 5,000
BUDGET_SECONDS = 20.0  # by the estimate, which may be out by two
LONGEST_SECONDS = 60.0  # by the clock: from then on what is there must do, as long as it is `FEWEST`


@dataclass(frozen=True)
class Sampled:
    """What the states of a circuit are like.

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
) -> Sampled:
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
) -> Sampled:
    counts, log_shares = histogram(fidelities), haar_log_shares(2**circuit.wires)
    return Sampled(
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
    """Trace of the square of a qubit's reduced state, shape (batch,); see `inside.entanglement` for one state."""
    halves = states.reshape(len(states), 2**wire, 2, -1)
    zero, one = halves[:, :, 0], halves[:, :, 1]
    below = np.square(np.abs(one)).sum(axis=(1, 2))
    coherence = np.einsum("bij,bij->b", zero.conj(), one)
    return np.square(1 - below) + np.square(below) + 2 * np.square(np.abs(coherence))
