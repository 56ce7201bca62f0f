"""The dressed network: its shapes, its names, its size, and that all its randomness is its seed's."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
import torch

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.model import DressedQuantumNet, head_weights, load_head
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.settings import CircuitSettings
from qtl_core.settings.parameters import parameter_count
from tests.helpers import oracle

FEATURES = 20


def made(**options) -> DressedQuantumNet:
    """A small network; the circuit's angles spread wide enough to matter."""
    circuit = options.pop("circuit", CircuitSettings(3, 2))
    return DressedQuantumNet(FEATURES, options.pop("classes", 2), circuit, **{"q_delta": 1.0, **options})


def pictures(count: int = 5) -> torch.Tensor:
    return torch.randn(count, FEATURES, generator=torch.Generator().manual_seed(9))


def test_the_paper_s_parameter_count():
    model = DressedQuantumNet(512, 2, CircuitSettings())
    assert sum(values.numel() for values in model.parameters()) == 2086
    assert parameter_count(512, 2, CircuitSettings()) == 2086


@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize(
    "circuit", [CircuitSettings(), CircuitSettings(1, 0), CircuitSettings(6, 3, "ring", "rot", True)], ids=str
)
def test_any_number_of_classes_and_any_circuit(classes, circuit):
    model = made(circuit=circuit, classes=classes)
    assert model(pictures()).shape == (5, classes)
    assert sum(values.numel() for values in model.parameters()) == parameter_count(FEATURES, classes, circuit)


def test_parameter_names_and_shapes_are_the_demo_s():
    shapes = {
        name: tuple(values.shape) for name, values in DressedQuantumNet(512, 2, CircuitSettings()).named_parameters()
    }
    assert shapes == {
        "q_params": (24,),
        "pre_net.weight": (4, 512),
        "pre_net.bias": (4,),
        "post_net.weight": (2, 4),
        "post_net.bias": (2,),
    }


def test_forward_is_the_paper_s_formula():
    circuit = CircuitSettings(3, 2)
    model, images = made(circuit=circuit).double(), pictures().double()
    weights = head_weights(model)
    angles = np.tanh(images.numpy() @ weights["pre_net.weight"].T + weights["pre_net.bias"]) * math.pi / 2
    shaped = weights["q_params"].reshape(2, 3, 1)
    values = np.stack([oracle.expectations(row, shaped, "brick", "ry", False) for row in angles])
    scores = values @ weights["post_net.weight"].T + weights["post_net.bias"]
    assert np.abs(model.angles(images).detach().numpy() - angles).max() < 1e-12
    assert np.abs(model.expectations(images).detach().numpy() - values).max() < 1e-10
    assert np.abs(model(images).detach().numpy() - scores).max() < 1e-10


def test_either_simulator_runs_the_circuit():
    circuit = CircuitSettings(3, 2, "all", "rot", True)
    reference = made(circuit=circuit, simulator=PennyLaneSimulator(build_circuit(circuit)))
    assert (made(circuit=circuit)(pictures()) - reference(pictures())).abs().max() < 1e-5


def test_the_same_seed_gives_the_same_weights_and_another_one_others():
    one, same, other = (head_weights(made(seed=seed)) for seed in (3, 3, 4))
    assert one.keys() == same.keys() == other.keys() > {"q_params"}
    for name in one:
        assert np.array_equal(one[name], same[name])
        assert not np.array_equal(one[name], other[name])


def test_no_randomness_but_the_seed_s_is_used_or_moved():
    torch.manual_seed(1)
    np.random.seed(1)
    random.seed(1)
    before = torch.random.get_rng_state(), np.random.get_state()[1].copy(), random.getstate()
    first = head_weights(made(seed=3))
    torch.manual_seed(2)
    second = head_weights(made(seed=3))
    torch.manual_seed(1)
    made(seed=5)
    assert all(np.array_equal(first[name], second[name]) for name in first)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])
    assert random.getstate() == before[2]


def test_initial_weights_are_spread_as_the_recipe_says():
    weights = head_weights(DressedQuantumNet(512, 2, CircuitSettings(12, 20), q_delta=0.01, seed=1))
    bound = 1 / math.sqrt(512)
    assert np.abs(weights["pre_net.weight"]).max() <= bound
    assert abs(weights["pre_net.weight"].std() - bound / math.sqrt(3)) < 0.02 * bound
    assert np.abs(weights["post_net.weight"]).max() <= 1 / math.sqrt(12)
    assert abs(weights["q_params"].std() - 0.01) < 0.002


def test_no_spread_at_all_is_allowed():
    assert not head_weights(made(q_delta=0.0))["q_params"].any()


def test_weights_survive_a_round_trip_and_are_copies():
    model, other = made(seed=1), made(seed=2)
    weights = head_weights(model)
    load_head(other, weights)
    assert torch.equal(model(pictures()), other(pictures()))
    weights["q_params"][:] = 0
    assert not torch.equal(model.q_params, torch.zeros(6))
    assert not torch.equal(other.q_params, torch.zeros(6))


def test_a_head_of_another_shape_is_refused():
    with pytest.raises(RuntimeError, match="size mismatch"):
        load_head(made(), head_weights(made(circuit=CircuitSettings(4, 2))))
