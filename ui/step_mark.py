"""Marks in the diagram where the walk through the circuit stands, without drawing the diagram again.

A box laid behind the diagram by style alone: a chart drawn anew at every step would flicker, and a large one is slow.
"""

from __future__ import annotations

from qtl_core.drawing.scene import CELL, TOP, Scene
from qtl_core.inside import Step
from ui.scripts import stylesheet


def mark_style(scene: Scene, step: Step | None) -> str:
    """Returns the style that marks the column of a step, or a folded layer as a whole; none before the first step."""
    extent = step and (_column(scene, step) or _band(scene, step))
    if not extent:
        return "<style></style>"
    left, right = extent
    box = {"left": left, "width": right - left, "top": TOP - 4, "height": scene.height - TOP}
    place = " ".join(f"--mark-{name}: {pixels:.0f}px;" for name, pixels in box.items())
    return f"{stylesheet('step_mark')}<style>.st-key-circuit_scroll {{ {place} }}</style>"


def _column(scene: Scene, step: Step) -> tuple[float, float] | None:
    """The extent of the step's gates from left to right, or None where they are folded away."""
    centres = {drawn.x for drawn in (*scene.tiles, *scene.links) if drawn.box.gate in step.gates}
    return (min(centres) - CELL / 2, max(centres) + CELL / 2) if centres else None


def _band(scene: Scene, step: Step) -> tuple[float, float] | None:
    return next(((band.left, band.right) for band in scene.bands if band.section.title == step.section), None)
