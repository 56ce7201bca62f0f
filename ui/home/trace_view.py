"""The component that shows pictures on their way through a trained run, with a sentence or two at every stage.

Its code is `assets/walk.js`, which moves along the traces by itself; `quantum.js`, of `drawing`, draws qubits and
gates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import streamlit as st

from qtl_core.drawing.gate_readings import GateReading, degrees, read_gates
from qtl_core.drawing.quantum_script import circuit_data
from qtl_core.explain.forward_pass import STEPS_PER_COLUMN, PictureTrace
from qtl_core.explain.gate_effects import effect_words
from qtl_core.explain.walk_stages import CircuitStage, brief_circuit_words, circuit_stages
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.network.simulators.trace import Step, steps_of
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.view import TrainedRun
from ui.base.assets import asset, jpeg_address, packed, script

UNSURE = 60  # per cent: below it, an answer of two classes is said to be as good as none
NO_TRACE_YET = "Waking up the image network: the first answer follows as soon as it is ready."


def walk_stages(
    trace: PictureTrace, circuit: Circuit, network: str, learnt: str = "drawn", seen: str = ""
) -> tuple[CircuitStage, ...]:
    """Returns the stages of a walk: the picture, the features, those in the circuit, and the answer.

    Args:
        trace: The picture's way.
        circuit: What it goes through.
        network: What the image network is called.
        learnt, seen: What the run and its image network learnt from; see `picture_words`.
    """
    inside = circuit_stages(trace, circuit)
    end = inside[-1].end
    said = (
        f"{network}, a ready-made image network, turns it into {len(trace.explanation.features):,} numbers, "
        "called features."
    )
    before = CircuitStage(0, 0, picture_words(trace, learnt, seen)), CircuitStage(0, 0, said)
    return (*before, *inside, CircuitStage(end, end, answer_words(trace)))


def brief_stages(trace: PictureTrace, circuit: Circuit, network: str) -> tuple[CircuitStage, ...]:
    """Returns the four stages of a walk for whoever passes by: the picture, the features, the circuit, the answer.

    Args:
        trace: The picture's way.
        circuit: What it goes through.
        network: What the image network is called.
    """
    end = (len(trace.path) - 1) // STEPS_PER_COLUMN
    return (
        CircuitStage(0, 0, what_it_is(trace)),
        CircuitStage(0, 0, f"{network} turns it into {len(trace.explanation.features):,} numbers."),
        CircuitStage(0, end, brief_circuit_words(trace, circuit)),
        CircuitStage(end, end, f"The answer: {verdict_words(trace)}"),
    )


def what_it_is(trace: PictureTrace) -> str:
    """Says whether the picture is drawn."""
    return "A drawing made by this app." if trace.picture.drawn else "A real photo."


def picture_words(trace: PictureTrace, learnt: str = "drawn", seen: str = "") -> str:
    """Says what the picture is, and who may have learnt from it: the part trained here, or the image network before.

    Args:
        trace: The picture's way.
        learnt: What the trained part learnt from: a source of pictures, as the settings name it, or "elsewhere". Which
            pictures a folder holds, nobody knows.
        seen: What the image network learnt from, or "" where that is not known.
    """
    drawn, what = trace.picture.drawn, what_it_is(trace)
    before = f"; the image network has learnt from {seen}, perhaps this one too" if seen and not drawn else ""
    if learnt in ("folder", "dataset"):
        whose = "a folder" if learnt == "folder" else "a data set made here"
        return f"{what} The trained part learnt from the pictures of {whose}{before}."
    if learnt == "elsewhere":
        return f"{what} What the trained part learnt from is not known{before}."
    kind = "drawing" if drawn else "photo"
    others = f", but from other {kind}s" if (learnt == "drawn") == drawn else f", nor from any other {kind}"
    return f"{what} The trained part never learnt from it{others}{before}."


def answer_words(trace: PictureTrace) -> str:
    """Says what comes of it, and whether that is right."""
    return f"Measuring leaves one number a qubit, and a last small layer weighs them: {verdict_words(trace)}"


def verdict_words(trace: PictureTrace) -> str:
    """Returns the answer, how sure it is, and whether it is right: "ants, 98% sure, and that is right."."""
    prediction = trace.explanation.prediction
    verdict = "and that is right." if trace.is_right else f"and that is wrong: it shows {trace.picture.truth}."
    share = round(100 * prediction.probabilities[prediction.label])
    unsure = " (little more than tossing a coin)" if len(prediction.probabilities) == 2 and share < UNSURE else ""
    return f"{prediction.label}, {share}% sure{unsure}, {verdict}"


def column_words(trace: PictureTrace, circuit: Circuit) -> Iterator[str]:
    """Yields what every column of gates did to the picture's state, for whoever moves by hand."""
    steps = steps_of(circuit)
    layers = len({step.section for step in steps if step.section.startswith("layer")})
    readings = read_gates(circuit, trace.explanation.angles, trace.weights, trace.before)
    for number, step in enumerate(steps):
        before, after = (trace.path[each * STEPS_PER_COLUMN] for each in (number, number + 1))
        yield _step_words(step, [readings[gate] for gate in step.gates], before, after, layers)


def _step_words(step: Step, readings: Sequence[GateReading], before: np.ndarray, after: np.ndarray, layers: int) -> str:
    if step.section == "superposition":
        return f"The {len(before)} simulated qubits begin at 0, and a gate called H brings each halfway to 1."
    if step.section == "embedding":
        angles = ", ".join(degrees(reading.now[0]) for reading in readings)
        return f"A small layer boils the features down to an angle for every qubit, which turns it: {angles}."
    where = step.section.replace("layer ", "Layer ") + f" of {layers}"
    return f"{where}: {effect_words(readings, before, after)}"


INT16_SCALE = 32_767  # a coordinate of 1, as a signed 16-bit number
# Those of ui/base/theme.py, which a page that shows no chart need not wait for; a test holds them together.
STATE_COLOUR, WRONG_COLOUR = "#5B7FE0", "#DB2B54"
CLASS_COLOURS = ("#00937A", "#8C6BC8")


show_traces = st.components.v2.component(
    "picture_walks", html=asset("walk.html"), css=asset("walk.css"), js=script("packed", "quantum", "pace", "walk")
)


def traces_data(
    traces: Sequence[PictureTrace],
    run: TrainedRun,
    waiting: str = NO_TRACE_YET,
    total: int = 0,
    whens: Sequence[str] = (),
) -> dict[str, Any]:
    """Returns what `assets/walk.js` shows.

    Args:
        traces: Those there are; while there is none, the circuit stands still and `waiting` is said.
        run: The run that they go through.
        waiting: What is said while there is no trace.
        total: How many there will be; by default as many as there are.
        whens: When each was computed, where that has to be said.
    """
    circuit = build_circuit(run.prepared.settings.circuit)
    return {
        "circuit": circuit_data(circuit),
        "parts": STEPS_PER_COLUMN,
        "classes": list(run.prepared.classes),
        "colours": list(CLASS_COLOURS),
        "state": STATE_COLOUR,
        "wrong": WRONG_COLOUR,
        "waiting": waiting,
        "total": total or len(traces),
        "walks": [
            trace_data(trace, run) | {"when": when}
            for trace, when in zip(traces, whens or [""] * len(traces), strict=True)
        ],
    }


def trace_data(trace: PictureTrace, run: TrainedRun) -> dict[str, Any]:
    """Returns one trace of a run as the scripts take it; see `walk_stages`."""
    explanation, most = trace.explanation, float(trace.explanation.features.max()) or 1.0
    circuit = build_circuit(run.prepared.settings.circuit)
    learnt = "elsewhere" if run.prepared.from_elsewhere else run.prepared.settings.data.source
    network = run.prepared.backbone_title
    seen = spec_of(run.prepared.settings.data.backbone).pretrained_on(run.prepared.weights_sha256)
    return {
        "id": trace.picture.file,
        "photo": jpeg_address(trace.jpeg),
        "drawn": trace.picture.drawn,
        "truth": trace.picture.truth,
        "features": packed((explanation.features.clip(0) / most * 255).round(), np.uint8),
        "path": packed((trace.path * INT16_SCALE).round(), "<i2"),
        "expectations": [round(float(value), 2) for value in explanation.hidden],
        "label": explanation.prediction.label,
        "probabilities": [explanation.prediction.probabilities[name] for name in explanation.classes],
        "brief": _stages_data(brief_stages(trace, circuit, network)),
        "full": _stages_data(walk_stages(trace, circuit, network, learnt, seen)),
        "columns": list(column_words(trace, circuit)),
    }


def _stages_data(stages: Sequence[CircuitStage]) -> list[dict[str, Any]]:
    return [{"said": stage.said, "from": stage.first, "to": stage.end} for stage in stages]
