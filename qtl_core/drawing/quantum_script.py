"""The script that draws qubits and gates in a browser, for the app's components and for published pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qtl_core.drawing.bloch_view import RIGHT, UP
from qtl_core.drawing.palette import PALETTE
from qtl_core.network.diagram_layout import Box, lay_out
from qtl_core.network.gates import Circuit


def quantum_script() -> str:
    """Returns the script, after what it takes from Python."""
    axes = f"const SPHERE_RIGHT = {RIGHT.tolist()};\nconst SPHERE_UP = {UP.tolist()};\n"
    return axes + Path(__file__).with_name("quantum.js").read_text(encoding="utf-8")


def circuit_data(circuit: Circuit) -> dict[str, Any]:
    """Returns a circuit as the script draws it: boxes on columns and wires, and the names of its parts."""
    layout = lay_out(circuit)
    return {
        "wires": layout.wires,
        "columns": layout.columns,
        "boxes": [_box(box, circuit) for box in layout.boxes],
        "sections": [{"title": part.title, "first": part.first, "columns": part.columns} for part in layout.sections],
        "palette": dict(PALETTE),
    }


def _box(box: Box, circuit: Circuit) -> dict[str, Any]:
    """A box, with the position of its trained angle where it has just one."""
    drawn = {"column": box.column, "wires": box.wires, "label": box.label, "family": box.family}
    angles = circuit.gates[box.gate].angles if box.gate is not None else ()
    if len(angles) == 1 and angles[0].kind == "weight":
        drawn["weight"] = angles[0].index
    return drawn
