"""A head's scores in numpy against the torch model that is trained: within 1e-12 in double precision."""

from __future__ import annotations

import numpy as np
import torch

from qtl_core.network.head_scores import circuit_angles, class_scores, log_softmax
from qtl_core.network.model import DressedQuantumNet
from qtl_core.settings import CircuitSettings

SETTINGS = CircuitSettings(qubits=3, depth=2, rotation="rot")


def test_angles_scores_and_probabilities_are_those_of_the_torch_model():
    network = DressedQuantumNet(5, 4, SETTINGS, q_delta=0.7, seed=3).double()
    features = np.random.default_rng(1).normal(size=(6, 5))
    head = {name: values.detach().numpy() for name, values in network.state_dict().items()}
    with torch.no_grad():
        scores = network(torch.as_tensor(features))
        angles = torch.tanh(network.pre_net(torch.as_tensor(features))) * torch.pi / 2
    np.testing.assert_allclose(circuit_angles(head, features), angles, rtol=0, atol=1e-12)
    np.testing.assert_allclose(class_scores(SETTINGS, head, features), scores, rtol=0, atol=1e-12)
    np.testing.assert_allclose(log_softmax(scores.numpy()), torch.log_softmax(scores, -1), rtol=0, atol=1e-12)


def test_large_scores_overflow_nothing():
    found = log_softmax(np.array([[1e4, 0.0], [-1e4, -1e4]]))
    np.testing.assert_allclose(found, [[0.0, -1e4], [-np.log(2), -np.log(2)]], rtol=0, atol=1e-12)
