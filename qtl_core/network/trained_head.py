"""A trained head of any kind as a torch module that gives its stages one by one, from features to class scores."""

from __future__ import annotations

from torch import Tensor, nn

from qtl_core.network.model import DressedQuantumNet, HeadWeights, HiddenLayerHead, LinearHead, build_head, load_head
from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.parameters import DRESSED


class TrainedHead(nn.Module):
    """A head with its trained weights.

    It takes features as the image network gives them; where the head was trained on standardised ones, they are
    standardised first.

    Args:
        weights: By parameter name, and what standardises the features where they were standardised.
        circuit: The circuit's settings.
        model: The kind of head.
    """

    def __init__(self, weights: HeadWeights, circuit: CircuitSettings, model: ModelSettings = DRESSED) -> None:
        super().__init__()
        first = weights["pre_net.weight"] if "pre_net.weight" in weights else weights["post_net.weight"]
        self.head = build_head(first.shape[1], len(weights["post_net.bias"]), circuit, model)
        load_head(self.head, weights)

    @property
    def post_net(self) -> nn.Linear:
        """The last layer, from the hidden numbers to class scores."""
        assert isinstance(self.head.post_net, nn.Linear)
        return self.head.post_net

    @property
    def q_params(self) -> nn.Parameter:
        """The trained angles of the circuit; only of a head with one."""
        assert isinstance(self.head, DressedQuantumNet), "this head has no circuit"
        return self.head.q_params

    def angles(self, features: Tensor) -> Tensor:
        """Returns the angle of every qubit, (rows, features) to (rows, qubits); (rows, 0) where there is no circuit."""
        if isinstance(self.head, DressedQuantumNet):
            return self.head.angles(features)
        return features.new_zeros(len(features), 0)

    def hidden(self, features: Tensor) -> Tensor:
        """Returns what the last layer reads, (rows, features) to (rows, width): see `head_scores.hidden_values`."""
        if isinstance(self.head, DressedQuantumNet):
            return self.head.expectations(features)
        assert isinstance(self.head, HiddenLayerHead | LinearHead)
        return self.head.hidden(features)

    def forward(self, features: Tensor) -> Tensor:
        """Returns class scores: (rows, features) to (rows, classes)."""
        scores: Tensor = self.post_net(self.hidden(features))
        return scores
