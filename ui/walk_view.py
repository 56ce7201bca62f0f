"""The component that shows pictures on their way through a trained run, and how walks become its data.

Its code is `assets/walk.js`, which moves along the walks by itself; `assets/quantum.js` draws qubits and gates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.circuit import Circuit
from qtl_core.drawing.layout import Box, lay_out
from qtl_core.drawing.palette import PALETTE
from qtl_core.walks import STEPS_PER_COLUMN, PictureTrace
from ui.packing import jpeg_address, packed
from ui.scripts import asset, script
from ui.walk_words import NO_WALK_YET, sentences

FULL = 32_767  # a coordinate of 1, as a signed 16-bit number
# Those of ui/theme.py, which a page that shows no chart need not wait for; a test holds them together.
STATE_COLOUR, WRONG_COLOUR = "#5B7FE0", "#DB2B54"
CLASS_COLOURS = ("#00937A", "#8C6BC8")


show_walks = st.components.v2.component(
    "picture_walks", html=asset("walk.html"), css=asset("walk.css"), js=script("packed", "quantum", "walk")
)


def walks_data(
    walks: Sequence[PictureTrace], circuit: Circuit, classes: Sequence[str], network: str, waiting: str = NO_WALK_YET
) -> dict[str, Any]:
    """Returns what `assets/walk.js` shows.

    Args:
        walks: Those there are; while there is none, the circuit stands still and `waiting` is said.
        circuit: The circuit that they go through.
        classes: The class names.
        network: What the image network is called.
        waiting: What is said while there is no walk.
    """
    return {
        "circuit": circuit_data(circuit),
        "parts": STEPS_PER_COLUMN,
        "classes": list(classes),
        "colours": list(CLASS_COLOURS),
        "state": STATE_COLOUR,
        "wrong": WRONG_COLOUR,
        "waiting": waiting,
        "walks": [walk_data(walk, circuit, network) for walk in walks],
    }


def circuit_data(circuit: Circuit) -> dict[str, Any]:
    """Returns a circuit as `assets/quantum.js` draws it: boxes on columns and wires, and the names of its parts."""
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


def walk_data(walk: PictureTrace, circuit: Circuit, network: str, learnt: str = "drawn") -> dict[str, Any]:
    """Returns one walk as the scripts take it; see `walk_words.sentences`."""
    explanation, most = walk.explanation, float(walk.explanation.features.max()) or 1.0
    return {
        "photo": jpeg_address(walk.jpeg),
        "drawn": walk.picture.drawn,
        "truth": walk.picture.truth,
        "features": packed((explanation.features.clip(0) / most * 255).round(), np.uint8),
        "path": packed((walk.path * FULL).round(), "<i2"),
        "expectations": [round(float(value), 2) for value in explanation.expectations],
        "label": explanation.prediction.label,
        "probabilities": [explanation.prediction.probabilities[name] for name in explanation.classes],
        "said": list(sentences(walk, circuit, network, learnt)),
    }
