"""The two published heads as their users have them, written anew from their descriptions, and the files saved of them.

They share nothing with the project, and neither goes by the other: the PennyLane demo holds a row of angles a layer,
and layer k uses row k; the paper's own code (XanaduAI/quantum-transfer-learning) holds 15 rows, and layer k uses row
k + 1.
"""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pennylane as qml
import torch
from torch import Tensor, nn
from torchvision import models

MAX_LAYERS = 15  # rows of angles in the paper's heads, whatever the depth


class DemoHead(nn.Module):
    """The demo's `DressedQuantumNet`: `q_depth` rows of angles, one sample at a time."""

    def __init__(self, features: int = 512, qubits: int = 4, depth: int = 6, classes: int = 2):
        super().__init__()
        self.q_depth, self.n_qubits = depth, qubits
        self.pre_net = nn.Linear(features, qubits)
        self.q_params = nn.Parameter(0.8 * torch.randn(depth * qubits))
        self.post_net = nn.Linear(qubits, classes)
        self.quantum_net = qml.QNode(self._gates, qml.device("default.qubit", wires=qubits), interface="torch")

    def _gates(self, q_input_features: Tensor, q_weights_flat: Tensor):
        q_weights = q_weights_flat.reshape(self.q_depth, self.n_qubits)
        for wire in range(self.n_qubits):
            qml.Hadamard(wires=wire)
        for wire, angle in enumerate(q_input_features):
            qml.RY(angle, wires=wire)
        for layer in range(self.q_depth):
            for wire in range(0, self.n_qubits - 1, 2):
                qml.CNOT(wires=[wire, wire + 1])
            for wire in range(1, self.n_qubits - 1, 2):
                qml.CNOT(wires=[wire, wire + 1])
            for wire, angle in enumerate(q_weights[layer]):
                qml.RY(angle, wires=wire)
        return tuple(qml.expval(qml.PauliZ(wire)) for wire in range(self.n_qubits))

    def forward(self, input_features: Tensor) -> Tensor:
        q_in = torch.tanh(self.pre_net(input_features)) * np.pi / 2.0
        q_out = torch.stack([torch.hstack(self.quantum_net(row, self.q_params)).float() for row in q_in])
        return self.post_net(q_out)


class PaperHead(nn.Module):
    """The paper's `Quantumnet`: `max_layers` rows of angles whatever `q_depth`, of which row 0 is never used."""

    def __init__(
        self, features: int = 512, qubits: int = 4, depth: int = 6, classes: int = 2, max_layers: int = MAX_LAYERS
    ):
        super().__init__()
        self.pre_net = nn.Linear(features, qubits)
        self.q_params = nn.Parameter(0.8 * torch.randn(max_layers * qubits))
        self.post_net = nn.Linear(qubits, classes)

        @qml.qnode(qml.device("default.qubit", wires=qubits), interface="torch")
        def q_net(q_in, q_weights_flat):
            q_weights = q_weights_flat.reshape(max_layers, qubits)
            for i in range(qubits):
                qml.Hadamard(wires=i)
            for i in range(qubits):
                qml.RY(q_in[i], wires=i)
            for k in range(depth):
                for i in [*range(0, qubits - 1, 2), *range(1, qubits - 1, 2)]:
                    qml.CNOT(wires=[i, i + 1])
                for i in range(qubits):
                    qml.RY(q_weights[k + 1, i], wires=i)
            return [qml.expval(qml.PauliZ(i)) for i in range(qubits)]

        self.q_net = q_net

    def forward(self, input_features: Tensor) -> Tensor:
        q_in = torch.tanh(self.pre_net(input_features)) * np.pi / 2.0
        q_out = torch.zeros(0, self.pre_net.out_features)
        for sample in q_in:
            q_out = torch.cat((q_out, torch.stack(self.q_net(sample, self.q_params)).float().unsqueeze(0)))
        return self.post_net(q_out)


def demo_head(seed: int = 0, **sizes: int) -> DemoHead:
    """A head with random weights, the same for the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return DemoHead(**sizes)


def paper_head(seed: int = 0, **sizes: int) -> PaperHead:
    """Likewise one of the paper's."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return PaperHead(**sizes)


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


def flipping_head(seed: int = 0) -> PaperHead:
    """One of the paper's, without bias, whose last layer turns every qubit over: read a row off, all answers swap."""
    head = paper_head(seed)
    with torch.no_grad():
        head.post_net.bias.zero_()
        head.q_params.zero_()
        head.q_params.view(MAX_LAYERS, -1)[6] = np.pi
    return head
