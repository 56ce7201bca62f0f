"""Cutting a graph in two with the quantum approximate optimisation algorithm (QAOA), one layer.

Every node is a qubit, and a bit string says on which side each is. The circuit (Farhi, Goldstone and Gutmann, 2014):
all strings alike, a phase of gamma for every edge cut, RX(2 beta) on every qubit, then measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

GRID = 41
GAMMAS, BETAS = np.linspace(0, 2 * math.pi, GRID), np.linspace(0, math.pi / 2, GRID)
GRAPHS: dict[str, tuple[tuple[int, int], ...]] = {
    "ring of 4": ((0, 1), (1, 2), (2, 3), (3, 0)),
    "ring of 5": ((0, 1), (1, 2), (2, 3), (3, 4), (4, 0)),
    "house": ((0, 1), (1, 2), (2, 3), (3, 0), (0, 4), (1, 4)),
    "prism": ((0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3), (0, 3), (1, 4), (2, 5)),
}


@dataclass(frozen=True)
class Cut:
    """The cuts that the circuit gives at one setting.

    Attributes:
        chances: Probability of every bit string, shape (2**nodes,).
        mean: The mean number of edges cut.
        best: The most edges that can be cut.
        best_chance: How probable a string is that cuts so many.
        blind_chance: The same for a string thrown by coins.
        likeliest: The most probable string, as a number; node 0 is its highest bit.
    """

    chances: np.ndarray
    mean: float
    best: int
    best_chance: float
    blind_chance: float
    likeliest: int


def nodes_of(graph: str) -> int:
    """Returns how many nodes a graph has."""
    return 1 + max(max(edge) for edge in GRAPHS[graph])


@lru_cache(maxsize=len(GRAPHS))
def cuts(graph: str) -> np.ndarray:
    """Returns how many edges every bit string cuts, shape (2**nodes,): trying all of them."""
    nodes = nodes_of(graph)
    bits = (np.arange(2**nodes)[:, None] >> np.arange(nodes)[::-1]) & 1
    ends = np.array(GRAPHS[graph])
    return (bits[:, ends[:, 0]] ^ bits[:, ends[:, 1]]).sum(axis=1)


def chances(graph: str, gammas: np.ndarray, betas: np.ndarray) -> np.ndarray:
    """Returns the probability of every bit string at pairs of settings, shape (pairs, 2**nodes)."""
    nodes, size = nodes_of(graph), 2 ** nodes_of(graph)
    state = np.exp(-1j * np.asarray(gammas)[:, None] * cuts(graph)) / math.sqrt(size)
    cos, sin = (part[:, None, None] for part in (np.cos(betas), -1j * np.sin(betas)))
    for node in range(nodes):
        halves = state.reshape(len(state), 2**node, 2, -1)
        zero, one = halves[:, :, 0], halves[:, :, 1]
        state = np.stack([cos * zero + sin * one, sin * zero + cos * one], axis=2).reshape(len(state), size)
    return np.square(np.abs(state))


def cut(graph: str, gamma: float, beta: float) -> Cut:
    """Runs the circuit at one setting."""
    found, worth = chances(graph, np.array([gamma]), np.array([beta]))[0], cuts(graph)
    top = worth == worth.max()
    return Cut(
        found, float(found @ worth), int(worth.max()), float(found[top].sum()), float(top.mean()), int(found.argmax())
    )


@lru_cache(maxsize=len(GRAPHS))
def landscape(graph: str) -> np.ndarray:
    """Returns the mean number of edges cut over the whole grid, shape (betas, gammas)."""
    gammas, betas = (values.ravel() for values in np.meshgrid(GAMMAS, BETAS))
    return (chances(graph, gammas, betas) @ cuts(graph)).reshape(GRID, GRID)


def best_setting(graph: str) -> tuple[float, float]:
    """Returns gamma and beta of the grid's highest point."""
    row, column = np.unravel_index(landscape(graph).argmax(), (GRID, GRID))
    return float(GAMMAS[column]), float(BETAS[row])
