"""The fourth stop: two qubits and one gate."""

from __future__ import annotations

from ui.learn import entanglement

TITLE = "Entanglement"
TASK = "Turn qubit 0 to 90° and watch both arrows; then switch the CNOT off."
TEXT = (
    "A **CNOT** gate turns one qubit over where another is 1. If that other one is in a superposition, the two can "
    "become **entangled**: then neither has a sharp state of its own.\n\n"
    "On the spheres one sees it as arrows that get **shorter**: the more these two are entangled, the shorter both "
    "arrows.\n\n"
    "Entanglement is what makes many qubits costly to simulate. It is not by itself of any use for telling ants from "
    "bees: that has to be seen, at stop 9."
)
PAGE = ("pages/learn.py", "More on entanglement")


def show() -> None:
    """Shows two spheres and the gate between them."""
    entanglement.show(bell=False)
