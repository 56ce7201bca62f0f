"""The hydrogen molecule on two qubits: its Hamiltonian from first principles, and the energy of a one-knob circuit.

Integrals of the minimal basis (STO-3G: three Gaussians an atom) are exact (Szabo and Ostlund, Modern Quantum
Chemistry, appendix A). Either electron is in the bonding orbital (qubit 0) or the antibonding one (qubit 1 of the
basis string); the electron of spin up is wire 0, the one of spin down wire 1. In this space the diagonalised
Hamiltonian is the exact answer of the basis. Energies are in hartree, distances in angstrom.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from qtl_core.learn.register import CNOT, act, ry, zero

ANGSTROM = 1 / 0.529177210903  # in bohr
DISTANCES = np.round(np.arange(0.3, 2.81, 0.1), 2)  # of the curve
STEPS, RATE = 60, 0.8
_EXPONENTS = np.array([3.42525091, 0.62391373, 0.16885540])
_SHARES = np.array([0.15432897, 0.53532814, 0.44463454])


@lru_cache(maxsize=256)
def hamiltonian(distance: float) -> np.ndarray:
    """Returns the energies of two electrons around two protons, repulsion of the protons included, shape (4, 4)."""
    overlap, core, pairs = _integrals(distance * ANGSTROM)
    orbitals = np.array([[1, 1], [1, -1]]) / np.sqrt(2 * np.array([1 + overlap, 1 - overlap]))[:, None]
    one = np.diag(orbitals @ core @ orbitals.T)
    two = np.einsum("pi,qj,rk,sl,ijkl->pqrs", orbitals, orbitals, orbitals, orbitals, pairs)
    exchange = two[0, 1, 0, 1]
    diagonal = [one[up] + one[down] + two[up, up, down, down] for up in (0, 1) for down in (0, 1)]
    return np.diag(diagonal) + np.fliplr(np.eye(4)) * exchange + np.eye(4) / (distance * ANGSTROM)


def state(angle: float) -> np.ndarray:
    """Returns the circuit's state, RY(angle) on qubit 0 and a CNOT: both electrons move up together, or neither."""
    return act(CNOT, act(ry(angle), zero(2), [0]), [0, 1])


def energy(distance: float, angle: float) -> float:
    """Returns the mean energy of the circuit's state."""
    amplitudes = state(angle)
    return float(np.vdot(amplitudes, hamiltonian(distance) @ amplitudes).real)


@lru_cache(maxsize=256)
def best_angle(distance: float) -> float:
    """Finds the angle of least energy by gradient descent with the parameter-shift rule, from 0."""
    angle = 0.0
    for _ in range(STEPS):
        slope = (energy(distance, angle + math.pi / 2) - energy(distance, angle - math.pi / 2)) / 2
        angle -= RATE * slope
    return angle


def exact_energy(distance: float) -> float:
    """Returns the least energy there is, by diagonalising the 4x4 matrix."""
    return float(np.linalg.eigvalsh(hamiltonian(distance))[0])


def _integrals(apart: float) -> tuple[float, np.ndarray, np.ndarray]:
    """Overlap, core Hamiltonian (2, 2) and electron repulsion (2, 2, 2, 2) in chemists' order, of two atoms."""
    places = np.repeat([0.0, apart], 3)  # six Gaussians, three an atom
    powers, shares = np.tile(_EXPONENTS, 2), np.tile(_SHARES * (2 * _EXPONENTS / math.pi) ** 0.75, 2)
    total = powers[:, None] + powers
    product = powers[:, None] * powers / total
    square = (places[:, None] - places) ** 2
    middle = (powers[:, None] * places[:, None] + powers * places) / total
    weight = shares[:, None] * shares * np.exp(-product * square)
    overlap = weight * (math.pi / total) ** 1.5
    core = product * (3 - 2 * product * square) * overlap
    for proton in (0.0, apart):
        core = core - weight * 2 * math.pi / total * _boys(total * (middle - proton) ** 2)
    first, second = total[:, :, None, None], total[None, None]
    gap = (middle[:, :, None, None] - middle) ** 2
    pairs = weight[:, :, None, None] * weight * 2 * math.pi**2.5 / (first * second * np.sqrt(first + second))
    pairs = pairs * _boys(first * second / (first + second) * gap)
    return float(_by_atom(overlap)[0, 1]), _by_atom(core), _by_atom(pairs)


def _by_atom(values: np.ndarray) -> np.ndarray:
    """Adds up what belongs to the three Gaussians of each atom, along every axis."""
    for axis in range(values.ndim):
        values = np.add.reduceat(values, [0, 3], axis=axis)
    return values


def _boys(values: np.ndarray) -> np.ndarray:
    """F_0(t) = sqrt(pi / t) erf(sqrt(t)) / 2, which is 1 - t / 3 near nothing."""
    safe = np.maximum(values, 1e-12)
    roots = np.sqrt(safe)
    return np.where(values < 1e-8, 1 - values / 3, 0.5 * math.sqrt(math.pi) / roots * _erf(roots))


_erf = np.vectorize(math.erf, otypes=[float])
