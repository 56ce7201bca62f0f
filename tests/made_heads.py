"""The PennyLane demo's network as its users have it, and the files they save of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pennylane as qml
import torch
from torch import Tensor, nn
from torchvision import models

HELD = 15  # layers of angles in the published heads, whatever the depth


class DressedQuantumNet(nn.Module):
    """The demo's head: the first `depth` rows of angles are used, a sample at a time, two rows of CNOTs a layer."""

    def __init__(self, features: int = 512, qubits: int = 4, depth: int = 6, classes: int = 2, held: int = HELD):
        super().__init__()
        self.depth, self.qubits = depth, qubits
        self.pre_net = nn.Linear(features, qubits)
        self.q_params = nn.Parameter(0.8 * torch.randn(held * qubits))
        self.post_net = nn.Linear(qubits, classes)
        self.circuit = qml.QNode(self._gates, qml.device("default.qubit", wires=qubits), interface="torch")

    def _gates(self, angles: Tensor, weights: Tensor):
        for wire in range(self.qubits):
            qml.Hadamard(wires=wire)
        for wire in range(self.qubits):
            qml.RY(angles[wire], wires=wire)
        for layer in weights.reshape(-1, self.qubits)[: self.depth]:
            for first in (0, 1):
                for wire in range(first, self.qubits - 1, 2):
                    qml.CNOT(wires=[wire, wire + 1])
            for wire in range(self.qubits):
                qml.RY(layer[wire], wires=wire)
        return [qml.expval(qml.PauliZ(wire)) for wire in range(self.qubits)]

    def forward(self, features: Tensor) -> Tensor:
        angles = torch.tanh(self.pre_net(features)) * np.pi / 2
        return self.post_net(torch.stack([torch.stack(self.circuit(row, self.q_params)).float() for row in angles]))


def demo_head(seed: int = 0, **sizes: int) -> DressedQuantumNet:
    """A head with random weights, the same for the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return DressedQuantumNet(**sizes)


def demo_hybrid(weights: Path, head: nn.Module, drift: float = 0.0) -> nn.Module:
    """The demo's ResNet-18 with the head in place of `fc`; `drift` moves the running means of its batch norms."""
    network = models.resnet18()
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.fc = head
    for module in network.modules():
        if drift and isinstance(module, nn.BatchNorm2d):
            module.running_mean += drift
            module.num_batches_tracked += 61
    return network.eval()


def saved(state, *, legacy: bool = False) -> bytes:
    """What torch.save writes, as a zip archive or as the plain pickle of before torch 1.6."""
    file = io.BytesIO()
    torch.save(state, file, _use_new_zipfile_serialization=not legacy)
    return file.getvalue()


def as_on_cuda(content: bytes) -> bytes:
    """A legacy file as if it had been saved on a GPU: the storages' location is a plain string in its pickle."""
    return content.replace(b"X\x03\x00\x00\x00cpu", b"X\x06\x00\x00\x00cuda:0")
