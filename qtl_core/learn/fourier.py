"""A one-qubit circuit that learns a curve: the point goes in several times, with trained turns between.

With the point entering L times by RZ(x), the output <Z> is a Fourier series of degree L (Schuld, Sweke and Meyer,
Phys. Rev. A 103, 032430, 2021). So it can never draw a curve with more wiggles than that, however it is trained.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from qtl_core.learn.adam import Adam

POINTS, STEPS, RATE = 40, 250, 0.1
SHAPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "one wave": lambda x: 0.8 * np.sin(x),
    "two waves": lambda x: 0.5 * np.sin(x) + 0.35 * np.cos(2 * x),
    "three waves": lambda x: 0.35 * np.sin(x) + 0.3 * np.cos(2 * x) + 0.25 * np.sin(3 * x),
    "a step": lambda x: 0.8 * np.sign(np.sin(x)),
}


@dataclass(frozen=True)
class Fit:
    """A trained curve.

    Attributes:
        x: Points, shape (points,).
        wanted: The curve to learn there.
        curves: What the circuit says, before training and after every step, shape (steps + 1, points).
        errors: Mean squared error of each of them, shape (steps + 1,).
        weights: Trained angles at the end, shape (times + 1, 2): RY and RZ of every block.
    """

    x: np.ndarray
    wanted: np.ndarray
    curves: np.ndarray
    errors: np.ndarray
    weights: np.ndarray


@lru_cache(maxsize=64)
def fit(shape: str, times: int, seed: int = 0) -> Fit:
    """Trains the circuit by gradient descent (Adam) on one of `SHAPES`; the gradient is the parameter-shift rule's.

    Args:
        shape: A key of `SHAPES`.
        times: How often the point enters the circuit.
        seed: Of the angles that training starts at.
    """
    x = np.linspace(-math.pi, math.pi, POINTS)
    wanted, weights = SHAPES[shape](x), np.random.default_rng(seed).uniform(-1, 1, (times + 1, 2))
    adam, curves = Adam(RATE), [output(x, weights)]
    for _ in range(STEPS):
        slope = 2 * np.mean((curves[-1] - wanted) * _shifted(x, weights), axis=-1)
        weights = adam.stepped(weights, slope)
        curves.append(output(x, weights))
    drawn = np.array(curves)
    return Fit(x, wanted, drawn, np.mean((drawn - wanted) ** 2, axis=1), weights)


def output(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns <Z> at the points.

    Args:
        x: Points, shape (points,).
        weights: Angles, shape (..., blocks, 2); leading dimensions are different circuits.

    Returns:
        Shape (..., points).
    """
    angles = weights[..., None, :, :]  # (..., 1, blocks, 2)
    zero = np.ones((*weights.shape[:-2], len(x)), dtype=complex)
    one = np.zeros_like(zero)
    for block in range(weights.shape[-2]):
        if block:
            zero, one = zero * np.exp(-0.5j * x), one * np.exp(0.5j * x)
        cos, sin = np.cos(angles[..., block, 0] / 2), np.sin(angles[..., block, 0] / 2)
        phase = np.exp(0.5j * angles[..., block, 1])
        zero, one = (cos * zero - sin * one) / phase, (sin * zero + cos * one) * phase
    return np.square(np.abs(zero)) - np.square(np.abs(one))


def best_possible(shape: str, times: int) -> float:
    """Returns the least mean squared error of any Fourier series of this degree on the same points."""
    x = np.linspace(-math.pi, math.pi, POINTS)
    waves = [np.ones_like(x)] + [wave(k * x) for k in range(1, times + 1) for wave in (np.cos, np.sin)]
    left = SHAPES[shape](x) - (basis := np.stack(waves, 1)) @ np.linalg.lstsq(basis, SHAPES[shape](x), rcond=None)[0]
    return float(np.mean(left**2))


def _shifted(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The derivative of the output by every angle, shape (blocks, 2, points), all circuits at once."""
    turns = np.eye(weights.size).reshape(weights.size, *weights.shape) * math.pi / 2
    slopes = (output(x, weights + turns) - output(x, weights - turns)) / 2
    return slopes.reshape(*weights.shape, len(x))
