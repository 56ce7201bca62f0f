"""Colours with one meaning everywhere, and the base layout of every chart.

A colour drawn as a line or a point has a contrast of 3 or more on both backgrounds of .streamlit/config.toml, and
pairs shown together stay apart under simulated colour blindness; tests/pages/test_theme.py holds both. Gates are
filled areas with an outline and a name, so their fills may be paler or darker. Hues start from the palette of
Okabe and Ito (2008), moved where one of the two backgrounds needed it.

To give a new thing a colour: add a named constant here with its meaning, and use the name only.
"""

from __future__ import annotations

from typing import Any

# Not used here: Plotly asks a half-imported pandas for what it does not have yet, so a table shown to one person for
# the first time would break the chart drawn for another. Whoever draws imports this module, and so waits for pandas.
import pandas  # noqa: F401

from qtl_core.compare import charts
from qtl_core.drawing.plotly_parts import plotly_layout as plotly_layout

TRAINING = charts.TRAINING  # everything measured on training pictures
VALIDATION = charts.VALIDATION  # everything measured on validation pictures
PUBLISHED = "#8A8D94"  # somebody else's result, drawn faintly behind ours
PUBLISHED_OPACITY = 0.6
WRONG = "#DB2B54"  # a prediction that is not the true class; always beside a sign or a word, as a right one has

# Classes in alphabetical order; the first pair is the one that two-class sets (ants, bees) are drawn in.
CLASSES = ("#00937A", "#8C6BC8", "#A87A00", "#4C8FD0", "#B4559A", "#8A7F5C")

SUPERPOSITION = "#9AA5B1"  # the Hadamards that open the recipe's circuit
EMBEDDING = "#56B4E9"  # gates whose angle comes from the picture
ENTANGLING = "#332E6B"  # gates that join two wires
TRAINED_ROTATION = "#E69F00"  # gates whose angle is learnt
MEASUREMENT = "#5B6B2F"
# Two states on a Bloch sphere, so that one sees how a gate turns all of it.
STATE_ZERO = "#5B7FE0"
STATE_PLUS = "#C2498F"
GATE_FAMILIES = {
    "superposition": SUPERPOSITION,
    "embedding": EMBEDDING,
    "entangling": ENTANGLING,
    "trained rotation": TRAINED_ROTATION,
    "measurement": MEASUREMENT,
}

# Importance of a gate, where the diagram shows that; every gate has its figure as well.
HELPS, HARMS = "#00937A", "#DB2B54"

# Two choices of ansatz in one chart; each is named at its curve, and they differ in dash and sign as well.
ANSATZ, OTHER_ANSATZ = "#7A6BD9", "#B0701F"

# A start that was carried over from another run, and one from scratch; named at their curves, which differ in dash.
CARRIED, SCRATCH = "#8E5BD0", "#6B7F1F"

# Up to eight runs set beside each other: those that the files of the same charts are drawn in.
RUNS = charts.COLOURS


def class_colour(index: int) -> str:
    """The colour of the class at `index` of the alphabetical class names; beyond the sequence it starts again."""
    return CLASSES[index % len(CLASSES)]


def epoch_ticks(epochs: int) -> dict[str, Any]:
    """Returns an axis's ticks of so many epochs: whole numbers, each once (Plotly would write 1, 1, 2, 2 of two)."""
    return {"tickformat": "d", "dtick": 1 if epochs <= 12 else None}
