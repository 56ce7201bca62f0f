"""The optimisers move parameters as `torch.optim` does, to the last bit, and without importing what it imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from qtl_core.settings import TrainingSettings
from qtl_core.training.optimisers import Optimiser

PROJECT = Path(__file__).parents[2]
KINDS = {
    "adam": lambda training: (torch.optim.Adam, {}),
    "adamw": lambda training: (torch.optim.AdamW, {}),
    "sgd": lambda training: (torch.optim.SGD, {"momentum": training.momentum}),
}
CASES = [
    TrainingSettings(optimiser=name, momentum=momentum, weight_decay=decay)
    for name in KINDS
    for momentum in ((0.0, 0.9) if name == "sgd" else (0.9,))
    for decay in (0.0, 0.01)
]
TRAINS = """
import sys
import numpy as np
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.task import KeptFeatures, TrainingTask
from qtl_core.training.torch_engine import train_with_torch
features, labels = np.eye(4, dtype=np.float32), np.array([0, 1, 0, 1])
source = KeptFeatures(features, features, labels, labels, classes=2)
task = TrainingTask(CircuitSettings(qubits=2, depth=1), TrainingSettings(epochs=2), source)
print(len(list(train_with_torch(task, None, lambda: False))), "torch._dynamo" in sys.modules)
"""


def parameters(dtype: torch.dtype) -> list[torch.Tensor]:
    """Returns a matrix, a vector, a number, and one that never has a gradient."""
    generator = torch.Generator().manual_seed(1)
    shapes = ((5, 3), (7,), (), (2,))
    return [torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in shapes]


def give_gradients(of: list[torch.Tensor], step: int) -> None:
    """Sets gradients that follow from a step's number; the vector has none at the third step, the last never."""
    generator = torch.Generator().manual_seed(100 + step)
    for number, each in enumerate(of):
        drawn = torch.randn(each.shape, generator=generator, dtype=each.dtype)
        each.grad = None if number == 3 or (number, step) == (1, 2) else drawn


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("training", CASES, ids=lambda each: f"{each.optimiser}-{each.momentum}-{each.weight_decay}")
def test_each_moves_as_torch_optim_does(training, dtype):
    ours, theirs = parameters(dtype), parameters(dtype)
    kind, options = KINDS[training.optimiser](training)
    found = Optimiser(training, ours)
    expected = kind(theirs, lr=1.0, weight_decay=training.weight_decay, fused=True, **options)
    assert ours
    for step, rate in enumerate((0.1, 0.05, 0.2, 0.01, 0.3)):
        found.rate = expected.param_groups[0]["lr"] = rate
        give_gradients(ours, step)
        give_gradients(theirs, step)
        found.step()
        expected.step()
        for one, other in zip(ours, theirs, strict=True):
            assert torch.equal(one, other)
            known = {name: value for name, value in expected.state.get(other, {}).items() if value is not None}
            assert found.state.get(one, {}).keys() == known.keys()
            assert all(torch.equal(found.state[one][name], value) for name, value in known.items())


def test_it_forgets_gradients_and_moves_nothing_without_them():
    (one,) = moved = [torch.ones(2, requires_grad=True)]
    optimiser = Optimiser(TrainingSettings(), moved)
    one.grad = torch.ones(2)
    optimiser.zero_grad()
    optimiser.step()
    assert one.grad is None
    assert np.array_equal(one.detach().numpy(), np.ones(2))
    assert not optimiser.state


def test_training_does_without_the_compiler_of_torch():
    told = subprocess.run([sys.executable, "-c", TRAINS], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert told.stdout.split()[1] == "False"
