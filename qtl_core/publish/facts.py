"""Facts of a run that a page's scripts read: classes, transform, circuit, and how its doubt is worked out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from qtl_core.drawing.quantum_script import circuit_data
from qtl_core.evaluation.calibration import calibration_of_run, why_not_measured
from qtl_core.export.onnx_words import metadata
from qtl_core.inference.bundled import drawn_example
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import gate_matrix
from qtl_core.network.gates import Gate
from qtl_core.network.simulators.interpolation import axis_and_angle
from qtl_core.network.simulators.trace import steps_of
from qtl_core.pictures.decoding.limits import MAX_PIXELS, MAX_SIDE_RATIO
from qtl_core.publish import words
from qtl_core.publish.doubt import Doubt
from qtl_core.publish.numbers import number_facts
from qtl_core.runs.view import TrainedRun

EXAMPLES = 4
PARTS, MOST_ROWS = 6, 2_000  # states between two columns of gates, and in all, which take a moment each
# Those of ui/base/theme.py; a test holds them together.
STATE_COLOUR = "#5B7FE0"
CLASS_COLOURS = ("#00937A", "#8C6BC8", "#A87A00", "#4C8FD0", "#B4559A", "#8A7F5C")


def facts(view: TrainedRun, doubt: Doubt) -> dict[str, Any]:
    """Returns all of it, as JSON takes it."""
    has_circuit = view.prepared.settings.model.spec.has_circuit
    is_numbers = words.kind_of(view) == "numbers"
    about = {"numbers": number_facts(view)} if is_numbers else {"transform": _transform(view)}
    return about | {
        "classes": list(view.prepared.classes),
        "colours": list(CLASS_COLOURS),
        "most_pixels": MAX_PIXELS,
        "most_side_ratio": MAX_SIDE_RATIO,
        "temperature": temperature(view),
        "doubt": doubt.facts,
        "circuit": circuit_facts(view) if has_circuit else None,
        "examples": list(_examples(view)),
    }


def _transform(view: TrainedRun) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(metadata(view)["transform"])
    return said


def temperature(view: TrainedRun) -> float | None:
    """Returns what class scores are divided by where somebody wants percentages corrected; None where nothing fits."""
    return None if why_not_measured(view) else calibration_of_run(view).temperature


def circuit_facts(view: TrainedRun) -> dict[str, Any]:
    """Returns the circuit as it is drawn, and as the page turns its qubits."""
    circuit = build_circuit(view.prepared.settings.circuit)
    weights = view.checkpoint.best_weights["q_params"].ravel().tolist()
    steps = steps_of(circuit)
    return circuit_data(circuit) | {
        "steps": [[_turn(circuit.gates[index], weights) for index in step.gates] for step in steps],
        "parts": max(1, min(PARTS, MOST_ROWS // len(steps))),
        "state": STATE_COLOUR,
        "words": words.section_words(circuit, words.kind_of(view)),
    }


def _turn(gate: Gate, weights: list[float]) -> dict[str, Any]:
    """Returns a gate as a turn: about which axis, and by which angle, or by which of the picture's."""
    if len(gate.wires) == 2:
        return {"wires": gate.wires}
    if any(source.kind == "feature" for source in gate.angles):
        (source,) = gate.angles
        return {"wires": gate.wires, "axis": (0, 1, 0), "feature": source.index}
    axis, angle = axis_and_angle(gate_matrix(gate.kind, [weights[source.index] for source in gate.angles]))
    return {"wires": gate.wires, "axis": axis.tolist(), "angle": angle}


def _examples(view: TrainedRun) -> Iterator[dict[str, str]]:
    """Yields drawings that it did not learn from; other people's pictures stay where they are."""
    prepared = view.prepared
    if prepared.settings.data.source != "drawn" or prepared.from_elsewhere:
        return
    files = prepared.val_files
    for number in range(min(EXAMPLES, len(files))):
        name = "/".join(files[int((number + 0.5) * len(files) / EXAMPLES)].replace("\\", "/").split("/")[-3:])
        jpeg = base64.b64encode(drawn_example(name)).decode()
        yield {"name": name.split("/")[-2], "jpeg": jpeg}
