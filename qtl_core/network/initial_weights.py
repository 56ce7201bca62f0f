"""The weights training starts from, made with numpy alone so that every engine starts from the same numbers."""

from __future__ import annotations

import math

import numpy as np

from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.heads import CIRCUIT, PRE_NET
from qtl_core.settings.parameters import DRESSED, hidden_width


def initial_weights(
    feature_size: int,
    classes: int,
    circuit: CircuitSettings,
    q_delta: float,
    seed: int,
    model: ModelSettings = DRESSED,
) -> dict[str, np.ndarray]:
    """Returns the head's initial weights, float32, by the parameter names of the PennyLane demo.

    Linear layers get torch's own distribution, uniform within 1/sqrt(inputs); the circuit's angles are normal
    with spread `q_delta` (radians), as in the recipe. All of it grows from `seed`.

    Returns:
        Of the dressed head pre_net.weight (qubits, feature_size), pre_net.bias (qubits,), q_params (weight_count,),
        post_net.weight (classes, qubits) and post_net.bias (classes,), in the order they are drawn; of others those
        that `settings.parameters.parameter_shapes` names.
    """
    generator = np.random.default_rng(seed)
    width = hidden_width(feature_size, classes, circuit, model)
    found: dict[str, np.ndarray] = {}
    if PRE_NET in model.spec.parts:
        found["pre_net.weight"], found["pre_net.bias"] = linear_layer(feature_size, width, generator)
    if CIRCUIT in model.spec.parts:
        found["q_params"] = (q_delta * generator.standard_normal(circuit.weight_count)).astype(np.float32)
    found["post_net.weight"], found["post_net.bias"] = linear_layer(width, classes, generator)
    return found


def linear_layer(inputs: int, outputs: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns the first weight (outputs, inputs) and bias (outputs,) of a linear layer, float32."""
    bound = 1 / math.sqrt(inputs)  # what torch's kaiming_uniform_(a=sqrt(5)) comes to
    weight = generator.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
    return weight, generator.uniform(-bound, bound, outputs).astype(np.float32)
