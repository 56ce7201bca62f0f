"""The third stop: one qubit."""

from __future__ import annotations

from ui.learn import superposition

TITLE = "A qubit"
TASK = "Turn the qubit, and measure it a few times."
TEXT = (
    "A bit is 0 or 1. A **qubit** is an arrow on a sphere: at the top it is 0, at the bottom 1, and in between it is "
    "a **superposition** of the two. Gates turn the arrow.\n\n"
    "Looking ends it: a measurement gives 0 or 1, never anything between, and how near the arrow is to the top decides "
    "how often it is 0.\n\n"
    "Here all of this is **simulated**: an ordinary computer does the arithmetic, which for a few qubits it can."
)
PAGE = ("pages/learn.py", "More on superposition")


def show() -> None:
    """Shows the sphere to be turned, and what is measured."""
    superposition.show()
