"""Names and counts the parameters that a head trains, without building it."""

from __future__ import annotations

from qtl_core.settings import CircuitSettings


def parameter_count(feature_size: int, classes: int, circuit: CircuitSettings) -> int:
    """Returns how many numbers are trained; 2,086 for the paper's 512 features, 4 qubits, depth 6, 2 classes."""
    linear_in, linear_out = (feature_size + 1) * circuit.qubits, (circuit.qubits + 1) * classes
    return linear_in + circuit.weight_count + linear_out


def parameter_shapes(feature_size: int, classes: int, circuit: CircuitSettings) -> dict[str, tuple[int, ...]]:
    """Returns the shape of every parameter by its name, in the order of the PennyLane demo."""
    return {
        "pre_net.weight": (circuit.qubits, feature_size),
        "pre_net.bias": (circuit.qubits,),
        "q_params": (circuit.weight_count,),
        "post_net.weight": (classes, circuit.qubits),
        "post_net.bias": (classes,),
    }
