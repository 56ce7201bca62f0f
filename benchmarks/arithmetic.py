"""Counting: how many additions and multiplications the recipe's head training needs, part by part."""

from __future__ import annotations

# Per pair of amplitudes.
TURN = 6  # RY makes two numbers from two: four products, two sums
OVERLAP = 4  # a v - b u, added to the angle's slope
SIGNED_SUM = 3  # a difference added to the wire's sum, and a sum that the next wire goes on with
DOUBLE = 2  # the two values that a wire makes of one
# Adam per weight: 3 for the first moment, 4 for the second, 3 for the denominator, 3 for the step.
ADAM = 13


def epoch_flops(
    qubits: int, depth: int, feature_size: int, classes: int, *, train: int, val: int, batch_size: int
) -> dict[str, int]:
    """Returns the operations of an epoch by part, for a circuit of CNOTs and RY (real amplitudes).

    CNOTs move amplitudes and cost nothing; embedding and superposition are one product state.

    Args:
        qubits, depth: Size of the circuit.
        feature_size, classes: Inputs of the first and outputs of the last linear layer.
        train, val: Pictures trained on and validated with.
        batch_size: Pictures a step.
    """
    weights = (feature_size + 1) * qubits + depth * qubits + (qubits + 1) * classes
    linear = 2 * (feature_size + classes) * qubits  # forward: a product and a sum for every weight
    # Backward: as much again for the weights' gradient, and for the last layer also for its inputs'.
    linear_back = linear + 2 * classes * qubits
    forward, backward = circuit_flops(qubits, depth)
    return {
        "linear layers": (train + val) * linear + train * linear_back,
        "circuit": (train + val) * forward + train * backward,
        "Adam": -(-train // batch_size) * weights * ADAM,
    }


def circuit_flops(qubits: int, depth: int) -> tuple[int, int]:
    """Returns the operations of one picture's circuit, forwards to all <Z> and backwards to all angles."""
    size, turns = 2**qubits, qubits * depth
    pairs = size - 1  # of all wires together, where each halves or doubles what the one before left
    squares = size
    forward = pairs * DOUBLE + turns * size // 2 * TURN + squares + pairs * SIGNED_SUM
    observed = pairs * DOUBLE + size  # the sum of +-slopes for every amplitude, and a product with it
    backward = observed + (turns * size // 2 + pairs) * (2 * TURN + OVERLAP)
    return forward, backward
