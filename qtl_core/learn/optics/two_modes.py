"""A trained network of light on two modes: the 25 published layers that draw tetrominos with photons.

Killoran et al. trained it so that seven pairs of laser beams each give a picture of 4 x 4: how likely it is to count i
photons in one mode and j in the other. A layer is a beam splitter, a turn, two squeezings, the same again with two
shifts, and two Kerr gates.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from qtl_core.learn.optics.gates import bender, displacement, rotation, squeezing
from qtl_core.learn.optics.layers import CLIP
from qtl_core.learn.optics.published import published_tetrominos
from qtl_core.learn.optics.states import coherent

CUTOFF, PIXELS, LAYERS = 11, 4, 25
AMPLITUDE = 1.4
# The seven pairs of beams, in units of the amplitude.
FIRST = np.array([1, -1, 1, -1, 1j, -1j, 1j])
SECOND = np.array([1, 1, -1, -1, 1j, 1j, -1j])


def beam_splitter(angle: float, phase: float, cutoff: int) -> np.ndarray:
    """Returns exp(angle (exp(i phase) a b† - its adjoint)), shape (cutoff², cutoff²), number of photons by number."""
    gate = np.zeros((cutoff**2, cutoff**2), complex)
    for photons in range(2 * cutoff - 1):
        ours = np.arange(photons + 1)  # in the first mode; the others are in the second
        hop = np.diag(np.sqrt(ours[1:] * (photons - ours[1:] + 1.0)) * np.exp(1j * phase), 1)
        values, states = np.linalg.eigh(-1j * angle * (hop - hop.conj().T))
        block = (states * np.exp(1j * values)) @ states.conj().T
        seen = ours[(ours < cutoff) & (photons - ours < cutoff)]
        places = seen * cutoff + photons - seen
        gate[np.ix_(places, places)] = block[np.ix_(seen, seen)]
    return gate


@lru_cache(maxsize=LAYERS + 1)
def network(layers: int, cutoff: int = CUTOFF) -> np.ndarray:
    """Returns the first so many layers as one matrix, shape (cutoff², cutoff²)."""
    if layers == 0:
        return np.eye(cutoff**2, dtype=complex)
    return _layer(layers - 1, cutoff) @ network(layers - 1, cutoff)


def counts(first: np.ndarray, second: np.ndarray, layers: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the pictures that beams of two complex amplitudes give, and how much of each is seen.

    Returns:
        Square roots of the chances to count up to three photons in each mode, scaled to length 1, shape (..., 4, 4),
        as the published classifier reads them; and the chance that both modes have so few, shape (...).
    """
    beams = coherent(first, CUTOFF)[..., :, None] * coherent(second, CUTOFF)[..., None, :]
    # Only the rows that are looked at: a ninth of the work.
    rows = network(layers).reshape(CUTOFF, CUTOFF, -1)[:PIXELS, :PIXELS].reshape(PIXELS**2, -1)
    sizes = np.abs(beams.reshape(*beams.shape[:-2], -1) @ rows.T)
    seen = (sizes**2).sum(axis=-1)
    pictures = sizes / np.sqrt(seen)[..., None]
    return pictures.reshape(*seen.shape, PIXELS, PIXELS), seen


def _layer(index: int, cutoff: int) -> np.ndarray:
    number = {name: float(values[index]) for name, values in published_tetrominos().items()}
    one = np.eye(cutoff)

    def turned(name: str) -> np.ndarray:
        return np.kron(np.diag(rotation(np.array(number[name]), cutoff)), one)

    gate = beam_splitter(number["theta1"], number["phi1"], cutoff)
    squeezed = [_aside(squeezing, number[f"sqr{at}"], number[f"sqphi{at}"] / 2, cutoff) for at in (1, 2)]
    gate = np.kron(*squeezed) @ turned("r1") @ gate
    gate = turned("r2") @ beam_splitter(number["theta2"], number["phi2"], cutoff) @ gate
    shifted = [_aside(displacement, number[f"dr{at}"], number[f"dphi{at}"], cutoff) for at in (1, 2)]
    bent = [bender("kerr", cutoff).gate(np.clip(number[f"kappa{at}"], -CLIP, CLIP)) for at in (1, 2)]
    layer: np.ndarray = np.kron(*bent) @ np.kron(*shifted) @ gate
    return layer


def _aside(build: Callable[[np.ndarray, int, int], np.ndarray], amount: float, turn: float, cutoff: int) -> np.ndarray:
    """Returns a gate along an axis that is turned by an angle in phase space."""
    turned = rotation(np.array(turn), cutoff)
    gate = build(np.clip(amount, -CLIP, CLIP), cutoff, cutoff)
    aside: np.ndarray = turned[:, None] * gate * turned.conj()
    return aside
