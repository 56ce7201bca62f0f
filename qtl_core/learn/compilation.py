"""Finding angles with which a few CNOTs and turns of single qubits do what another two-qubit gate does.

The cost is that of Khatri et al., Quantum 3, 140 (2019): |Tr(target^dagger circuit)|^2 / 16, which a quantum computer
can measure. The circuit is linear in the half-angle cosine and sine of every gate, so the best angle of one gate with
all others fixed has a closed form; going through them again and again never makes it worse.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.learn.register import CNOT, rx, ry, rz

SWEEPS, STARTS = 30, 2
MOST_CNOTS = 3  # enough for any two-qubit gate (Vatan and Williams, Phys. Rev. A 69, 032315, 2004)
TARGETS: dict[str, np.ndarray] = {
    "SWAP": np.eye(4, dtype=complex)[[0, 2, 1, 3]],
    "iSWAP": np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]]),
    "CNOT": CNOT,
    "two turns": np.kron(ry(0.7) @ rz(0.4), rx(1.1)),
}
Gate = tuple[str, int]  # "ry" or "rz" and its wire, or "cnot"


@dataclass(frozen=True)
class Compiled:
    """The compiled circuit that was found.

    Attributes:
        likeness: |Tr(target^dagger circuit)|^2 / 16 after every sweep of the best start, shape (SWEEPS + 1,).
        matrix: The circuit's matrix, shape (4, 4).
        angles: How many angles were searched.
    """

    likeness: np.ndarray
    matrix: np.ndarray
    angles: int


@lru_cache(maxsize=16)
def compiled(target: str, cnots: int) -> Compiled:
    """Searches from a few random starts; returns the best."""
    found = [_search(TARGETS[target], _gates(cnots), start) for start in range(STARTS)]
    return max(found, key=lambda each: each.likeness[-1])


def likeness(target: np.ndarray, matrix: np.ndarray) -> float:
    """Returns how alike two gates are: 1 if they differ by a phase at most."""
    return float(abs(np.trace(target.conj().T @ matrix)) ** 2 / 16)


def _gates(cnots: int) -> list[Gate]:
    """All turns of both qubits (RZ RY RZ), then for every CNOT the CNOT and all turns again."""
    turns = [(kind, wire) for wire in (0, 1) for kind in ("rz", "ry", "rz")]
    return turns + [gate for _ in range(cnots) for gate in [("cnot", 0), *turns]]


def _search(target: np.ndarray, gates: list[Gate], seed: int) -> Compiled:
    angles = np.random.default_rng(seed).uniform(-math.pi, math.pi, len(gates))
    matrices = [_matrix(gate, angle) for gate, angle in zip(gates, angles, strict=True)]
    seen = []
    for _ in range(SWEEPS + 1):
        before, after = _products(matrices)
        seen.append(likeness(target, before[-1]))
        _sweep(target, gates, matrices, after)
    return Compiled(np.array(seen), before[-1], sum(kind != "cnot" for kind, _ in gates))


def _products(matrices: list[np.ndarray]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Returns the products of gates up to each gate, and after it."""
    before, after = [np.eye(4, dtype=complex)], [np.eye(4, dtype=complex)]
    for matrix in matrices:
        before.append(matrix @ before[-1])
    for matrix in reversed(matrices):
        after.append(after[-1] @ matrix)
    return before, after[-2::-1]


def _sweep(target: np.ndarray, gates: list[Gate], matrices: list[np.ndarray], after: list[np.ndarray]) -> None:
    """Gives every gate in turn the best angle there is for it; changes `matrices`."""
    front = np.eye(4, dtype=complex)
    for index, gate in enumerate(gates):
        if gate[0] != "cnot":
            around = front @ target.conj().T @ after[index]  # Tr(around . gate) is the whole trace
            still, turned = np.trace(around), np.einsum("ij,ji->", around, _matrix(gate, math.pi))
            # |still cos + turned sin|^2 over the half angle is a wave of the whole angle
            angle = math.atan2(2 * (still.conjugate() * turned).real, abs(still) ** 2 - abs(turned) ** 2)
            matrices[index] = _matrix(gate, angle)
        front = matrices[index] @ front


def _matrix(gate: Gate, angle: float) -> np.ndarray:
    kind, wire = gate
    if kind == "cnot":
        return CNOT
    turn = (ry if kind == "ry" else rz)(angle)
    return np.kron(turn, np.eye(2)) if wire == 0 else np.kron(np.eye(2), turn)
