"""A circuit with its numbers, written for other programs.

To add a format: a function `(circuit, angles, weights) -> str or bytes` in a file of its own, and a line in
`FORMATS`. The command line and the Circuit page offer it at once; its test must use what it writes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qtl_core.drawing.png import draw_png
from qtl_core.drawing.svg import draw_svg
from qtl_core.drawing.text import draw_text
from qtl_core.export.latex import quantikz
from qtl_core.export.python_scripts import pennylane_script, qiskit_script
from qtl_core.export.qasm import qasm2, qasm3
from qtl_core.export.quirk import quirk_link
from qtl_core.network.binding import Numbers
from qtl_core.network.gates import Circuit


@dataclass(frozen=True)
class Format:
    """A way to write a circuit down.

    Attributes:
        title: What it is called.
        file: The name of a downloaded file.
        mime: What kind of file it is.
        write: Makes its content from the circuit, a picture's angles and the trained angles, in radians.
    """

    title: str
    file: str
    mime: str
    write: Callable[[Circuit, Numbers, Numbers], str | bytes]


def _as_file(write: Callable[..., str]) -> Callable[..., str]:
    """Ends a text as files do, with a newline."""
    return lambda *numbers: write(*numbers) + "\n"


FORMATS: dict[str, Format] = {
    "svg": Format("SVG drawing", "circuit.svg", "image/svg+xml", _as_file(draw_svg)),
    "png": Format("PNG picture", "circuit.png", "image/png", draw_png),
    "text": Format("Text drawing", "circuit.txt", "text/plain", _as_file(draw_text)),
    "pennylane": Format("PennyLane script", "circuit_pennylane.py", "text/x-python", pennylane_script),
    "qiskit": Format("Qiskit script", "circuit_qiskit.py", "text/x-python", qiskit_script),
    "qasm2": Format("OpenQASM 2", "circuit.qasm", "text/plain", qasm2),
    "qasm3": Format("OpenQASM 3", "circuit.qasm3", "text/plain", qasm3),
    "latex": Format("LaTeX (quantikz)", "circuit.tex", "application/x-tex", quantikz),
    "quirk": Format("Quirk link", "circuit_quirk.txt", "text/plain", _as_file(quirk_link)),
}

__all__ = ["FORMATS", "Format"]
