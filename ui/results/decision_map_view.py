"""The component that draws the map in the browser: what it is made of, and how a map becomes its data.

Its code is `assets/map.js`, which moves through the epochs and finds the picture under the pointer without the server.
Arrays travel as bytes in base64, a tenth of their numbers as text.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.explain.decision_map.contact_sheet import ContactSheet
from qtl_core.explain.decision_map.request import GRID, REACH, PictureMap
from ui.base.assets import asset, jpeg_address, packed, script
from ui.base.theme import WRONG, class_colour

INT16_SCALE = 32_767  # a place of pi/2, as a signed 16-bit number

show_component = st.components.v2.component(
    "picture_map", html=asset("map.html"), css=asset("map.css"), js=script("packed", "plane", "map")
)


def map_data(
    made: PictureMap, sheet: ContactSheet | None, *, identity: str, total: int, best: int, noun: str, drawn: bool
) -> dict[str, Any]:
    """Returns what `assets/map.js` draws.

    Args:
        made: The map.
        sheet: Small copies of its pictures, or None while they are not there.
        identity: Another one means another map, which begins at its best epoch again.
        total: Epochs of the run.
        best: The epoch whose weights are kept.
        noun: What its pictures are called.
        drawn: Whether the app drew them, which is to be said on each.
    """
    predicted, sure = made.probabilities.argmax(-1), made.probabilities.max(-1)
    return {
        "identity": identity,
        "classes": list(made.classes),
        "colours": [class_colour(label) for label in range(len(made.classes))],
        "wrong": WRONG,
        "epochs": made.epochs.tolist(),
        "start": int(np.abs(made.epochs - best).argmin()),
        "said": [sentence(made, frame, total, noun) for frame in range(len(made.epochs))],
        "about": about(made, noun),
        "along": f"angle of qubit {made.qubits[0]}",
        "up": f"angle of qubit {made.qubits[1]}" if len(made.qubits) == 2 else "spread so that all can be seen",
        "upwards": len(made.qubits) == 2,
        "count": len(made.files),
        "names": [Path(file).name for file in made.files],
        "labels": packed(made.labels, np.uint8),
        "validation": packed(made.is_validation, np.uint8),
        "places": packed((made.places / REACH * INT16_SCALE).round(), "<i2"),
        "predicted": packed(predicted, np.uint8),
        "sure": packed((sure * 255).round(), np.uint8),
        "grid": GRID,
        "winners": packed(made.surface.argmax(-1), np.uint8),
        "surface": packed((made.surface.max(-1) * 255).round(), np.uint8),
        "sheet": jpeg_address(sheet.jpeg) if sheet else "",
        "columns": sheet.columns if sheet else 1,
        "edge": sheet.edge if sheet else 1,
        "drawn": drawn,
    }


def sentence(made: PictureMap, frame: int, total: int, noun: str) -> str:
    """Returns what one epoch of the map shows, for example "Epoch 3 of 30: 140 of 153 validation photos right"."""
    right = (made.probabilities[frame].argmax(-1) == made.labels)[made.is_validation]
    return f"Epoch {made.epochs[frame]} of {total}: {right.sum()} of {len(right)} validation {noun} right."


def about(made: PictureMap, noun: str) -> str:
    """Returns what the map is, for those who do not see it."""
    axes = " and ".join(str(qubit) for qubit in made.qubits)
    return f"Map of {len(made.files)} {noun} by the angles of qubit {axes}, over what the circuit decides there."
