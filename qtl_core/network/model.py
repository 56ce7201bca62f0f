"""The heads that are trained: the "dressed" circuit of the paper, and those without a circuit, as torch modules."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import Tensor, nn

from qtl_core.common import checks
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.head_scores import MEAN
from qtl_core.network.initial_weights import initial_weights
from qtl_core.network.simulators.torch_statevector import StateVectorSimulator
from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.parameters import DRESSED, hidden_width

Simulator = Callable[[Tensor, Tensor], Tensor]
HeadWeights = Mapping[str, np.ndarray]  # parameter name -> values, as engines, checkpoints and files pass them on


class Standardise(nn.Module):
    """Moves features by their mean and scales them, as they were over the training pictures; nothing of it learns."""

    mean: Tensor
    scale: Tensor

    def __init__(self, like: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros_like(like))
        self.register_buffer("scale", torch.ones_like(like))

    def forward(self, features: Tensor) -> Tensor:
        """Returns features of the same shape, (batch, features)."""
        return (features - self.mean) * self.scale


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
        self.standardise: nn.Module = nn.Identity()  # see `load_head`
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
        return torch.tanh(self.pre_net(self.standardise(features))) * (math.pi / 2)

    def expectations(self, features: Tensor) -> Tensor:
        """Returns <Z> of every qubit: (batch, features) to (batch, qubits), within -1..1."""
        return self.simulator(self.angles(features), self.q_params)

    def forward(self, features: Tensor) -> Tensor:
        """Returns class scores (logits): (batch, features) to (batch, classes)."""
        return self.post_net(self.expectations(features))


class LinearHead(nn.Module):
    """One linear layer from the features to class scores (logits)."""

    def __init__(self, feature_size: int, classes: int) -> None:
        super().__init__()
        self.standardise: nn.Module = nn.Identity()
        self.post_net = nn.utils.skip_init(nn.Linear, feature_size, classes)

    def hidden(self, features: Tensor) -> Tensor:
        """Returns what the last layer reads: the features, standardised where the head was trained so."""
        inputs: Tensor = self.standardise(features)
        return inputs

    def forward(self, features: Tensor) -> Tensor:
        """Returns class scores: (batch, features) to (batch, classes)."""
        scores: Tensor = self.post_net(self.hidden(features))
        return scores


class HiddenLayerHead(nn.Module):
    """Features -> linear -> tanh or ReLU -> linear -> class scores: the bottleneck, or an ordinary MLP."""

    def __init__(self, feature_size: int, width: int, classes: int, bend: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.standardise: nn.Module = nn.Identity()
        self.pre_net = nn.utils.skip_init(nn.Linear, feature_size, width)
        self.post_net = nn.utils.skip_init(nn.Linear, width, classes)
        self.bend = bend

    def hidden(self, features: Tensor) -> Tensor:
        """Returns the values of the hidden units: (batch, features) to (batch, width)."""
        return self.bend(self.pre_net(self.standardise(features)))

    def forward(self, features: Tensor) -> Tensor:
        """Returns class scores: (batch, features) to (batch, classes)."""
        scores: Tensor = self.post_net(self.hidden(features))
        return scores


def build_head(
    feature_size: int,
    classes: int,
    circuit: CircuitSettings,
    model: ModelSettings = DRESSED,
    *,
    q_delta: float = 0.01,
    seed: int = 0,
    simulator: Simulator | None = None,
) -> nn.Module:
    """Returns a head of any kind with its initial weights; arguments as of `DressedQuantumNet`.

    Raises:
        InputError: A size is no whole number from 1 on, or the settings are none of a circuit.
    """
    if model.spec.has_circuit:
        return DressedQuantumNet(feature_size, classes, circuit, q_delta=q_delta, seed=seed, simulator=simulator)
    feature_size = checks.whole_number("feature_size", feature_size, 1)
    classes = checks.whole_number("classes", classes, 1, checks.MOST_CLASSES)
    width = hidden_width(feature_size, classes, circuit, model)
    bend = torch.tanh if model.head == "bottleneck" else torch.relu
    head: nn.Module = LinearHead(feature_size, classes)
    if model.head != "linear":
        head = HiddenLayerHead(feature_size, width, classes, bend)
    load_head(head, initial_weights(feature_size, classes, circuit, q_delta, seed, model))
    return head


def head_weights(model: nn.Module) -> dict[str, np.ndarray]:
    """Returns a copy of the model's weights as numpy arrays."""
    return {name: tensor.detach().cpu().numpy().copy() for name, tensor in model.state_dict().items()}


def load_head(model: nn.Module, weights: HeadWeights) -> None:
    """Sets the model's weights to copies of `weights`; one whose features were standardised does so from then on."""
    if MEAN not in weights:
        model.standardise = nn.Identity()
    elif not isinstance(model.standardise, Standardise):
        first: nn.Linear = next(each for each in model.children() if isinstance(each, nn.Linear))
        model.standardise = Standardise(first.weight.detach()[0])
    model.load_state_dict({name: torch.as_tensor(values) for name, values in weights.items()})
