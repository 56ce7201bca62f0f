"""Circuits of every option with numbers in them, and what they must come to."""

from __future__ import annotations

from itertools import product

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import Circuit
from qtl_core.settings import CircuitSettings, spec_of
from tests.helpers import oracle

_USUAL = CircuitSettings()
OPTIONS = [
    [choice.value for choice in spec_of(_USUAL, "entangler").choices],
    [choice.value for choice in spec_of(_USUAL, "rotation").choices],
    [False, True],
]
CIRCUITS = [
    CircuitSettings(qubits=3, depth=2, entangler=entangler, rotation=rotation, reuploading=again)
    for entangler, rotation, again in product(*OPTIONS)
] + [CircuitSettings(qubits=1, depth=0), CircuitSettings(qubits=6, depth=1, entangler="all", rotation="rot")]


def name(settings: CircuitSettings) -> str:
    again = "-again" if settings.reuploading else ""
    return f"{settings.qubits}x{settings.depth}-{settings.entangler}-{settings.rotation}{again}"


def numbers(settings: CircuitSettings) -> tuple[Circuit, np.ndarray, np.ndarray]:
    """The circuit, one picture's angles and trained angles; some so small that they are written with an exponent."""
    generator = np.random.default_rng(7)
    angles, weights = (generator.uniform(-4, 4, size) for size in (settings.qubits, settings.weight_count))
    weights[:1] = 1e-7
    angles[:1] = -3.0
    return build_circuit(settings), angles, weights


def expected(settings: CircuitSettings) -> np.ndarray:
    """<Z> of every wire by the textbook."""
    _, angles, weights = numbers(settings)
    shape = settings.depth, settings.qubits, settings.angles_per_rotation
    return oracle.expectations(
        angles, weights.reshape(shape), settings.entangler, settings.rotation, settings.reuploading
    )
