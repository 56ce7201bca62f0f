"""Readings: of which kind they are, by what their figures come about, and how sure these say they are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.readout.reading import Reading, read_circuit
from qtl_core.settings import CircuitSettings, ReadoutSettings

NARROW, WIDE = CircuitSettings(qubits=3, depth=1), CircuitSettings(qubits=9, depth=1)
NOISE = ReadoutSettings(depolarizing_two=0.05, amplitude_damping=0.02)


def read(circuit: CircuitSettings, readout: ReadoutSettings, seed: int = 0) -> Reading:
    """Two pictures' numbers."""
    rng = np.random.default_rng(0)
    angles, weights = rng.uniform(-1.5, 1.5, (2, circuit.qubits)), rng.normal(size=circuit.weight_count)
    return read_circuit(circuit, angles, weights, readout, seed=seed)


@pytest.mark.parametrize(
    ("circuit", "readout", "kind"),
    [
        (NARROW, ReadoutSettings(), "exact"),
        (WIDE, ReadoutSettings(), "exact"),
        (NARROW, NOISE, "average"),
        (WIDE, ReadoutSettings(readout_flip=0.1), "average"),
        (WIDE, NOISE, "estimate"),
        (NARROW, replace(NOISE, shots=10), "draw"),
        (WIDE, replace(NOISE, shots=10), "draw"),
    ],
)
def test_a_reading_says_what_it_is_and_only_chance_has_errors(circuit, readout, kind):
    found = read(circuit, readout)
    assert found.kind == kind
    assert found.expectations.shape == found.errors.shape == (2, circuit.qubits)
    assert (found.errors > 0).any() == (kind in ("estimate", "draw"))


@pytest.mark.parametrize("shots", [0, 200])
def test_wide_noisy_circuits_are_drawn_by_their_seed(shots):
    readout = replace(NOISE, shots=shots)
    first, again, other = (read(WIDE, readout, seed).expectations for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
