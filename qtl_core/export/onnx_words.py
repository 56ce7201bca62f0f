"""The words of an ONNX file: what it takes in, gives and says of itself, and why there may be none; without torch."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from qtl_core.common.extras import Extra
from qtl_core.inference.number_answers import column_names
from qtl_core.inference.own_weights import weights_problem
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.backbones import InputTransform
from qtl_core.settings.groups import PRIVATE, is_of_network
from qtl_core.settings.heads import HeadSpec
from qtl_core.settings.readout_words import exact_words

EXTRA = Extra("onnx", ("onnx", "onnxscript"))
PICTURES, FEATURES = "pictures", "features"
PROBABILITIES, EXPECTATIONS, HIDDEN = "probabilities", "expectations", "hidden"
STAGE_FEATURES, STAGE_ANGLES = "stage_features", "stage_angles"


def input_name(view: TrainedRun) -> str:
    """Returns what the network takes in: "pictures", or "features" where a run learnt numbers."""
    return FEATURES if view.prepared.settings.data.is_numbers else PICTURES


def output_names(head: HeadSpec, *, stages: bool = False) -> tuple[str, ...]:
    """Returns what the network gives: a head without a circuit has no expectations, and a linear one nothing hidden.

    Args:
        head: The kind of head.
        stages: Whether it also gives what lies on the way to the answer.
    """
    if head.has_circuit:
        return (PROBABILITIES, EXPECTATIONS, *((STAGE_FEATURES, STAGE_ANGLES) if stages else ()))
    answer = (PROBABILITIES, HIDDEN) if head.is_hidden else (PROBABILITIES,)
    return (*answer, *((STAGE_FEATURES,) if stages else ()))


def why_no_onnx(view: TrainedRun) -> str:
    """Returns the sentences that say why a run cannot be written as ONNX here, or ""."""
    if why := why_no_head(view):
        return why
    if why := EXTRA.why_missing():
        return why
    problem = weights_problem(view)
    return str(problem) if problem else ""


def remarks(view: TrainedRun) -> tuple[str, ...]:
    """Returns what has to be said to whoever takes the file along."""
    head = view.prepared.settings.model.spec
    said = [] if head.has_circuit else [f"There is no circuit in this head, so the file gives {_given(head)}."]
    return (*said, *filter(None, [exact_words(view.prepared.settings)]))


def _given(head: HeadSpec) -> str:
    return "probabilities and the values of its hidden units" if head.is_hidden else "probabilities alone"


def metadata(view: TrainedRun, *, stages: bool = False) -> dict[str, str]:
    """Returns what the file says of itself: texts, most of them JSON, by name.

    Args:
        view: The run.
        stages: See `output_names`.
    """
    prepared = view.prepared
    settings = prepared.settings
    known = {
        "classes": list(prepared.classes),
        "inputs": _inputs(view),
        "outputs": {name: _OUTPUTS[name] for name in output_names(settings.model.spec, stages=stages)},
        "settings": shareable(prepared),
    }
    if not settings.data.is_numbers:
        spec = spec_of(settings.data.backbone)
        network = {"name": spec.name, "title": spec.title, "weights_sha256": prepared.weights_sha256}
        known |= {"transform": _transform(spec.transform), "backbone": network}
    texts = {name: json.dumps(value, ensure_ascii=False, sort_keys=True) for name, value in known.items()}
    if not settings.data.is_numbers:
        texts["licence"] = f"Of the image network: {spec.licence_of(prepared.weights_sha256)}"
    if left_out := exact_words(settings):
        texts["exact_circuit"] = left_out
    return texts


_OUTPUTS = {
    PROBABILITIES: "(N, classes), in the order of classes; each row adds up to 1",
    EXPECTATIONS: "(N, qubits), <Z> of every qubit after the circuit, -1 to 1",
    HIDDEN: "(N, hidden units), what the last layer reads",
    STAGE_FEATURES: "(N, features), what the image network makes of a picture",
    STAGE_ANGLES: "(N, qubits), what every qubit is turned by at the beginning of the circuit, radians",
}
_STEPS = "upright and on white; shorter side to resize; centre square of side crop; / 255; - mean; / std"


def _transform(transform: InputTransform) -> dict[str, Any]:
    kernel = f"{transform.interpolation}, antialiased"
    return asdict(transform) | {"steps": _STEPS, "interpolation": kernel, "channels": "red, green, blue"}


def _inputs(view: TrainedRun) -> dict[str, Any]:
    if view.prepared.settings.data.is_numbers:
        return {FEATURES: "float64 (N, columns), as in the table", "columns": list(column_names(view))}
    side = spec_of(view.prepared.settings.data.backbone).transform.crop
    return {PICTURES: f"float32 (N, 3, {side}, {side}), transformed as transform says"}


def shareable(prepared: Prepared) -> dict[str, dict[str, Any]]:
    """Returns a run's settings without paths of this machine; of a head from elsewhere those of its network alone."""
    is_told = is_of_network if prepared.from_elsewhere else lambda name: name not in PRIVATE
    found = {
        group: {name: value for name, value in values.items() if is_told(name)}
        for group, values in prepared.settings.to_dict().items()
    }
    return {group: values for group, values in found.items() if values}
