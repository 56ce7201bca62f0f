"""Effects of gates on the state of one picture, in words chosen from the state before and after them.

All captions of gates are made here. Every one speaks of Bloch vectors ("arrows") of the qubits' own states: by how far
a direction turned, and how length and entropy changed. A length below 1 means that a qubit is entangled; how long an
arrow looks on the screen says nothing, since it may point towards whoever looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from qtl_core.drawing.gate_readings import GateReading, degrees, origin_words
from qtl_core.network.entanglement import qubit_entropies

HARDLY = 0.99  # arrows longer than this are said to be hardly entangled: at most 0.05 bit
UNCHANGED_BITS = 0.005  # of entropy: rounding would show no difference
WITHOUT_DIRECTION = 0.05  # an arrow that is shorter points nowhere to speak of
NOTICED_DEGREES = 1.0
MOST_ANGLES = 5  # in a sentence; of more the largest is named


def effect_words(readings: Sequence[GateReading], before: np.ndarray, after: np.ndarray) -> str:
    """Says in a sentence what gates that act at once did to the state.

    Args:
        readings: The gates, all of one kind, at least one.
        before: Bloch vectors of all qubits before them, shape (wires, 3).
        after: The same after them.
    """
    wires = sorted({wire for reading in readings for wire in reading.gate.wires})
    if readings[0].gate.kind == "CNOT":
        return entangling_words(wires, before, after, gates=len(readings))
    if len(readings) == 1:
        return f"{_rotation_words(readings)} {_alone_words(wires[0], before, after)}"
    return _rotation_words(readings)


def entangling_words(wires: Sequence[int], before: np.ndarray, after: np.ndarray, gates: int = 1) -> str:
    """Says whether CNOT gates entangled the qubits they join, and which arrow they turned the most.

    Args:
        wires: The qubits they act on.
        before, after: Bloch vectors of all qubits, shape (wires, 3).
        gates: How many gates they are.
    """
    subject = "The CNOT gates" if gates > 1 else "The CNOT gate"
    turned = _turned_words(list(wires), before, after)
    return f"{subject} {entangling_change(wires, before, after, gates, ' here')}{turned}."


def entangling_change(wires: Sequence[int], before: np.ndarray, after: np.ndarray, gates: int, place: str = "") -> str:
    """Returns what CNOT gates did to the entanglement of qubits: "do not entangle the qubits: every arrow ...".

    Args:
        wires: The qubits that are looked at.
        before, after: Bloch vectors of all qubits, shape (wires, 3).
        gates: How many gates they are.
        place: What follows "the qubits" where it is known where they stand.
    """
    plural = "" if gates > 1 else "s"
    which = list(wires)
    lengths = _lengths(before)[which], _lengths(after)[which]
    change = qubit_entropies(after)[which] - qubit_entropies(before)[which]
    shortest = float(np.min(lengths))
    most = int(np.abs(change).argmax())
    if shortest >= 1 - 5e-5:
        how = "do not entangle" if gates > 1 else "does not entangle"
        return f"{how} the qubits{place}: every arrow keeps its full length"
    if shortest > HARDLY:
        kept = f"every arrow keeps at least {_length(shortest)} of its length"
        return f"hardly entangle{plural} the qubits{place}: {kept}"
    if abs(change[most]) < UNCHANGED_BITS:
        least = int(lengths[1].argmin())
        return (
            f"leave{plural} the qubits as entangled as they were: the shortest arrow, "
            f"qubit {which[least]}'s, has the length {_length(lengths[1][least])}"
        )
    return _change_words(which[most], before, after, plural)


def entanglement_words(vectors: np.ndarray) -> str:
    """Says in a sentence how entangled the qubits of a state are.

    Args:
        vectors: Bloch vectors, shape (wires, 3).
    """
    if len(vectors) < 2:
        return "A single qubit has nothing to be entangled with: its arrow has its full length."
    lengths, entropies = _lengths(vectors), qubit_entropies(vectors)
    least = int(lengths.argmin())
    if lengths[least] >= 1 - 5e-5:
        return "No qubit is entangled here: every arrow has its full length, however it points."
    if lengths[least] > HARDLY:
        return (
            f"The qubits are hardly entangled here: no arrow is shorter than {_length(lengths[least])}, "
            f"{_bits(entropies.max())} of entropy at most; one that looks short points towards you or away."
        )
    return (
        f"The shorter an arrow really is, the more its qubit is entangled with the others: most of all qubit {least}, "
        f"of length {_length(lengths[least])}, with {_bits(entropies[least])} of at most 1."
    )


def _change_words(wire: int, before: np.ndarray, after: np.ndarray, plural: str) -> str:
    lengths = [float(_lengths(vectors)[wire]) for vectors in (before, after)]
    bits = [float(qubit_entropies(vectors)[wire]) for vectors in (before, after)]
    grows = bits[1] > bits[0]
    much = "" if grows and lengths[0] > HARDLY else " more" if grows else " less"
    arrow, entropy = ("shrinks", "grows") if grows else ("grows", "falls")
    return (
        f"entangle{plural} qubit {wire}{much}: its arrow {arrow} from {_length(lengths[0])} to {_length(lengths[1])}, "
        f"its entropy {entropy} from {bits[0]:.2f} to {_bits(bits[1])}"
    )


def _turned_words(wires: Sequence[int], before: np.ndarray, after: np.ndarray) -> str:
    turns = {wire: _turn(before[wire], after[wire]) for wire in wires}
    wire = max(turns, key=lambda each: turns[each])
    return f"; qubit {wire}'s turns by {turns[wire]:.0f}°" if turns[wire] >= NOTICED_DEGREES else ""


def _turn(before: np.ndarray, after: np.ndarray) -> float:
    """The angle between two directions, degrees; 0 where one of them is none."""
    lengths = float(np.linalg.norm(before)), float(np.linalg.norm(after))
    if min(lengths) < WITHOUT_DIRECTION:
        return 0.0
    across, along = float(np.linalg.norm(np.cross(before, after))), float(before @ after)
    return math.degrees(math.atan2(across, along))  # exact also for small turns, where an arc cosine is not


def _rotation_words(readings: Sequence[GateReading]) -> str:
    subject = f"Qubit {readings[0].gate.wires[0]} is" if len(readings) == 1 else "Every qubit is"
    if readings[0].gate.kind == "H":
        return f"{subject} put halfway between 0 and 1."
    angles = [angle for reading in readings for angle in reading.now]
    listed = ", ".join(map(degrees, angles))
    if len(angles) > MOST_ANGLES:
        listed = f"up to {degrees(max(map(abs, angles)))} either way"
    from_where = origin_words(readings) if readings[0].is_trained else "this picture's own angle"
    if not readings[0].is_trained and len(readings) > 1:
        from_where += "s"
    return f"{subject} turned by {listed}: {from_where}."


def _alone_words(wire: int, before: np.ndarray, after: np.ndarray) -> str:
    """Says what one gate on one qubit did to its arrow, whose length it cannot change."""
    if (length := float(np.linalg.norm(after[wire]))) < WITHOUT_DIRECTION:
        return f"Its arrow has the length {_length(length)}, so there is nothing of it to turn."
    return f"Its arrow turns by {_turn(before[wire], after[wire]):.1f}° and keeps the length {_length(length)}."


def _lengths(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(vectors, axis=1))


def _length(value: float) -> str:
    """Two digits, or four where that much is needed to see that it is not 1; never rounded up to 1."""
    if value >= 1 - 5e-5:
        return "1"
    return f"{value:.2f}" if value <= HARDLY else f"{math.floor(value * 1e4) / 1e4:.4f}"


def _bits(value: float) -> str:
    return f"{value:.2f} bit" if value >= UNCHANGED_BITS else f"{value:.4f} bit"
