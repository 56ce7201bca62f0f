"""Places of a machine's qubits on a map: as far apart as gates lead from one to the other, as well as a plane allows.

By stress majorisation (Gansner, Koren and North, Graph Drawing 2004): from a circle, each step moves all qubits to
where their wanted distances, weighted by 1/distance², pull them. The same machine always looks the same.
"""

from __future__ import annotations

from collections import deque
from functools import lru_cache

import numpy as np

from qtl_core.machines.calibration import Machine

STEPS = 300  # nothing moves any more


@lru_cache(maxsize=64)
def map_places(machine: Machine, qubits: tuple[int, ...]) -> tuple[tuple[float, float], ...]:
    """Returns a place for each of some qubits, both coordinates from 0 to 1; ways through other qubits are not there.

    Args:
        machine: Whose map it is.
        qubits: All of its qubits, or the part that is shown.
    """
    wanted = _steps_between(machine, qubits)
    count = len(wanted)
    if count == 1:
        return ((0.5, 0.5),)
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False) - 2.5
    places = wanted.max() / 2 * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    with np.errstate(divide="ignore"):
        weights = np.where(wanted > 0, 1 / wanted**2, 0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    back = np.linalg.pinv(laplacian)
    for _ in range(STEPS):
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)
        pull = np.divide(-weights * wanted, apart, out=np.zeros_like(apart), where=apart > 0)
        pull[np.diag_indices(count)] = -pull.sum(axis=1)
        places = back @ (pull @ places)
    _, _, axes = np.linalg.svd(places - places.mean(axis=0))  # the longer side lies
    places = (places - places.mean(axis=0)) @ axes.T
    low, reach = places.min(axis=0), max(np.ptp(places, axis=0).max(), 1e-9)
    spare = (1 - np.ptp(places, axis=0) / reach) / 2
    return tuple((float(x), float(y)) for x, y in (places - low) / reach + spare)


def _steps_between(machine: Machine, qubits: tuple[int, ...]) -> np.ndarray:
    """Returns how many two-qubit gates lead from each qubit to each other, shape (qubits, qubits)."""
    count, at = len(qubits), {qubit: row for row, qubit in enumerate(qubits)}
    found = np.full((count, count), float(count))  # of pieces that nothing joins
    for start in qubits:
        steps, waiting = {start: 0}, deque([start])
        while waiting:
            here = waiting.popleft()
            for there in machine.neighbours[here]:
                if there in at and there not in steps:
                    steps[there] = steps[here] + 1
                    waiting.append(there)
        for qubit, number in steps.items():
            found[at[start], at[qubit]] = number
    return found
