"""How many numbers a head trains, without building it."""

from __future__ import annotations

from qtl_core.settings import CircuitSettings


def parameter_count(feature_size: int, classes: int, circuit: CircuitSettings) -> int:
    """Returns how many numbers are trained; 2,086 for the paper's 512 features, 4 qubits, depth 6, 2 classes."""
    linear_in, linear_out = (feature_size + 1) * circuit.qubits, (circuit.qubits + 1) * classes
    return linear_in + circuit.weight_count + linear_out
