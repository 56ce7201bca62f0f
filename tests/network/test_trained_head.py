"""A head as a torch module says what the numpy forward pass says, stage by stage, for every head of the registry."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from qtl_core.network.head_scores import MEAN, SCALE, circuit_angles, class_scores, hidden_values
from qtl_core.network.trained_head import TrainedHead
from qtl_core.settings import CircuitSettings, ModelSettings
from qtl_core.settings.heads import HEADS
from tests.helpers.every_head import every_head, made_weights

CIRCUIT = CircuitSettings(qubits=3, depth=2, entangler="ring")
FEATURES = np.random.default_rng(5).uniform(0, 2, (6, 9)).astype(np.float32)
SINGLE = 1e-5


@every_head
def test_every_stage_is_that_of_the_numpy_forward_pass(head, standardise):
    model = ModelSettings(head)
    weights = made_weights(9, 3, CIRCUIT, model, standardise=standardise)
    module, given = TrainedHead(weights, CIRCUIT, model), torch.from_numpy(FEATURES)
    with torch.no_grad():
        angles, hidden, scores = module.angles(given).numpy(), module.hidden(given).numpy(), module(given).numpy()
    assert hidden == pytest.approx(hidden_values(CIRCUIT, weights, FEATURES, model), abs=SINGLE)
    assert scores == pytest.approx(class_scores(CIRCUIT, weights, FEATURES, model), abs=SINGLE)
    if HEADS[head].has_circuit:
        assert angles == pytest.approx(circuit_angles(weights, FEATURES), abs=SINGLE)
    else:
        assert angles.shape == (6, 0)


@pytest.mark.parametrize("head", HEADS)
def test_a_standardised_head_reads_features_moved_and_scaled_first(head):
    """By hand: the same head without the two, given what they make of the features."""
    model = ModelSettings(head)
    weights = made_weights(9, 2, CIRCUIT, model, standardise=True)
    plain = {name: values for name, values in weights.items() if name not in (MEAN, SCALE)}
    moved = (FEATURES - weights[MEAN]) * weights[SCALE]
    with torch.no_grad():
        theirs = TrainedHead(plain, CIRCUIT, model)(torch.from_numpy(moved))
        ours = TrainedHead(weights, CIRCUIT, model)(torch.from_numpy(FEATURES))
    assert ours.numpy() == pytest.approx(theirs.numpy(), abs=SINGLE)
    assert np.ptp(ours.numpy()) > 0.1


def test_it_follows_gradients_back_to_the_features():
    weights = made_weights(9, 2, CIRCUIT, ModelSettings("mlp"), standardise=True)
    given = torch.from_numpy(FEATURES).requires_grad_()
    TrainedHead(weights, CIRCUIT, ModelSettings("mlp"))(given).sum().backward()
    assert float(given.grad.abs().max()) > 0
