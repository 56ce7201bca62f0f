"""The PennyLane interpreter of the gate list: the reference that every faster engine is tested against."""

from __future__ import annotations

import pennylane as qml
import torch
from torch import Tensor

from qtl_core.common.checks import float_tensor, instance
from qtl_core.network.gates import AngleSource, Circuit

OPERATIONS = {"H": qml.Hadamard, "RY": qml.RY, "Rot": qml.Rot, "CNOT": qml.CNOT}


class PennyLaneSimulator:
    """Runs a circuit as a PennyLane QNode, differentiable through torch.

    Args:
        circuit: The gate list.
        device: Name of any PennyLane device.
        batched: One call for the whole batch (parameter broadcasting), or one call a sample as published.
        diff_method: How PennyLane differentiates, for example "backprop", "adjoint" or "best".
    """

    def __init__(
        self, circuit: Circuit, device: str = "default.qubit", *, batched: bool = True, diff_method: str = "best"
    ) -> None:
        self.circuit, self.batched = instance("circuit", circuit, Circuit), batched
        self.qnode = qml.QNode(
            self._apply, qml.device(device, wires=circuit.wires), interface="torch", diff_method=diff_method
        )

    def __call__(self, angles: Tensor, weights: Tensor) -> Tensor:
        """Returns <Z> of every wire.

        Args:
            angles: Picture angles, shape (batch, wires), radians.
            weights: Trained angles, shape (weight_count,), radians.

        Returns:
            Expectation values, shape (batch, wires), dtype of `angles`.
        """
        float_tensor("angles", angles, (None, self.circuit.wires), (0, self.circuit.wires), says="(batch, wires)")
        float_tensor("weights", weights, (self.circuit.weight_count,), says="(weight_count,)")
        if self.batched:
            values = torch.stack(self.qnode(angles, weights), dim=-1)
            # A circuit without a single gate on the pictures' angles cannot occur: the embedding is always there.
            return values.to(angles.dtype)
        return torch.stack([torch.stack(self.qnode(row, weights)) for row in angles]).to(angles.dtype)

    def _apply(self, angles: Tensor, weights: Tensor) -> list[qml.measurements.ExpectationMP]:
        def value(source: AngleSource) -> Tensor:
            return angles[..., source.index] if source.kind == "feature" else weights[source.index]

        for gate in self.circuit.gates:
            OPERATIONS[gate.kind](*map(value, gate.angles), wires=gate.wires)
        return [qml.expval(qml.PauliZ(wire)) for wire in range(self.circuit.wires)]
