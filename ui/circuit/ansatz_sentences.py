"""The meaning of an ansatz's figures, in sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.drawing.gate_readings import NAMES
from qtl_core.network.analysis.barren_plateaus import PlateauPoint
from qtl_core.network.analysis.expressibility import SampledStates
from qtl_core.network.analysis.resources import Counts
from qtl_core.settings import CircuitSettings, spec_of

HALVING = 0.6  # by which a variance may shrink with a qubit and still be said to about halve
FINEST = 4  # decimals
SURE = 2  # standard errors: a difference of less may be chance
SURE_OF_FADING = 3  # the range was chosen by looking at the points, so two are too few
FEWEST_FOR_A_TREND = 4  # numbers of qubits: a line through fewer would nearly always fit
TINY = 1e-12


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
        ("Circuits measured for the gradient of one input", counts.shifted),
    ]
    return "\n".join(["| What | How many |", "| --- | --- |", *(f"| {what} | {number} |" for what, number in rows)])


def cone_words(counts: Counts) -> str:
    """Says how much of what is embedded the outputs can see."""
    seen, wires = [len(cone.pictures) for cone in counts.cones], len(counts.cones)
    if wires == 1:
        return "The only output can depend on the only embedded angle."
    if min(seen) == wires:
        return f"Every output can depend on all {wires} embedded angles."
    many = f"{min(seen)}" if min(seen) == max(seen) else f"between {min(seen)} and {max(seen)}"
    return f"An output can depend on {many} of the {wires} embedded angles; it does not see the others."


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
        words.append(
            "RY and CNOT keep every amplitude a real number, so states with other phases stay out of its reach."
        )
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
    """Says how the gradient fades, with one factor only for the numbers of qubits over which one factor holds."""
    if len(points) < FEWEST_FOR_A_TREND:
        return "Not enough was measured to tell."
    first, last = points[0], points[-1]
    ends = f"from {_small(first.variance)} at {first.qubits} qubits to {_small(last.variance)} at {last.qubits}"
    said = f"The variance goes {ends}."
    found = fading(points)
    if found is None:
        return f"{said} No one factor a qubit describes it, not even for the largest circuits alone."
    span = f"from {found.first} to {found.last} qubits"
    only = "" if found.first == first.qubits else f" Only {span} does one factor a qubit fit:"
    trend = f"{said}{only or f' It fits one factor {span}:'} times {with_error(found.factor, found.error)} for every "
    trend += f"further qubit (the fit misses the points by {found.miss:.1f} of their standard errors)."
    if found.factor + SURE_OF_FADING * found.error >= 1:
        return f"{trend} There it does not fade, as far as these samples can tell."
    if found.factor > HALVING:
        return f"{trend} There it fades, but less than by half with every qubit."
    return (
        f"{trend} It about halves with every qubit, or worse: this is a barren plateau, and wide circuits learn slowly."
    )


@dataclass(frozen=True)
class Trend:
    """One factor for every further qubit, and where it holds.

    Attributes:
        first, last: The range of qubits over which it fits.
        factor, error: What the variance is multiplied by for each further qubit, and its standard error.
        miss: Root mean square of how far the points lie from the fit, in their standard errors.
    """

    first: int
    last: int
    factor: float
    error: float
    miss: float


def fading(points: Sequence[PlateauPoint]) -> Trend | None:
    """Fits a straight line through the logarithms of the variances, over as many of the largest circuits as it fits.

    What counts is how the gradient goes on, so the range ends at the largest circuit and begins as early as the line
    stays within the points' errors: chi squared at most one standard deviation above its degrees of freedom. A looser
    bound would draw one slope through the end of the fall and the flat part behind it.

    Returns:
        The trend, or None if not even the last `FEWEST_FOR_A_TREND` points lie on a line.
    """
    for start in range(len(points) - FEWEST_FOR_A_TREND + 1):
        qubits, logs, weights = np.array(
            [(each.qubits, math.log(each.variance), each.variance / max(each.error, TINY)) for each in points[start:]]
        ).T
        (slope, offset), spread = np.polyfit(qubits, logs, 1, w=weights, cov="unscaled")
        misses = np.square(weights * (logs - slope * qubits - offset))
        free = len(qubits) - 2
        if misses.sum() <= free + math.sqrt(2 * free):
            factor = math.exp(slope)
            error = factor * math.sqrt(spread[0, 0])
            return Trend(points[start].qubits, points[-1].qubits, factor, error, math.sqrt(misses.mean()))
    return None


def _label(settings: CircuitSettings, name: str) -> str:
    labels = {choice.value: choice.label for choice in spec_of(settings, name).choices}
    return labels[getattr(settings, name)].partition(" (")[0]


def _small(value: float) -> str:
    return f"{value:.3f}" if value >= 0.01 else f"{value:.2g}"
