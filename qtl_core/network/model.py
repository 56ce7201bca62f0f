"""The head that is trained: a linear layer, the variational circuit, a linear layer (the "dressed" circuit)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from qtl_core.common import checks
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.initial_weights import initial_weights
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator
from qtl_core.settings import CircuitSettings

Simulator = Callable[[Tensor, Tensor], Tensor]
HeadWeights = Mapping[str, np.ndarray]  # parameter name -> values, as engines, checkpoints and files pass them on


class DressedQuantumNet(nn.Module):
    """Features -> angles -> circuit -> class scores, as in Mari et al. 2020, section 2.

    Parameter names are those of the PennyLane demo (`pre_net`, `q_params`, `post_net`), so that heads trained
    elsewhere fit.

    Args:
        feature_size: Length of the backbone's feature vector.
        classes: Number of classes.
        circuit: The circuit's settings.
        q_delta: Spread of the initial circuit angles.
        seed: All initial weights grow from it.
        simulator: What runs the circuit; by default the torch state vector.

    Raises:
        InputError: A size is no whole number from 1 on, or the settings are none of a circuit.
    """

    def __init__(
        self,
        feature_size: int,
        classes: int,
        circuit: CircuitSettings,
        *,
        q_delta: float = 0.01,
        seed: int = 0,
        simulator: Simulator | None = None,
    ) -> None:
        checks.instance("circuit", circuit, CircuitSettings)
        feature_size = checks.whole_number("feature_size", feature_size, 1)
        classes = checks.whole_number("classes", classes, 1, checks.MOST_CLASSES)
        super().__init__()
        self.pre_net = nn.utils.skip_init(nn.Linear, feature_size, circuit.qubits)
        self.q_params = nn.Parameter(torch.empty(circuit.weight_count))
        self.post_net = nn.utils.skip_init(nn.Linear, circuit.qubits, classes)
        self.simulator = simulator or StateVectorSimulator(build_circuit(circuit))
        load_head(self, initial_weights(feature_size, classes, circuit, q_delta, seed))

    def angles(self, features: Tensor) -> Tensor:
        """Returns the rotation angle of every qubit: (batch, features) to (batch, qubits), within -pi/2..pi/2.

        Raises:
            InputError: The features are of another shape.
        """
        checks.float_tensor(
            "features",
            features,
            (None, self.pre_net.in_features),
            (0, self.pre_net.in_features),
            says="(batch, features)",
        )
        return torch.tanh(self.pre_net(features)) * (math.pi / 2)

    def expectations(self, features: Tensor) -> Tensor:
        """Returns <Z> of every qubit: (batch, features) to (batch, qubits), within -1..1."""
        return self.simulator(self.angles(features), self.q_params)

    def forward(self, features: Tensor) -> Tensor:
        """Returns class scores (logits): (batch, features) to (batch, classes)."""
        return self.post_net(self.expectations(features))


def head_weights(model: nn.Module) -> dict[str, np.ndarray]:
    """Returns a copy of the model's weights as numpy arrays."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in model.state_dict().items()}


def load_head(model: nn.Module, weights: HeadWeights) -> None:
    """Sets the model's weights to copies of `weights`."""
    model.load_state_dict({name: torch.as_tensor(values) for name, values in weights.items()})
