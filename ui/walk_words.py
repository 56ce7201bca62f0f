"""What is said of a picture on its way through the network, a sentence or two at every stage."""

from __future__ import annotations

import math
from collections.abc import Iterator

from qtl_core.circuit import Circuit
from qtl_core.inside import Step, steps_of
from qtl_core.walks import PictureTrace

NO_WALK_YET = "Waking up the image network: the first answer follows as soon as it is ready."


def sentences(walk: PictureTrace, circuit: Circuit, network: str, learnt: str = "drawn") -> Iterator[str]:
    """Yields what is said of the picture, of the features, of every step in the circuit, and of the answer.

    Args:
        walk: The picture's way.
        circuit: What it goes through.
        network: What the image network is called.
        learnt: What the run learnt from: a source of pictures, as the settings name it.
    """
    yield picture_words(walk, learnt)
    features = f"{len(walk.explanation.features):,}"
    yield f"{network}, a ready-made image network, turns it into {features} numbers, called features."
    steps = steps_of(circuit)
    layers = len({step.section for step in steps if step.section.startswith("layer")})
    yield from (_step_words(step, walk, circuit, layers) for step in steps)
    yield answer_words(walk)


def picture_words(walk: PictureTrace, learnt: str = "drawn") -> str:
    """Says what the picture is, and what the network knows of it: nothing."""
    drawn = walk.picture.drawn
    what = "A drawing made by this app." if drawn else "A real photo."
    if learnt == "drawn":
        rest = ": it learnt from other drawings." if drawn else ", nor any other photo: it learnt from drawings alone."
    else:
        rest = ", nor any other drawing." if drawn else ": it learnt from other photos."
    return f"{what} The network has never seen it{rest}"


def answer_words(walk: PictureTrace) -> str:
    """Says what comes of it, and whether that is right."""
    prediction = walk.explanation.prediction
    verdict = "and that is right." if walk.is_right else f"and that is wrong: it shows {walk.picture.truth}."
    share = round(100 * prediction.probabilities[prediction.label])
    return (
        "Measuring leaves one number a qubit, and a last small layer weighs them: "
        f"{prediction.label}, {share} % sure, {verdict}"
    )


def _step_words(step: Step, walk: PictureTrace, circuit: Circuit, layers: int) -> str:
    gates = [circuit.gates[index] for index in step.gates]
    if step.section == "superposition":
        return f"The {circuit.wires} simulated qubits begin at 0, and a gate called H brings each halfway to 1."
    if step.section == "embedding":
        angles = ", ".join(f"{round(math.degrees(angle))}°".replace("-", "−") for angle in walk.explanation.angles)
        return f"A small layer boils the features down to an angle for every qubit, which turns it: {angles}."
    where = step.section.replace("layer ", "Layer ") + f" of {layers}"
    if any(len(gate.wires) == 2 for gate in gates):
        return f"{where}: CNOT gates join the qubits. An arrow that shrinks is no longer a state of its own: entangled."
    return f"{where}: every qubit is turned by an angle that was learnt in training."
