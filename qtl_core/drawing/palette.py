"""The colours of gates where nobody gives others."""

from __future__ import annotations

from collections.abc import Mapping

Palette = Mapping[str, str]  # family -> colour as #RRGGBB

PALETTE: Palette = {
    "superposition": "#9AA5B1",
    "embedding": "#56B4E9",
    "entangling": "#332E6B",
    "trained rotation": "#E69F00",
    "measurement": "#5B6B2F",
}
INK, PAPER, FAINT = "#20242E", "#FAF8F4", "#8A8D94"
DARK_FAMILIES = frozenset({"entangling", "measurement"})  # labels on these are white
PALEST = 0.18  # of a trained rotation that has not been turned, so that it still has its colour


def strengths(turned: Mapping[int, float]) -> dict[int, float]:
    """Returns the opacity of each trained gate: palest where training changed nothing, 1 where it changed most.

    Args:
        turned: By position in the gate list, how far each has been turned, radians.
    """
    most = max(turned.values(), default=0.0)
    return {gate: PALEST + (1 - PALEST) * (angle / most if most else 0.0) for gate, angle in turned.items()}


def label_on(family: str, strength: float) -> str | None:
    """Returns the colour of a label on a box, or None for the reader's own text colour, which any theme has."""
    if family in DARK_FAMILIES:
        return "#FFFFFF"
    return INK if family != "folded" and strength > 0.6 else None
