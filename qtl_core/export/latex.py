"""The circuit as a LaTeX document that draws it with quantikz, old or new; angles in radians with two decimals.

TeX Live has quantikz2 since 2023; Debian 12 and Ubuntu 22.04 come with the first version. Only what both know is used.
"""

from __future__ import annotations

from qtl_core.network.binding import BoundGate, Numbers, bind
from qtl_core.network.diagram_layout import aligned_columns
from qtl_core.network.gates import Circuit

_HEAD = r"""% Needs the package quantikz, old or new, and the class standalone. On Debian and Ubuntu:
%     apt-get install --no-install-recommends texlive-latex-extra texlive-pictures
\documentclass[border=4pt]{standalone}
\usepackage{tikz}
\IfFileExists{tikzlibraryquantikz2.code.tex}{\usetikzlibrary{quantikz2}}{\usetikzlibrary{quantikz}}
\begin{document}
\begin{quantikz}
"""
_TAIL = r"""
\end{quantikz}
\end{document}
"""


def quantikz(circuit: Circuit, angles: Numbers, weights: Numbers) -> str:
    """Returns the document: one row a wire, one `&` a column."""
    columns = aligned_columns(circuit.gates)
    rows = [[r"\qw"] * (max(columns) + 1) for _ in range(circuit.wires)]
    for gate, column in zip(bind(circuit, angles, weights), columns, strict=True):
        for wire, cell in zip(gate.wires, _cells(gate), strict=True):
            rows[wire][column] = cell
    lines = [" & ".join([r"\lstick{$\ket{0}$}", *row, r"\meter{$Z$}"]) for row in rows]
    return _HEAD + " \\\\\n".join(lines) + _TAIL


def _cells(gate: BoundGate) -> tuple[str, ...]:
    if gate.kind == "CNOT":
        control, target = gate.wires
        return rf"\ctrl{{{target - control}}}", r"\targ{}"
    if gate.kind == "H":
        return (r"\gate{H}",)
    numbers = ", ".join(f"{angle:.2f}" for angle in gate.angles)
    name = "R_Y" if gate.kind == "RY" else r"\mathrm{Rot}"
    return (rf"\gate{{{name}({numbers})}}",)
