"""A small circuit as a picture's filter: four pixels go in as angles, four expectation values come out as new pixels.

After Henderson et al., Quantum Machine Intelligence 2, 2 (2020), whose circuits are random and not trained. The
circuit is one of this app's own, with a ring of CNOTs and random angles.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.pictures.sources.drawn import draw_picture
from qtl_core.settings import CircuitSettings

SIZE = 64  # pixels a side, two to a patch


@dataclass(frozen=True)
class Filtered:
    """A picture and what became of it.

    Attributes:
        picture: Grey values from 0 to 1, shape (SIZE, SIZE).
        channels: Expectation values, shape (4, SIZE / 2, SIZE / 2).
        linear_shares: How much of each channel's variance a plain linear filter of the same four pixels explains,
            shape (4,); 1 is all of it.
    """

    picture: np.ndarray
    channels: np.ndarray
    linear_shares: np.ndarray


@lru_cache(maxsize=16)
def grey_picture(class_name: str, number: int) -> np.ndarray:
    """Returns one of the app's drawn pictures, small and grey."""
    drawn = draw_picture("train", class_name, number).convert("L").resize((SIZE, SIZE))
    return np.asarray(drawn, dtype=float) / 255


@lru_cache(maxsize=64)
def filtered(class_name: str, number: int, depth: int, seed: int) -> Filtered:
    """Runs a random circuit of `depth` layers over every patch of 2 x 2 pixels."""
    picture = grey_picture(class_name, number)
    half = SIZE // 2
    patches = picture.reshape(half, 2, half, 2).transpose(0, 2, 1, 3).reshape(-1, 4)
    circuit = build_circuit(CircuitSettings(qubits=4, depth=depth, entangler="ring"))
    weights = np.random.default_rng(seed).uniform(-math.pi, math.pi, circuit.weight_count)
    values = expectations(final_states(circuit, math.pi * (patches - 0.5), weights))
    channels = values.T.reshape(4, half, half)
    return Filtered(picture, channels, np.array([_linear_share(patches, channel) for channel in values.T]))


def _linear_share(patches: np.ndarray, values: np.ndarray) -> float:
    basis = np.column_stack([patches, np.ones(len(patches))])
    left = values - basis @ np.linalg.lstsq(basis, values, rcond=None)[0]
    spread = values.var()
    return float(1 - left.var() / spread) if spread > 1e-12 else 1.0
