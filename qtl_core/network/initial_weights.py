"""The weights training starts from, made with numpy alone so that every engine starts from the same numbers."""

from __future__ import annotations

import math

import numpy as np

from qtl_core.settings import CircuitSettings


def initial_weights(
    feature_size: int, classes: int, circuit: CircuitSettings, q_delta: float, seed: int
) -> dict[str, np.ndarray]:
    """Returns the head's initial weights, float32, by the parameter names of the PennyLane demo.

    Linear layers get torch's own distribution, uniform within 1/sqrt(inputs); the circuit's angles are normal
    with spread `q_delta` (radians), as in the recipe. All of it grows from `seed`.

    Returns:
        pre_net.weight (qubits, feature_size), pre_net.bias (qubits,), q_params (weight_count,),
        post_net.weight (classes, qubits) and post_net.bias (classes,), in the order they are drawn.
    """
    generator = np.random.default_rng(seed)
    pre_weight, pre_bias = linear_layer(feature_size, circuit.qubits, generator)
    q_params = (q_delta * generator.standard_normal(circuit.weight_count)).astype(np.float32)
    post_weight, post_bias = linear_layer(circuit.qubits, classes, generator)
    return {
        "pre_net.weight": pre_weight,
        "pre_net.bias": pre_bias,
        "q_params": q_params,
        "post_net.weight": post_weight,
        "post_net.bias": post_bias,
    }


def linear_layer(inputs: int, outputs: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns the first weight (outputs, inputs) and bias (outputs,) of a linear layer, float32."""
    bound = 1 / math.sqrt(inputs)  # what torch's kaiming_uniform_(a=sqrt(5)) comes to
    weight = generator.uniform(-bound, bound, (outputs, inputs)).astype(np.float32)
    return weight, generator.uniform(-bound, bound, outputs).astype(np.float32)
