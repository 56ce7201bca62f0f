"""Layers of gates on one mode, trained: turn, squeeze, turn, shift, turn, bend; the slope of their loss is exact.

Everything is done for many seeds at once, each with its own angles and its own batch of states. Slopes come from one
way back through the gates (adjoint differentiation): the change of the last state by each angle, laid on what the loss
asks of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.learn.optics.gates import Bend, bender, displacement, mode, rotation, squeezing

ANGLES = ("first turn", "squeezing", "second turn", "shift", "third turn", "bend")
CLIP = 1.0  # squeezing, shift and bend count up to here, as in the published example
TINY = 1e-7  # keeps the logarithm of a probability finite, likewise


@dataclass(frozen=True)
class Gates:
    """The matrices of all layers at some angles: of a layer l, `squeezed[:, l]` and so on.

    Attributes:
        squeezed: First turn and squeezing, shape (seeds, layers, cutoff, cutoff).
        shifted: Second turn and shift.
        bent: Third turn and bend.
        squeezing_slope, shift_slope: The slopes of squeezing and shift by their own amount, without the turn.
        turns: Diagonals of the first two turns.
    """

    squeezed: np.ndarray
    shifted: np.ndarray
    bent: np.ndarray
    squeezing_slope: np.ndarray
    shift_slope: np.ndarray
    turns: tuple[np.ndarray, np.ndarray]


def gates_of(angles: np.ndarray, bend: Bend, cutoff: int) -> Gates:
    """Returns the matrices of angles of shape (seeds, layers, 6)."""
    first, squeeze, second, shift, third, bent = np.moveaxis(angles, -1, 0)
    squeeze, shift, bent = (np.clip(each, -CLIP, CLIP) for each in (squeeze, shift, bent))
    squeezed, shifted = squeezing(squeeze, cutoff + 2, cutoff), displacement(shift, cutoff + 1, cutoff)
    turns = rotation(first, cutoff), rotation(second, cutoff)
    return Gates(
        squeezed[..., :cutoff, :] * turns[0][..., None, :],
        shifted[..., :cutoff, :] * turns[1][..., None, :],
        bender(bend, cutoff).gate(bent) * rotation(third, cutoff)[..., None, :],
        mode(cutoff).squeeze @ squeezed,
        mode(cutoff).shift @ shifted,
        turns,
    )


def through(states: np.ndarray, angles: np.ndarray, bend: Bend) -> np.ndarray:
    """Returns states after all layers, shape (seeds, states, cutoff); one seed's angles may do for all."""
    gates = gates_of(angles, bend, states.shape[-1])
    for layer in range(angles.shape[-2]):
        for gate in (gates.squeezed, gates.shifted, gates.bent):
            states = _applied(gate[:, layer], states)
    return states


def dark(states: np.ndarray) -> np.ndarray:
    """Returns the probability that a detector of light stays dark: that of no photon."""
    probability: np.ndarray = np.abs(states[..., 0]) ** 2
    return probability


def loss_and_slopes(
    states: np.ndarray, labels: np.ndarray, angles: np.ndarray, bend: Bend
) -> tuple[np.ndarray, np.ndarray]:
    """Returns each seed's cross-entropy of "dark" with its labels, and the slope of it by each angle.

    Args:
        states: Shape (seeds, batch, cutoff).
        labels: 1 where the detector should stay dark, else 0, shape (seeds, batch).
        angles: Shape (seeds, layers, 6).
        bend: The last gate of each layer.
    """
    cutoff = states.shape[-1]
    gates, photons, generator = gates_of(angles, bend, cutoff), np.arange(cutoff), bender(bend, cutoff).generator
    passed = []
    for layer in range(angles.shape[1]):
        squeezed = _applied(gates.squeezed[:, layer], states)
        shifted = _applied(gates.shifted[:, layer], squeezed)
        bent = _applied(gates.bent[:, layer], shifted)
        passed.append((states, squeezed, shifted, bent))
        states = bent
    loss, asked = _loss(states, labels)
    slopes = np.zeros_like(angles)
    for layer in reversed(range(angles.shape[1])):
        before, squeezed, shifted, bent = passed[layer]
        slopes[:, layer, 5] = _overlap(asked, 1j * (bent @ generator))
        asked = _back(gates.bent[:, layer], asked)
        slopes[:, layer, 4] = _overlap(asked, 1j * photons * shifted)
        turned = squeezed * gates.turns[1][:, layer, None]
        slopes[:, layer, 3] = _overlap(asked, _applied(gates.shift_slope[:, layer], turned))
        asked = _back(gates.shifted[:, layer], asked)
        slopes[:, layer, 2] = _overlap(asked, 1j * photons * squeezed)
        turned = before * gates.turns[0][:, layer, None]
        slopes[:, layer, 1] = _overlap(asked, _applied(gates.squeezing_slope[:, layer], turned))
        asked = _back(gates.squeezed[:, layer], asked)
        slopes[:, layer, 0] = _overlap(asked, 1j * photons * before)
    slopes[..., 1::2] *= np.abs(angles[..., 1::2]) <= CLIP  # beyond it, nothing changes any more
    return loss, slopes


def _loss(states: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the loss, and what it asks of the last states: its slope by their conjugate."""
    probability = dark(states)
    lit = 1 - probability
    loss = -(labels * np.log(probability + TINY) + (1 - labels) * np.log(lit + TINY)).mean(axis=-1)
    asked = np.zeros_like(states)
    pull = (1 - labels) / (lit + TINY) - labels / (probability + TINY)
    asked[..., 0] = pull / labels.shape[-1] * states[..., 0]
    return loss, asked


def _applied(gate: np.ndarray, states: np.ndarray) -> np.ndarray:
    applied: np.ndarray = states @ gate.swapaxes(-1, -2)
    return applied


def _back(gate: np.ndarray, asked: np.ndarray) -> np.ndarray:
    back: np.ndarray = asked @ gate.conj()
    return back


def _overlap(asked: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Returns how much the loss changes with a change of each seed's states."""
    changed: np.ndarray = 2 * (asked.conj() * change).real.sum(axis=(-1, -2))
    return changed
