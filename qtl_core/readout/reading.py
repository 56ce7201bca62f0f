"""A reading: the circuit's numbers of many pictures, as a readout gives them, with how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from qtl_core.common.progress import ProgressCallback, no_progress
from qtl_core.machines import fake_backends
from qtl_core.machines.fake_backends import AerCircuit
from qtl_core.machines.placing import readable_circuit_of
from qtl_core.network.noise.noisy_circuit import NoisyCircuit
from qtl_core.network.simulators.density_matrix import (
    MOST_DENSITY_WIRES,
    noisy_expectations,
    outcome_probabilities,
    z_signs,
)
from qtl_core.network.simulators.shots import draw
from qtl_core.network.simulators.trajectories import (
    TRAJECTORIES,
    drawn_shots,
    estimated_expectations,
    estimated_outcomes,
)
from qtl_core.settings import CircuitSettings
from qtl_core.settings.readout import ReadoutSettings

# An average over the noise; the same estimated from drawn trajectories; or one draw of shots.
Kind = Literal["exact", "average", "estimate", "draw"]


@dataclass(frozen=True, eq=False)
class Reading:
    """Expectation values as they were read.

    Attributes:
        expectations: <Z> of every qubit, shape (pictures, qubits).
        errors: Their standard errors, same shape: 0 where they are exact.
        kind: What they are: exact, an average over noise, an estimate of that average, or one draw.
    """

    expectations: np.ndarray
    errors: np.ndarray
    kind: Kind


def read_circuit(
    circuit: CircuitSettings, angles: np.ndarray, weights: np.ndarray, readout: ReadoutSettings, *, seed: int = 0
) -> Reading:
    """Returns the circuit's numbers of many pictures, as `readout` gives them.

    Args:
        circuit: The circuit's settings.
        angles: Pictures' angles, shape (pictures, qubits), radians.
        weights: Trained angles, shape (weight_count,), radians.
        readout: How they are read.
        seed: Decides what shots give; the same one gives the same.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    return read_noisy(readable_circuit_of(circuit, readout), angles, weights, readout, seed=seed)


def read_noisy(
    noisy: NoisyCircuit | AerCircuit,
    angles: np.ndarray,
    weights: np.ndarray,
    readout: ReadoutSettings,
    *,
    seed: int,
    progress: ProgressCallback = no_progress,
) -> Reading:
    """Returns what a noisy circuit gives; arguments as of `read_circuit`, and `progress` is told how far it is.

    Noise on too many wires for a density matrix is drawn: every shot, or every part of an estimated average, is a
    trajectory of its own.
    """
    if isinstance(noisy, NoisyCircuit) and _is_drawn(noisy):
        return _read_trajectories(noisy, angles, weights, readout.shots, seed, progress)
    if readout.shots:
        counts = draw(outcomes_of(noisy, angles, weights), readout.shots, np.random.default_rng(seed))
        return Reading(counts.expectations(), counts.errors(), "draw")
    exact = _averages(noisy, angles, weights)
    return Reading(exact, np.zeros_like(exact), "average" if readout.is_noisy else "exact")


def has_law(circuit: CircuitSettings, readout: ReadoutSettings) -> bool:
    """Returns whether the law of the bit strings is known, and not only estimated: noise on many wires is too much.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    return not trajectories_behind(circuit, readout)


def trajectories_behind(circuit: CircuitSettings, readout: ReadoutSettings) -> int:
    """Returns how many drawn trajectories of each picture the law of the bit strings is estimated from; 0 where known.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    noisy = readable_circuit_of(circuit, readout)
    return TRAJECTORIES if isinstance(noisy, NoisyCircuit) and _is_drawn(noisy) else 0


def _averages(noisy: NoisyCircuit | AerCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if isinstance(noisy, NoisyCircuit):  # a sixteenth of the time that all bit strings take, with 8 qubits
        return noisy_expectations(noisy, angles, weights)
    return outcomes_of(noisy, angles, weights) @ z_signs(noisy.outputs)


def outcomes_of(
    noisy: NoisyCircuit | AerCircuit,
    angles: np.ndarray,
    weights: np.ndarray,
    *,
    progress: ProgressCallback = no_progress,
) -> np.ndarray:
    """Returns how often each bit string is read, shape (pictures, 2**outputs); arguments as of `read_noisy`.

    Noise on too many wires for a density matrix is averaged over `TRAJECTORIES` drawn trajectories.
    """
    if isinstance(noisy, AerCircuit):
        return fake_backends.outcome_probabilities(noisy, angles, weights)
    if _is_drawn(noisy):
        return estimated_outcomes(noisy, angles, weights, progress=progress)
    return outcome_probabilities(noisy, angles, weights)


def _is_drawn(noisy: NoisyCircuit) -> bool:
    return noisy.has_channels and noisy.circuit.wires > MOST_DENSITY_WIRES


def _read_trajectories(
    noisy: NoisyCircuit, angles: np.ndarray, weights: np.ndarray, shots: int, seed: int, progress: ProgressCallback
) -> Reading:
    if shots:
        counts = drawn_shots(noisy, angles, weights, shots=shots, seed=seed, progress=progress)
        return Reading(counts.expectations(), counts.errors(), "draw")
    found = estimated_expectations(noisy, angles, weights, seed=seed, progress=progress)
    return Reading(found.expectations, found.errors, "estimate")
