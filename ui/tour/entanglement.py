"""The fourth stop: two qubits and one gate."""

from __future__ import annotations

from ui.learn import entanglement

TITLE = "Entanglement"
TEXT = (
    "A **CNOT** gate turns one qubit over where another is 1. If that other one is in superposition, the two get tied "
    "together, and neither has a state of its own any more: they are **entangled**.\n\nOn the spheres one sees it as "
    "arrows that **shrink**: what is certain moves from each qubit to how the two go together. Turn qubit 0 to 90° "
    "and watch; then switch the CNOT off.\n\nEntanglement is what makes many qubits costly to simulate. It is not by "
    "itself of any use for telling ants from bees: that has to be seen, and is two stops before the end."
)
PAGE = ("pages/learn.py", "More on entanglement")


def show() -> None:
    """Shows two spheres and the gate between them."""
    entanglement.show(bell=False)
