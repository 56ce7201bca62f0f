"""A pole held upright by one qubit: angle and speed turn it, and <Z> says how hard to push.

The circuit is H, RY(a * angle), RY(b * speed); its <Z> is -sin(a * angle + b * speed): a controller of the school kind
(proportional and derivative) through a sine. From few shots the push is noisy.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

GRAVITY, STRENGTH, INTERVAL, SECONDS = 9.81, 14.0, 0.02, 6.0  # 1/s^2 (a pole of one metre), 1/s^2, s, s
FALLEN = math.radians(60)  # from here on nobody catches it
STEPS = round(SECONDS / INTERVAL)
GAINS = np.linspace(-1, 4, 26), np.linspace(-0.5, 2, 26)  # of the map: a and b


@dataclass(frozen=True)
class Fall:
    """The fall of poles.

    Attributes:
        angles: Of every pole over time, radians, shape (STEPS + 1, poles); it stays where it fell.
        held: How long each stood, seconds, shape (poles,).
    """

    angles: np.ndarray
    held: np.ndarray


def push(angle: np.ndarray, speed: np.ndarray, gains: np.ndarray) -> np.ndarray:
    """Returns <Z> of the qubit, in poles, from its state; gains have shape (2, poles)."""
    turn = (gains[0] * angle + gains[1] * speed) / 2
    root = math.sqrt(0.5)
    zero, one = root * (np.cos(turn) - np.sin(turn)), root * (np.sin(turn) + np.cos(turn))
    return zero**2 - one**2


def balance(gains: np.ndarray, start: float, shots: int | None = None, seed: int = 0, *, plain: bool = False) -> Fall:
    """Lets poles go, each with its controller.

    Args:
        gains: Of angle and speed, shape (2, poles).
        start: The angle they begin at, radians.
        shots: How many measurements each push is decided from; None for the exact expectation value.
        seed: Of the simulated measurements.
        plain: Whether the push is the plain sum, cut off at full strength, without the qubit.
    """
    dice, poles = np.random.default_rng(seed), gains.shape[1]
    angle, speed = np.full(poles, start), np.zeros(poles)
    way, held = [angle], np.full(poles, SECONDS)
    for step in range(STEPS):
        if plain:
            force = -np.clip(gains[0] * angle + gains[1] * speed, -1, 1)
        else:
            force = push(angle, speed, gains)
            force = force if shots is None else 2 * dice.binomial(shots, np.clip((1 + force) / 2, 0, 1)) / shots - 1
        speed = speed + INTERVAL * (GRAVITY * np.sin(angle) + STRENGTH * force)
        fallen = held < SECONDS
        angle = np.where(fallen, angle, angle + INTERVAL * speed)
        held = np.where(~fallen & (np.abs(angle) > FALLEN), step * INTERVAL, held)
        way.append(angle)
    return Fall(np.array(way), held)


@lru_cache(maxsize=8)
def held_map(start: float) -> np.ndarray:
    """Returns how long every controller of the map holds its pole, seconds, shape (b, a)."""
    gains = np.array([values.ravel() for values in np.meshgrid(*GAINS)])
    return balance(gains, start).held.reshape(len(GAINS[1]), len(GAINS[0]))
