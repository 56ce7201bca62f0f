"""Pulses that make gates: a drive of constant pieces, and the search for one.

After Khaneja et al., Journal of Magnetic Resonance 172, 296 (2005), known as GRAPE, with exact slopes: a piece of
length t does exp(-i t (drift + sum of drive_k control_k)), whose derivative is known where the exponent is diagonal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import StoppedByUser
from qtl_core.common.progress import ShouldStop, never_stop

MOMENTUM, LONGEST = 0.3, 1.5  # of a step, in full drives
ENOUGH, ROUNDING = 1e-6, 1e-12  # who errs less than the first stands still; what is below the second is no number


@dataclass(frozen=True)
class Driven:
    """Driven systems, a row each, and the gate they are to make.

    Attributes:
        drift: What each does when left alone, Hermitian, radians per unit of time, shape (rows, d, d).
        controls: What a full drive adds, one for each knob, shape (knobs, d, d).
        wanted: The gates, unitary, shape (rows, d, d).
        piece: How long a piece lasts.
    """

    drift: np.ndarray
    controls: np.ndarray
    wanted: np.ndarray
    piece: float


@dataclass(frozen=True)
class Pulses:
    """The pulses that were found.

    Attributes:
        errors: What each gate lacks of fidelity before the first step and after every one, shape (rows, steps + 1).
        drive: Shares of the full drive, -1 to 1, shape (rows, pieces, knobs).
    """

    errors: np.ndarray
    drive: np.ndarray


def searched(systems: Driven, drive: np.ndarray, steps: int, should_stop: ShouldStop = never_stop) -> Pulses:
    """Searches for pulses from first ones, whose drive keeps within its bounds.

    A step goes down the slope until a straight line through the root of the error would end at zero: twice the step
    of Polyak (Introduction to Optimization, 1987), who knows the least value there is. So no rate is to be chosen.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    seen, moved = [], np.zeros_like(drive)
    for _ in range(steps):
        if should_stop():
            raise StoppedByUser
        error, slopes = with_slopes(systems, drive)
        seen.append(error)
        steep = np.sqrt(np.square(slopes).sum(axis=(1, 2))) + 1e-15
        length = np.minimum(2 * error / steep, LONGEST) / steep
        moved = np.where((error < ENOUGH)[:, None, None], 0, MOMENTUM * moved - length[:, None, None] * slopes)
        drive = np.clip(drive + moved, -1, 1)
    return Pulses(np.stack([*seen, with_slopes(systems, drive)[0]], axis=1), drive)


def with_slopes(systems: Driven, drive: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns 1 - |Tr(wanted^dagger gate)|^2 / d^2 and its slope to every drive.

    Args:
        systems: What is driven.
        drive: Shape (rows, pieces, knobs); the slopes have the same, and the errors (rows,).
    """
    energies, basis = np.linalg.eigh(systems.drift[:, None] + np.tensordot(drive, systems.controls, 1))
    pieces = (basis * np.exp(-1j * systems.piece * energies)[..., None, :]) @ adjoint(basis)
    around = _around(pieces, adjoint(systems.wanted))
    trace = np.einsum("rij,rji->r", around[:, 0], pieces[:, 0])
    inside = adjoint(basis) @ around @ basis * _differences(energies, systems.piece)
    slopes = np.einsum("rpij,kji->rpk", basis @ inside @ adjoint(basis), systems.controls)
    size = pieces.shape[-1] ** 2
    error = np.maximum(1 - np.abs(trace) ** 2 / size, ROUNDING)
    return error, -2 * (trace.conj()[:, None, None] * slopes).real / size


def adjoint(matrices: np.ndarray) -> np.ndarray:
    """Returns the conjugate transpose of every matrix."""
    return np.swapaxes(matrices.conj(), -1, -2)


def _around(pieces: np.ndarray, undone: np.ndarray) -> np.ndarray:
    """Returns for each piece all else, so that Tr(all else . piece) is the trace of the undone gate times the pulse."""
    count = pieces.shape[1]
    before = [np.broadcast_to(np.eye(pieces.shape[-1], dtype=complex), undone.shape)]
    after = [undone]
    for index in range(count - 1):
        before.append(pieces[:, index] @ before[-1])
        after.append(after[-1] @ pieces[:, count - 1 - index])
    return np.stack(before, axis=1) @ np.stack(after[::-1], axis=1)


def _differences(energies: np.ndarray, time: float) -> np.ndarray:
    """Returns the divided differences of exp(-i time energy), which stay finite where two energies are equal."""
    one, other = energies[..., :, None], energies[..., None, :]
    mean, gap = (one + other) / 2, one - other
    differences: np.ndarray = -1j * time * np.exp(-1j * time * mean) * np.sinc(time * gap / (2 * np.pi))
    return differences
