"""Names and counts the parameters of a head, without building it."""

from __future__ import annotations

import math

from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.heads import CIRCUIT, HEADS, POST_NET, PRE_NET

DRESSED = ModelSettings()
Shapes = dict[str, tuple[int, ...]]
# Parameters by the part of the head that they belong to.
PARAMETERS = {
    PRE_NET: ("pre_net.weight", "pre_net.bias"),
    CIRCUIT: ("q_params",),
    POST_NET: ("post_net.weight", "post_net.bias"),
}
PART_OF = {name: part for part, names in PARAMETERS.items() for name in names}


def hidden_width(feature_size: int, classes: int, circuit: CircuitSettings, model: ModelSettings = DRESSED) -> int:
    """Returns how many numbers a head's last layer reads: qubits, hidden units, or the features themselves.

    Of a bottleneck of width n, (features + 1) n + (n + 1) classes numbers learn: n is chosen so that these are as many
    as the dressed circuit has, or the nearest possible, and the smaller n of two that are equally near.
    """
    if model.head == "linear":
        return feature_size
    if model.head == "mlp":
        return model.hidden_units
    if model.head == "bottleneck":
        wanted = parameter_count(feature_size, classes, circuit) - classes
        return max(1, math.ceil(wanted / (feature_size + 1 + classes) - 0.5))
    return circuit.qubits


def parameter_shapes(
    feature_size: int, classes: int, circuit: CircuitSettings, model: ModelSettings = DRESSED
) -> Shapes:
    """Returns the shape of every parameter by its name, in the order of the PennyLane demo."""
    width = hidden_width(feature_size, classes, circuit, model)
    shapes: Shapes = {
        "pre_net.weight": (width, feature_size),
        "pre_net.bias": (width,),
        "q_params": (circuit.weight_count,),
        "post_net.weight": (classes, width),
        "post_net.bias": (classes,),
    }
    parts = HEADS[model.head].parts
    return {name: shape for name, shape in shapes.items() if PART_OF[name] in parts}


def parameter_count(feature_size: int, classes: int, circuit: CircuitSettings, model: ModelSettings = DRESSED) -> int:
    """Returns how many numbers a head has; 2,086 for the paper's 512 features, 4 qubits, depth 6, 2 classes."""
    return sum(math.prod(shape) for shape in parameter_shapes(feature_size, classes, circuit, model).values())
