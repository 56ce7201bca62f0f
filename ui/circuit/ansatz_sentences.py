"""The meaning of an ansatz's figures, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from qtl_core.drawing.gate_readings import NAMES
from qtl_core.network.analysis.barren_plateaus import PlateauPoint
from qtl_core.network.analysis.expressibility import SampledStates
from qtl_core.network.analysis.resources import Counts
from qtl_core.settings import CircuitSettings, spec_of

HALVING = 0.6  # by which a variance may shrink with a qubit and still be said to about halve
FINEST = 4  # decimals
SURE = 2  # standard errors: a difference of less may be chance


def describe(settings: CircuitSettings) -> str:
    """Returns for example "Brick, RY, depth 6"."""
    labels = [_label(settings, name) for name in ("entangler", "rotation")]
    return ", ".join([*labels, f"depth {settings.depth}", *(["re-uploading"] if settings.reuploading else [])])


def with_error(value: float, error: float) -> str:
    """Returns a figure with its standard error, to as many decimals as the error has a meaning: "0.764 ± 0.001"."""
    least = 10.0**-FINEST
    decimals = FINEST if error < least else max(2, min(FINEST, -math.floor(math.log10(error))))
    said = f"{error:.{decimals}f}" if error >= least else f"less than {least:.{FINEST}f}"
    return f"{value:.{decimals}f} ± {said}"


def counts_table(counts: Counts) -> str:
    """Returns the counts as a Markdown table."""
    kinds = ", ".join(f"{gates} × {NAMES[kind]}" for kind, gates in counts.kinds)
    rows = [
        ("Gates", f"{counts.gates} ({kinds})"),
        ("Two-qubit gates", counts.two_qubit),
        ("Depth, gates one after another", counts.depth),
        ("Trained angles", counts.trained),
    ]
    return "\n".join(["| What | How many |", "| --- | --- |", *(f"| {what} | {number} |" for what, number in rows)])


def cone_words(counts: Counts) -> str:
    """Says how much of the picture the outputs can see."""
    seen, wires = [len(cone.pictures) for cone in counts.cones], len(counts.cones)
    if wires == 1:
        return "The only output can depend on the picture's only angle."
    if min(seen) == wires:
        return f"Every output can depend on all {wires} of the picture's angles."
    many = f"{min(seen)}" if min(seen) == max(seen) else f"between {min(seen)} and {max(seen)}"
    return f"An output can depend on {many} of the picture's {wires} angles; it does not see the others."


def expressibility_words(found: SampledStates, settings: CircuitSettings) -> str:
    """Says how evenly the states of the circuit are spread over all there are."""
    chance = max(found.divergence_of_chance, 0.0)
    value = with_error(found.divergence, found.divergence_error)
    words = [f"**Expressibility: {value}.** 0 would be states spread as evenly as random ones; more is less even."]
    words.append(f"As many truly random pairs would show about {chance:.4f}, by chance.")
    if found.is_blind:
        bins = f"With {settings.qubits} qubits nearly all random pairs fall into the first of its 75 bins"
        words.append(f"{bins}, so here this figure hardly tells one circuit from another.")
    elif found.divergence - chance <= SURE * found.divergence_error:
        words.append("So these states cannot be told from random ones by it.")
    else:
        words.append("So this circuit reaches some kinds of states more than others.")
    if settings.rotation == "ry":
        words.append("RY and CNOT keep every amplitude a real number, so many states stay out of its reach.")
    return " ".join(words)


def entanglement_words(found: SampledStates, qubits: int) -> str:
    """Says how entangled the states of the circuit are."""
    if qubits == 1:
        return "**Entangling capability: none.** One qubit has no other to be entangled with."
    value = with_error(found.entanglement, found.entanglement_error)
    return (
        f"**Entangling capability: {value}.** 0 is no entanglement at all, 1 the most there can be; wholly random "
        f"states of {qubits} qubits have {found.entanglement_of_chance:.3f}."
    )


def plateau_words(points: Sequence[PlateauPoint]) -> str:
    """Says how the gradient fades from the first to the last number of qubits that was measured."""
    if len(points) < 2:
        return "Not enough was measured to tell."
    first, last = points[0], points[-1]
    factor, error = fading(points)
    ends = f"from {_small(first.variance)} at {first.qubits} qubits to {_small(last.variance)} at {last.qubits}"
    trend = f"The variance goes {ends}: times {with_error(factor, error)} for every further qubit, on average."
    if factor + SURE * error >= 1:
        return f"{trend} It does not fade, so more qubits do not take training its direction."
    if factor > HALVING:
        return f"{trend} It fades, but less than by half with every qubit."
    return (
        f"{trend} It about halves with every qubit, or worse: this is a barren plateau, and wide circuits learn slowly."
    )


def fading(points: Sequence[PlateauPoint]) -> tuple[float, float]:
    """Returns what the variance is multiplied by for every further qubit, on average, and its standard error."""
    first, last = points[0], points[-1]
    steps = last.qubits - first.qubits
    factor = (last.variance / first.variance) ** (1 / steps)
    return factor, factor / steps * math.hypot(first.error / first.variance, last.error / last.variance)


def _label(settings: CircuitSettings, name: str) -> str:
    labels = {choice.value: choice.label for choice in spec_of(settings, name).choices}
    return labels[getattr(settings, name)].partition(" (")[0]


def _small(value: float) -> str:
    return f"{value:.3f}" if value >= 0.01 else f"{value:.2g}"
