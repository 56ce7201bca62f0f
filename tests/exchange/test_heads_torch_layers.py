"""Heads made with PennyLane's own `TorchLayer` come in and answer as they do in PennyLane."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pennylane as qml
import pytest
import torch
from torch import Tensor, nn

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import HeadQuestions, HeadRequest
from qtl_core.exchange.heads.importing import read_head
from qtl_core.network.model import DressedQuantumNet as Ours
from qtl_core.network.model import load_head
from qtl_core.runs.view import RunView
from tests.helpers.made_heads import demo_hybrid, saved
from tests.helpers.made_networks import made_weights

EXACT = 1e-5


def quantum_layer(shape: tuple[int, ...], name: str = "weights", qubits: int = 4) -> qml.qnn.TorchLayer:
    """The demo's circuit as PennyLane's users put it into a layer; the angles come out of the weights in rows."""

    def circuit(inputs, weights):
        for wire in range(qubits):
            qml.Hadamard(wires=wire)
            qml.RY(inputs[..., wire], wires=wire)
        for row in weights.reshape(-1, qubits):
            for first in (0, 1):
                for wire in range(first, qubits - 1, 2):
                    qml.CNOT(wires=[wire, wire + 1])
            for wire in range(qubits):
                qml.RY(row[wire], wires=wire)
        return [qml.expval(qml.PauliZ(wire)) for wire in range(qubits)]

    named = {"weights": circuit, "theta": lambda inputs, theta: circuit(inputs, theta)}[name]
    node = qml.QNode(named, qml.device("default.qubit", wires=qubits), interface="torch")
    return qml.qnn.TorchLayer(node, {name: shape})


class Angles(nn.Module):
    """What the demo does between its first layer and its circuit."""

    def forward(self, values: Tensor) -> Tensor:
        return torch.tanh(values) * math.pi / 2


class Named(nn.Module):
    """A head with names of its author's own."""

    def __init__(self, shape: tuple[int, ...] = (6, 4)) -> None:
        super().__init__()
        self.down = nn.Sequential(nn.Linear(512, 4), Angles())
        self.qlayer = quantum_layer(shape, "theta")
        self.out = nn.Linear(4, 2)

    def forward(self, values: Tensor) -> Tensor:
        return self.out(self.qlayer(self.down(values)))


def in_a_row(shape: tuple[int, ...] = (6, 4), *, bias: bool = True) -> nn.Module:
    return nn.Sequential(nn.Linear(512, 4, bias=bias), Angles(), quantum_layer(shape), nn.Linear(4, 2, bias=bias))


def made(build: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng():
        torch.manual_seed(4)
        return build().eval()


def scores(view: RunView, features: Tensor) -> np.ndarray:
    prepared = view.prepared
    model = Ours(prepared.feature_size, len(prepared.classes), prepared.settings.circuit)
    load_head(model, view.checkpoint.best_weights)
    return model(features).detach().numpy()


def brought_in(state: dict) -> RunView:
    return read_head(HeadRequest(saved(state), "head.pt", HeadQuestions())).view


HEADS = {
    "in a row": in_a_row,
    "all weights in one row": lambda: in_a_row((24,)),
    "without biases": lambda: in_a_row(bias=False),
    "names of one's own": Named,
    "in a network": lambda: nn.ModuleDict({"model": nn.ModuleDict({"head": in_a_row()})}),
}


@pytest.mark.parametrize("way", HEADS)
@pytest.mark.parametrize("wrapped", [lambda state: state, lambda state: {"state_dict": state, "epoch": 1}])
def test_a_head_with_a_torch_layer_answers_as_in_pennylane(way, wrapped):
    model = made(HEADS[way])
    asked = model["model"]["head"] if way == "in a network" else model
    features = torch.randn(5, 512, generator=torch.Generator().manual_seed(1))
    view = brought_in(wrapped(dict(model.state_dict())))
    theirs = asked(features).detach().numpy()
    assert np.abs(scores(view, features) - theirs).max() < EXACT
    assert np.abs(theirs[0] - theirs[1]).max() > 1e-3  # else any head would pass


def test_a_whole_network_with_such_a_head_comes_along(tmp_path):
    weights = made_weights("resnet18", tmp_path)
    head = made(in_a_row)
    network = demo_hybrid(weights, head, drift=0.2)
    view = read_head(HeadRequest(saved(network.state_dict()), "h.pt", HeadQuestions(), str(weights))).view
    assert "batch norms" in " ".join(view.prepared.notes)
    features = torch.randn(3, 512, generator=torch.Generator().manual_seed(1))
    assert np.abs(scores(view, features) - head(features).detach().numpy()).max() < EXACT


def linear(outputs: int, inputs: int, front: str) -> dict[str, Tensor]:
    return {f"{front}.weight": torch.zeros(outputs, inputs), f"{front}.bias": torch.zeros(outputs)}


REFUSED = {
    "rows of another width": (
        linear(4, 512, "0") | {"1.weights": torch.zeros(6, 5)} | linear(2, 4, "2"),
        r"The shape \(6, 5\) of its quantum layer 1\.weights does not go with .*\(layers, 4\) is expected",
    ),
    "a last layer that takes others": (
        linear(4, 512, "0") | {"1.weights": torch.zeros(6, 4)} | linear(2, 5, "2"),
        r"the last must take 4 numbers",
    ),
    "no layer before it": ({"0.weights": torch.zeros(6, 4)} | linear(2, 4, "1"), r"\(qubits, features\)"),
    "two quantum layers": (
        linear(4, 512, "0") | {"1.weights": torch.zeros(6, 4), "2.weights": torch.zeros(6, 4)} | linear(2, 4, "3"),
        "read in 2 ways",
    ),
    "two quantum layers that do not fit": (
        linear(4, 512, "0") | {"1.weights": torch.zeros(6, 5), "2.theta": torch.zeros(3, 7)} | linear(2, 4, "3"),
        r"The shape \(6, 5\) of its quantum layer 1\.weights",
    ),
    "more linear layers than are named": (
        {"5.weights": torch.zeros(6, 5)}
        | {name: each for at in range(5) for name, each in linear(4, 8, str(at)).items()},
        r"\(0 turns 8 numbers into 4; 1 turns .*; 3 turns 8 numbers into 4\): ",
    ),
    "a classical head": (linear(4, 512, "0") | linear(4, 4, "1") | linear(2, 4, "2"), "There is no q_params in it"),
    "a norm between": (
        linear(4, 512, "0") | {"1.weights": torch.zeros(6, 4)} | linear(2, 4, "2") | {"3.running_mean": torch.zeros(4)},
        "3.running_mean is no part",
    ),
    "a layer before the first": (
        linear(64, 512, "0") | linear(4, 64, "1") | {"2.weights": torch.zeros(6, 4)} | linear(2, 4, "3"),
        "0.weight, 0.bias are no part",
    ),
}


def test_an_author_s_names_may_be_the_demo_s_for_the_linear_layers_alone():
    state = linear(4, 512, "pre_net") | {"q_layer.weights": torch.rand(6, 4)} | linear(2, 4, "post_net")
    view = brought_in(state)
    assert np.array_equal(view.checkpoint.best_weights["q_params"], state["q_layer.weights"].numpy().reshape(-1))


def test_a_quantum_layer_may_call_its_angles_a_weight_without_a_bias():
    state = linear(4, 512, "0") | {"1.weight": torch.rand(6, 4)} | linear(2, 4, "2")
    view = brought_in(state)
    assert np.array_equal(view.checkpoint.best_weights["q_params"], state["1.weight"].numpy().reshape(-1))


def test_angles_beside_their_linear_layers_may_be_called_as_what_holds_these():
    state = {"m": torch.rand(6, 4)} | linear(4, 512, "m.down") | linear(2, 4, "m.out")
    view = brought_in(state)
    assert np.array_equal(view.checkpoint.best_weights["q_params"], state["m"].numpy().reshape(-1))


@pytest.mark.parametrize("case", REFUSED)
def test_shapes_that_do_not_go_together_are_refused_with_those_that_would(case):
    state, words = REFUSED[case]
    with pytest.raises(UserError, match=f"(?s){words}"):
        brought_in(state)
