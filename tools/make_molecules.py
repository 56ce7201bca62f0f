"""Writes the integrals of small molecules to `qtl_core/learn/molecules.json`, by PySCF.

PySCF is no part of the project; run it from the project's folder in an environment that has it:
    pip install pyscf && python -m tools.make_molecules
Hartree-Fock orbitals, of which three hold the two outer electrons: those below them are full and frozen, those above
empty. Each orbital's sign is the one with which it overlaps itself at the distance before, so that angles can be
carried along.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyscf
from pyscf import ao2mo, gto, mcscf, scf

FILE = Path(__file__).parent.parent / "qtl_core" / "learn" / "molecules.json"
# Beyond 1.3 angstrom other orbitals of hydrogen take these places.
MOLECULES = {
    "H2": ("H", 0, "6-31g", (), (0, 1, 2), np.arange(0.5, 1.31, 0.05)),
    "HeH+": ("He", 1, "6-31g", (), (0, 1, 2), np.arange(0.5, 1.31, 0.05)),
    "LiH": ("Li", 0, "sto-3g", (0,), (1, 2, 5), np.arange(1.2, 3.61, 0.02)),  # 3 and 4 stand across the bond
}
PAIRS = [(first, second) for first in range(3) for second in range(first + 1)]
QUADS = [(*PAIRS[one], *PAIRS[two]) for one in range(6) for two in range(one + 1)]


def main() -> None:
    """Computes and writes."""
    made = f"Hartree-Fock orbitals and integrals by PySCF {pyscf.__version__}, tools/make_molecules.py"
    molecules = {key: along(*how) for key, how in MOLECULES.items()}
    FILE.write_text(json.dumps({"made": made, "molecules": molecules}, separators=(",", ":")) + "\n")


def along(
    atom: str, charge: int, basis: str, full: tuple[int, ...], active: tuple[int, ...], distances: np.ndarray
) -> dict[str, object]:
    """Returns a molecule's integrals at all distances, and PySCF's own least energies in the same orbitals."""
    rows, before = [], None
    for distance in distances:
        molecule = gto.M(atom=f"{atom} 0 0 0; H 0 0 {distance}", charge=charge, basis=basis, verbose=0)
        field = scf.RHF(molecule)
        field.conv_tol = 1e-13
        field.kernel()
        casci = mcscf.CASCI(field, 3, 2)
        orbitals = casci.sort_mo(list(active), base=0)
        kept = slice(len(full), len(full) + 3)
        orbitals[:, kept] *= signs(before, molecule, orbitals[:, kept])
        before = molecule, orbitals[:, kept]
        one, constant = casci.get_h1eff(orbitals)
        two = ao2mo.restore(1, ao2mo.kernel(molecule, orbitals[:, kept]), 3)
        rows.append((constant, [one[at] for at in PAIRS], [two[at] for at in QUADS], casci.kernel(orbitals)[0]))
    constants, ones, twos, least = (np.round(np.array(part), 9).tolist() for part in zip(*rows, strict=True))
    return {
        "basis": basis,
        "frozen": list(full),
        "active": list(active),
        "distances": np.round(distances, 2).tolist(),
        "constant": constants,
        "one": ones,
        "two": twos,
        "least": least,
    }


def signs(before: tuple[gto.Mole, np.ndarray] | None, molecule: gto.Mole, orbitals: np.ndarray) -> np.ndarray:
    """Returns the sign of each orbital: as at the distance before; of its largest part at the first one."""
    if before is None:
        return np.sign(orbitals[np.abs(orbitals).argmax(axis=0), range(3)])
    overlap = gto.intor_cross("int1e_ovlp", before[0], molecule)
    return np.sign(np.diag(before[1].T @ overlap @ orbitals))


if __name__ == "__main__":
    main()
