"""The four directions of transfer learning, and how many numbers the classical-to-quantum one trains.

Mari et al., Quantum 4, 340 (2020), name them by what was trained first and what is trained now: CC, CQ, QC, QQ.
"""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.settings import CircuitSettings


@dataclass(frozen=True)
class Direction:
    """One of the four.

    Attributes:
        key: Two letters: where it was trained, where it goes.
        title: In words.
        first: The network that is taken over, frozen.
        then: The one that is trained for the new task.
        text: What it is good for, and how far it has been tried.
    """

    key: str
    title: str
    first: str
    then: str
    text: str

    @property
    def kinds(self) -> tuple[bool, bool]:
        """Two flags, one for the first and one for the second network: True for a quantum one."""
        return self.key[0] == "Q", self.key[1] == "Q"


DIRECTIONS = {
    "CQ": Direction(
        "CQ",
        "Classical to quantum",
        "image network",
        "quantum circuit",
        "What this app does. A classical network that has learnt a great deal hands a few well-chosen numbers to a "
        "small circuit, which would have no way to take in a whole photo. It is the direction the paper dwells on; its "
        "image classifier was also run on two quantum computers, of IBM and of Rigetti.",
    ),
    "CC": Direction(
        "CC",
        "Classical to classical",
        "image network",
        "linear layer",
        "The everyday case, and the yardstick. A pre-trained network is kept, and only a last small layer is trained "
        "for the new task. On the photos of ants and bees it got 146 of 153 right in the published runs, and the "
        "circuit 148, which is within chance. Stop 9 of the tour trains both many times, on the pictures you have.",
    ),
    "QC": Direction(
        "QC",
        "Quantum to classical",
        "quantum circuit",
        "classical network",
        "A trained quantum circuit is kept as a maker of features, and a classical network is trained on what it "
        "measures. It would suit data that is quantum to begin with, such as what a quantum sensor sends, more than "
        "photos, which a classical network reads far better.",
    ),
    "QQ": Direction(
        "QQ",
        "Quantum to quantum",
        "quantum circuit",
        "quantum circuit",
        "The first gates of a circuit trained for one task are kept, and a few more gates are trained for another. "
        "Fewer are left to train than if all of them learnt. Telling quantum states apart is the paper's example: "
        "there the data itself is quantum.",
    ),
}


@dataclass(frozen=True)
class Trained:
    """The count of trained numbers in the dressed network: two linear layers and the circuit between them."""

    before: int
    circuit: int
    after: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.before + self.circuit + self.after


def trained_numbers(features: int, circuit: CircuitSettings, classes: int = 2) -> Trained:
    """Counts them: weights and offsets of the layers, and the circuit's angles."""
    wires = circuit.qubits
    return Trained(features * wires + wires, circuit.weight_count, wires * classes + classes)


def linear_numbers(features: int, classes: int = 2) -> int:
    """Counts the numbers of a plain linear layer in their place."""
    return features * classes + classes
