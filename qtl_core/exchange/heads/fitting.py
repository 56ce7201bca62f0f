"""Finds the head in a state dict, and says in plain words where it does not fit what it is said to be."""

from __future__ import annotations

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import NAMES, Head, HeadFile, HeadQuestions, Reading, Tensors
from qtl_core.exchange.heads.plain_layers import plain_head, plain_model
from qtl_core.network.parameter_rows import DEMO, MOST_LAYERS, PAPER, USUAL_DEPTH, depth_of, layout_of, used_angles
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings.backbones import BACKBONES
from qtl_core.state_dicts.matching import ANGLES_KEY
from qtl_core.state_dicts.refusals import NotFinite, listed
from qtl_core.state_dicts.tensors import check_finite

NO_USABLE_HEAD = "The file holds no head that can be used."
OF_NO_CONSEQUENCE = ("criterion.", "loss", "metric", "train_", "val_", "test_")  # for what a network answers


def told_apart(state: Tensors) -> HeadFile:
    """Returns the head and the image network around it, if it has one.

    Raises:
        UserError: There is no head in it, or more than one, or something unknown beside it.
    """
    if not any(name.rpartition(".")[2] == ANGLES_KEY for name in state) and (plain := plain_head(state)):
        return plain
    prefix = _prefix(state)
    under = {name.removeprefix(prefix): values for name, values in state.items() if name.startswith(prefix)}
    head = {name: values for name, values in under.items() if name in NAMES}
    beside = {name: values for name, values in under.items() if name not in NAMES}
    outer = prefix.rstrip(".").rpartition(".")[0]  # where the whole network was part of something: "model.fc."
    around = {name: values for name, values in state.items() if not name.startswith(prefix)}
    backbone = {name.removeprefix(f"{outer}.") if outer else name: values for name, values in around.items()}
    if missing := [name for name in NAMES if name not in head]:
        raise _refused(f"{listed(missing)} of a DressedQuantumNet {_is(missing)} missing.")
    if unknown := _unknown(beside):
        raise _refused(f"{listed(unknown)} {_is(unknown)} no part of the demo's DressedQuantumNet.")
    return HeadFile(head, backbone | {f"{prefix}{name}": values for name, values in beside.items()}, prefix)


def _unknown(beside: Tensors) -> list[str]:
    """Returns what lies in the head's own place and is neither an image network beside it nor of no consequence."""
    network = any(values.ndim == 4 for values in beside.values())  # the kernels of its convolutions
    return [
        name
        for name in beside
        if "." not in name
        or name.startswith(("pre_net.", "post_net."))
        or not (network or name.lower().startswith(OF_NO_CONSEQUENCE))
    ]


def fitted(file: HeadFile, asked: HeadQuestions) -> Head:
    """Returns the head as it is said to be.

    Raises:
        UserError: Shapes, depth, classes or backbone do not go together; says which.
    """
    head = file.head
    if ANGLES_KEY not in head:
        return _fitted_plain(head, asked)
    features, qubits = _checked_linear(head, "pre_net")
    inputs, outputs = _checked_linear(head, "post_net")
    if inputs != qubits:
        raise _refused(f"pre_net gives {qubits} numbers (one a qubit), but post_net takes {inputs}.")
    _check_outputs(outputs, asked)
    _check_features(features, asked.backbone)
    weights = {name: np.ascontiguousarray(head[name], dtype=np.float32) for name in NAMES}
    rows, reading, others = readings(weights["q_params"], qubits, asked)
    weights["q_params"] = reading.angles
    _check_finite(weights)
    return Head(reading.circuit, weights, features, rows, reading.layout, others)


def _fitted_plain(head: Tensors, asked: HeadQuestions) -> Head:
    """Returns a head without a circuit as it is said to be; raises as `fitted` does."""
    model, circuit = plain_model(head, asked.head)
    first = "pre_net" if "pre_net.weight" in head else "post_net"
    features, _ = _checked_linear(head, first)
    _, outputs = _checked_linear(head, "post_net")
    _check_outputs(outputs, asked)
    _check_features(features, asked.backbone)
    weights = {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in head.items()}
    _check_finite(weights)
    return Head(circuit, weights, features, 0, "", model=model)


def _check_outputs(outputs: int, asked: HeadQuestions) -> None:
    if outputs < 2:
        raise _refused(f"It has {outputs} output, and needs one for each class, so two or more.")
    if outputs != len(asked.classes):
        raise UserError(
            f"The head has {outputs} outputs, and {len(asked.classes)} classes were named.",
            "",
            f"Name {outputs} classes, in the order of the outputs.",
        )


def rows_of(file: HeadFile) -> int:
    """Returns how many rows of angles a head holds, where each qubit has one angle a row; 0 without a circuit.

    Raises:
        UserError: They are no whole number of rows.
    """
    if ANGLES_KEY not in file.head:
        return 0
    _, qubits = _checked_linear(file.head, "pre_net")
    return _rows(file.head["q_params"], qubits)


def readings(q_params: np.ndarray, qubits: int, asked: HeadQuestions) -> tuple[int, Reading, tuple[Reading, ...]]:
    """Returns how many rows of angles there are, how they are read as said of them, and how else they could be.

    Raises:
        UserError: Rows, depth and layout do not go together.
    """
    circuit = asked.circuit(qubits, USUAL_DEPTH if asked.depth is None else asked.depth)
    rows = _rows(q_params, qubits * circuit.angles_per_rotation)
    depth = depth_of(rows, asked.depth, is_flat=q_params.ndim == 1)
    layout = layout_of(rows, depth, asked.layout)
    ways = {(PAPER, depth): rows > depth, (DEMO, depth): True, (DEMO, rows): rows <= MOST_LAYERS}

    def read(layout: str, depth: int) -> Reading:
        return Reading(layout, asked.circuit(qubits, depth), used_angles(q_params, rows, layout, depth))

    others = [way for way, can_be in ways.items() if can_be and way != (layout, depth) and depth]
    return rows, read(layout, depth), tuple(read(*way) for way in others)


def _prefix(state: Tensors) -> str:
    found = [name.removesuffix("q_params") for name in state if name.rpartition(".")[2] == "q_params"]
    if not found:
        raise _refused(f"There is no q_params in it, the circuit's angles; it holds {listed(list(state))}.")
    if len(found) > 1:
        raise _refused(f"There are {len(found)} heads in it.")
    return found[0]


def _checked_linear(head: Tensors, name: str) -> tuple[int, int]:
    """Returns how many numbers a linear layer takes and gives."""
    weight, bias = head[f"{name}.weight"], head[f"{name}.bias"]
    if weight.ndim != 2 or not weight.size or bias.shape != weight.shape[:1]:
        raise _refused(
            f"{name}.weight has the shape {weight.shape} and {name}.bias {bias.shape}, which is no linear "
            "layer: (outputs, inputs) and (outputs,) are."
        )
    return weight.shape[1], weight.shape[0]


def _check_features(features: int, backbone: str) -> None:
    spec = spec_of(backbone)
    if features != spec.feature_size:
        fitting = [other.title for other in BACKBONES.values() if other.feature_size == features]
        do = f"Choose the network it was trained with: {', '.join(fitting)}." if fitting else "No network here does."
        raise UserError(
            f"The head takes {features} features of a picture, and {spec.title} gives {spec.feature_size}.", "", do
        )


def _rows(q_params: np.ndarray, across: int) -> int:
    """Returns how many rows of angles there are, a row a layer, whether they lie flat or not."""
    row = q_params.shape[1:]
    if q_params.ndim > 3 or (row and int(np.prod(row)) != across):
        raise _refused(f"q_params has the shape {q_params.shape}, where rows of {across} angles are needed.")
    if q_params.size % across:
        raise _refused(f"q_params holds {q_params.size} angles: no whole number of layers of {across}.")
    return q_params.size // across


def _check_finite(weights: Tensors) -> None:
    import torch

    try:
        check_finite({name: torch.from_numpy(values) for name, values in weights.items()})
    except NotFinite as error:
        raise UserError(NO_USABLE_HEAD, f"{error.why} It could answer nothing.", error.do) from error


def _refused(why: str) -> UserError:
    return UserError(
        NO_USABLE_HEAD,
        why,
        "It must be a state dict of a DressedQuantumNet, the PennyLane demo's or the paper's, or of one or two linear "
        "layers.",
    )


def _is(names: list[str]) -> str:
    return "is" if len(names) == 1 else "are"
