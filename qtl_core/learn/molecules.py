"""Molecules of two outer electrons in three orbitals, as integrals computed once (`tools/make_molecules.py`).

One electron has spin up, one down, so that a state is nine amplitudes: the orbital of the one (three qubits, of which
one is 1), times that of the other. In this space the diagonalised Hamiltonian is the exact answer. Orbital 0 is the one
that Hartree-Fock fills. Energies are in hartree, distances in angstrom. What the other orbitals would add, all of the
same basis: 1.3 millihartree for lithium hydride at 1.6 angstrom, 0.5 at 3.0; a better basis adds far more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

ORBITALS = 3
NAMES = {"LiH": "lithium hydride", "HeH+": "the helium hydride ion", "H2": "hydrogen"}
_PAIRS = [(first, second) for first in range(ORBITALS) for second in range(first + 1)]
_FILE = Path(__file__).with_name("molecules.json")


@dataclass(frozen=True)
class Molecule:
    """A molecule of two atoms at many distances.

    Attributes:
        distances: Between its atoms, increasing, shape (distances,).
        hamiltonians: Of its two outer electrons, all constants included, shape (distances, 9, 9).
        least: PySCF's own least energies in the same orbitals, shape (distances,).
    """

    distances: np.ndarray
    hamiltonians: np.ndarray
    least: np.ndarray

    def between(self, low: float, high: float) -> np.ndarray:
        """Returns the Hamiltonians from one distance to another, shape (some, 9, 9)."""
        return self.hamiltonians[(self.distances > low - 1e-6) & (self.distances < high + 1e-6)]


@lru_cache(maxsize=len(NAMES))
def molecule(key: str) -> Molecule:
    """Reads a molecule, a key of `NAMES`."""
    found = json.loads(_FILE.read_text())["molecules"][key]
    constant, one, two = (np.array(found[part]) for part in ("constant", "one", "two"))
    return Molecule(np.array(found["distances"]), _hamiltonians(constant, one, two), np.array(found["least"]))


def _hamiltonians(constant: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Each electron's own energy, their repulsion, and what does not depend on them."""
    own, repulsion = np.zeros((len(one), 3, 3)), np.zeros((len(one), 3, 3, 3, 3))
    for at, (p, q) in enumerate(_PAIRS):
        own[:, p, q] = own[:, q, p] = one[:, at]
    numbered = ((first, second) for first in range(6) for second in range(first + 1))
    for at, (first, second) in enumerate(numbered):
        for (p, q), (r, s) in ((_PAIRS[first], _PAIRS[second]), (_PAIRS[second], _PAIRS[first])):
            for left, right in ((p, q), (q, p)):
                repulsion[:, left, right, r, s] = repulsion[:, left, right, s, r] = two[:, at]
    unit = np.eye(ORBITALS)
    alone = np.einsum("npq,rs->nprqs", own, unit) + np.einsum("pq,nrs->nprqs", unit, own)
    both = alone + repulsion.transpose(0, 1, 3, 2, 4)  # <pr|qs> = (pq|rs)
    return both.reshape(-1, 9, 9) + constant[:, None, None] * np.eye(9)
