"""The component that draws the map in the browser: what it is made of, and how a map becomes its data.

Its code is `assets/map.js`, which moves through the epochs and finds the picture under the pointer without the server.
Arrays travel as bytes in base64, a tenth of their numbers as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.explain.decision_map.contact_sheet import ContactSheet
from qtl_core.explain.decision_map.request import GRID, PictureMap
from qtl_core.tables.numbers import is_row_name
from ui.base.assets import asset, jpeg_address, packed, script
from ui.base.theme import WRONG

INT16_SCALE = 32_767  # the end of an axis, as a signed 16-bit number; its beginning is the negative one

show_component = st.components.v2.component(
    "picture_map", html=asset("map.html"), css=asset("map.css"), js=script("packed", "plane", "map")
)


def map_data(
    made: PictureMap,
    sheet: ContactSheet | None,
    *,
    identity: str,
    total: int,
    best: int,
    noun: str,
    drawn: bool,
    colours: Sequence[str],
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
        colours: Of its classes.
    """
    predicted, sure = made.probabilities.argmax(-1), made.probabilities.max(-1)
    return {
        "identity": identity,
        "classes": list(made.classes),
        "colours": list(colours),
        "wrong": WRONG,
        "epochs": made.epochs.tolist(),
        "start": int(np.abs(made.epochs - best).argmin()),
        "said": [sentence(made, frame, total, noun) for frame in range(len(made.epochs))],
        "about": about(made, noun),
        "along": axis_words(made, 0),
        "up": axis_words(made, 1) if len(made.axes) != 1 else "spread so that all can be seen",
        "upwards": len(made.axes) != 1,
        "ends": ends_words(made),
        "count": len(made.files),
        "names": [Path(file).name for file in made.files],
        "labels": packed(made.labels, np.uint8),
        "validation": packed(made.is_validation, np.uint8),
        "places": packed(_scaled(made), "<i2"),
        "predicted": packed(predicted, np.uint8),
        "sure": packed((sure * 255).round(), np.uint8),
        "grid": GRID,
        "winners": packed(made.surface.argmax(-1), np.uint8),
        "surface": packed((made.surface.max(-1) * 255).round(), np.uint8),
        "sheet": jpeg_address(sheet.jpeg) if sheet else "",
        "columns": sheet.columns if sheet else 1,
        "edge": sheet.edge if sheet else 1,
        "drawn": drawn,
        "rows": bool(made.files) and is_row_name(made.files[0]),
    }


def sentence(made: PictureMap, frame: int, total: int, noun: str) -> str:
    """Returns what one epoch of the map shows, for example "Epoch 3 of 30: 140 of 153 validation photos right"."""
    right = (made.probabilities[frame].argmax(-1) == made.labels)[made.is_validation]
    return f"Epoch {made.epochs[frame]} of {total}: {right.sum()} of {len(right)} validation {noun} right."


def axis_words(made: PictureMap, axis: int) -> str:
    """Returns what an axis is: "angle of qubit 2", "value of hidden unit 3", or a direction among the features."""
    if made.model.spec.is_hidden:
        what = "angle" if made.model.spec.has_circuit else "value"
        return f"{what} of {made.model.spec.unit} {made.axes[axis]}"
    if axis == 0:
        return "the direction that decides" if len(made.classes) == 2 else "where scores part the most"
    return "the widest direction beside it" if len(made.classes) == 2 else "where they part the most beside"


def ends_words(made: PictureMap) -> list[str]:
    """Returns what both ends of the axes are called."""
    if made.model.spec.has_circuit:
        return ["−π/2", "π/2"]
    return [f"{made.low:.3g}", f"{made.high:.3g}"]


def about(made: PictureMap, noun: str) -> str:
    """Returns what the map is, for those who do not see it."""
    if not made.model.spec.is_hidden:
        return f"Map of {len(made.files)} {noun} on a plane among their features, over what the linear layer decides."
    axes = " and ".join(str(axis) for axis in made.axes)
    what, who = ("angles", "circuit") if made.model.spec.has_circuit else ("values", "head")
    shown = f"Map of {len(made.files)} {noun} by the {what} of {made.model.spec.unit} {axes}"
    return f"{shown}, over what the {who} decides there."


def _scaled(made: PictureMap) -> np.ndarray:
    """Places from -INT16_SCALE at one end of the axes to INT16_SCALE at the other."""
    middle, half = (made.high + made.low) / 2, (made.high - made.low) / 2
    return ((made.places - middle) / half * INT16_SCALE).clip(-INT16_SCALE, INT16_SCALE).round()
