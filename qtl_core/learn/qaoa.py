"""The quantum approximate optimisation algorithm in several layers, on many problems at once, with its slopes.

A problem says what each division of the nodes into two sides is worth. The side of node 0 is held, since swapping the
sides of all is worth the same: of 2**nodes amplitudes the half with node 0 on side 0 is kept, and turning node 0 is
turning all others. A layer is a phase of gamma times the worth, then RX(2 beta) on every qubit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

Edges = Sequence[tuple[int, int]]


def cuts(edges: Edges, nodes: int) -> np.ndarray:
    """Returns how many edges each division cuts, shape (2**(nodes - 1),); node 1 is the highest bit."""
    sides = (np.arange(2 ** (nodes - 1))[:, None] >> np.arange(nodes)[::-1]) & 1
    ends = np.array(edges)
    return (sides[:, ends[:, 0]] ^ sides[:, ends[:, 1]]).sum(axis=1).astype(float)


def regular_edges(nodes: int, neighbours: int, rng: np.random.Generator) -> Edges:
    """Draws a graph in which every node has so many neighbours: ends are paired until no edge is double or a loop."""
    while True:
        pairs = np.sort(rng.permutation(np.repeat(np.arange(nodes), neighbours)).reshape(-1, 2), axis=1)
        if (pairs[:, 0] < pairs[:, 1]).all() and len(np.unique(pairs, axis=0)) == len(pairs):
            return [(int(one), int(other)) for one, other in pairs]


def final_states(worths: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """Returns the kept amplitudes, normalised by themselves, shape (problems, 2**(nodes - 1)).

    Args:
        worths: Of each division, a row a problem, shape (problems, 2**(nodes - 1)).
        angles: The gammas of all layers, then the betas, shape (problems, 2 * layers).
    """
    gammas, betas = np.split(angles, 2, axis=1)
    state = np.full(worths.shape, 1 / math.sqrt(worths.shape[1]), dtype=complex)
    for layer in range(gammas.shape[1]):
        state = _mixed(np.exp(-1j * gammas[:, layer, None] * worths) * state, betas[:, layer])
    return state


def means_and_slopes(worths: np.ndarray, angles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean worth of what is measured, and its slope against every angle, by going back through the layers.

    Shapes (problems,) and that of the angles.
    """
    gammas, betas = np.split(angles, 2, axis=1)
    state = final_states(worths, angles)
    weighted, by_gamma, by_beta = worths * state, np.empty_like(gammas), np.empty_like(betas)
    means = (state.conj() * weighted).sum(axis=1).real
    for layer in reversed(range(gammas.shape[1])):
        by_beta[:, layer] = 2 * (weighted.conj() * _turned_once(state)).sum(axis=1).imag
        state, weighted = (_mixed(each, -betas[:, layer]) for each in (state, weighted))
        by_gamma[:, layer] = 2 * (weighted.conj() * worths * state).sum(axis=1).imag
        phases = np.exp(1j * gammas[:, layer, None] * worths)
        state, weighted = phases * state, phases * weighted
    return means, np.hstack([by_gamma, by_beta])


def _mixed(state: np.ndarray, betas: np.ndarray) -> np.ndarray:
    """RX(2 beta) on every qubit: on the others in two groups, a matrix each, then on node 0."""
    grid = _grid(state)
    mixed = (_turns(grid.shape[1], betas) @ grid @ _turns(grid.shape[2], betas)).reshape(state.shape)
    return np.cos(betas)[:, None] * mixed - 1j * np.sin(betas)[:, None] * mixed[:, ::-1]


def _turned_once(state: np.ndarray) -> np.ndarray:
    """The sum over nodes of the state with this one turned over."""
    grid = _grid(state)
    turned = (_apart(grid.shape[1]) == 1) @ grid + grid @ (_apart(grid.shape[2]) == 1)
    return turned.reshape(state.shape) + state[:, ::-1]


def _grid(state: np.ndarray) -> np.ndarray:
    """The amplitudes by the sides of some nodes and those of the rest."""
    qubits = state.shape[1].bit_length() - 1
    return state.reshape(len(state), 2 ** (qubits // 2), -1)


def _turns(size: int, betas: np.ndarray) -> np.ndarray:
    """RX(2 beta) on each of so many strings' bits, as matrices, shape (problems, size, size)."""
    apart, bits = _apart(size), size.bit_length() - 1
    one = np.stack([np.cos(betas) ** (bits - far) * (-1j * np.sin(betas)) ** far for far in range(bits + 1)], axis=1)
    return one[:, apart]


@lru_cache(maxsize=16)
def _apart(size: int) -> np.ndarray:
    """In how many bits two strings differ, shape (size, size)."""
    strings = np.arange(size)
    return np.bitwise_count(strings[:, None] ^ strings).astype(int)
