"""Heads made by hand for readouts."""

from __future__ import annotations

import numpy as np
import pytest

from qtl_core.readout.inputs import ReadoutInputs
from qtl_core.settings import CircuitSettings


def made_inputs(pictures: int = 12, classes: int = 2, seed: int = 0, **circuit) -> ReadoutInputs:
    """Inputs of a head with random weights; a third of the labels are not what it answers."""
    rng = np.random.default_rng(seed)
    settings = CircuitSettings(**({"qubits": 3, "depth": 2} | circuit))
    inputs = ReadoutInputs(
        circuit=settings,
        classes=tuple("abcdef"[:classes]),
        files=tuple(f"{number}.jpg" for number in range(pictures)),
        labels=np.zeros(pictures, int),
        angles=rng.uniform(-1.5, 1.5, (pictures, settings.qubits)),
        trained=rng.normal(0, 0.8, settings.weight_count),
        weights=rng.normal(0, 2, (settings.qubits, classes)),
        bias=rng.normal(0, 0.3, classes),
    )
    answers = inputs.scores(inputs.exact_expectations()).argmax(axis=1)
    answers[::3] = (answers[::3] + 1) % classes
    inputs.labels[:] = answers
    return inputs


@pytest.fixture
def inputs() -> ReadoutInputs:
    return made_inputs()
