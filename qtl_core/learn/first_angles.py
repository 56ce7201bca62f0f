"""The initial spread of the circuit's angles (q_delta): how first answers scatter, and how steep they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.settings import CircuitSettings

SPREADS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, math.pi)
STARTS = 150


@dataclass(frozen=True)
class FirstAnswers:
    """First answers by the initial spread, each over `STARTS` fresh starts; shape (spreads,).

    Attributes:
        scatter: Standard deviation of <Z> of qubit 0 over starts, for one and the same picture; the mean over pictures.
        slope: Root mean square of its slope by the first layer's angle on qubit 0.
    """

    scatter: np.ndarray
    slope: np.ndarray


@lru_cache(maxsize=16)
def first_answers(qubits: int, seed: int = 0) -> FirstAnswers:
    """Computes them for the paper's circuit with so many qubits.

    Args:
        qubits: How many.
        seed: Of the starts and of four made-up pictures.
    """
    circuit, dice = build_circuit(CircuitSettings(qubits=qubits)), np.random.default_rng(seed)
    pictures = dice.uniform(-math.pi / 2, math.pi / 2, (4, qubits))
    drawn = dice.standard_normal((STARTS, circuit.weight_count))
    shift = np.zeros(circuit.weight_count)
    shift[0] = math.pi / 2
    scatter, slope = [], []
    for spread in SPREADS:
        values, slopes = [], []
        for picture in pictures:
            rows = np.concatenate([spread * drawn, spread * drawn + shift, spread * drawn - shift])
            here, up, down = expectations(final_states(circuit, picture, rows))[:, 0].reshape(3, STARTS)
            values.append(here.std())
            slopes.append((up - down) / 2)
        scatter.append(np.mean(values))
        slope.append(math.sqrt(np.mean(np.square(slopes))))
    return FirstAnswers(np.array(scatter), np.array(slope))
