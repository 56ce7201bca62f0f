"""Texts on a gate: short, where the pointer rests on it, and at length, with its formula."""

from __future__ import annotations

import math

import numpy as np

from qtl_core.drawing.gate_readings import GateReading

FORMULAE = {
    "H": r"H = \frac{1}{\sqrt 2}\begin{pmatrix} 1 & 1 \\ 1 & -1 \end{pmatrix}",
    "RY": r"R_Y(\theta) = e^{-i\theta Y/2} = \begin{pmatrix} \cos\frac\theta2 & -\sin\frac\theta2 \\[6pt]"
    r" \sin\frac\theta2 & \cos\frac\theta2 \end{pmatrix}",
    "Rot": r"\mathrm{Rot}(\alpha, \beta, \gamma) = R_Z(\gamma)\, R_Y(\beta)\, R_Z(\alpha)",
    "CNOT": r"\mathrm{CNOT} = |0\rangle\langle 0| \otimes I + |1\rangle\langle 1| \otimes X",
}


def hover_text(reading: GateReading) -> str:
    """Returns the lines shown where the pointer rests on a gate, with `<br>` between them."""
    lines = [f"<b>{reading.name}</b>"]
    for now, before, driver in zip(reading.now, reading.before, reading.drivers, strict=True):
        lines.append(f"now {angle(now)}")
        if reading.is_trained and reading.is_before_known:
            lines.append(f"before training {angle(before)}")
        lines.append(f"set by {driver}")
    lines += [f"<span style='font-family:monospace'>{row}</span>" for row in matrix_rows(reading.matrix)]
    return "<br>".join([*lines, *_wrapped(reading.sentence)])


def angle(radians: float) -> str:
    """Returns an angle in both units: "0.785 rad (45.0°)"."""
    return f"{round(radians, 3) + 0.0:.3f} rad ({round(math.degrees(radians), 1) + 0.0:.1f}°)".replace("-", "−")


def matrix_rows(matrix: np.ndarray) -> list[str]:
    """Returns a matrix row by row, in figures of equal width."""
    return ["[" + "  ".join(map(_entry, row)) + "]" for row in matrix]


def matrix_formula(matrix: np.ndarray) -> str:
    """Returns a matrix in numbers, as LaTeX."""
    rows = r" \\[2pt] ".join(" & ".join(map(_entry, row)) for row in matrix)
    return rf"\begin{{pmatrix}} {rows.replace('−', '-')} \end{{pmatrix}}"


def _entry(value: complex) -> str:
    real, imaginary = float(np.real(value)), float(np.imag(value))
    shown = f"{real:+.3f}{imaginary:+.3f}i" if np.iscomplexobj(value) else f"{real:+.3f}"
    return shown.replace("-", "−")


def _wrapped(sentence: str, width: int = 46) -> list[str]:
    """A hover box does not wrap by itself, and a phone is narrow."""
    lines = [""]
    for word in sentence.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines
