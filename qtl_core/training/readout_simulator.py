"""The circuit of a head as training reads it out: exact averages under noise, or from finite shots.

It stands where the state vector stands otherwise, and torch differentiates through it: under noise alone the slopes are
those of the exact averages; from shots they are what a quantum computer would find, by the parameter-shift rule, every
run of the circuit with shots of its own.

What shots give is a function of the seed, the epoch and the batch alone, so a run that stops and goes on is equal to an
unbroken one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from qtl_core.machines.placing import noisy_circuit_of
from qtl_core.network.simulators.density_gradients import expectations_with_gradient
from qtl_core.network.simulators.density_matrix import z_signs
from qtl_core.network.simulators.parameter_shift import gathered, probabilities_of_each, shiftable
from qtl_core.network.simulators.shots import draw
from qtl_core.settings import CircuitSettings, ReadoutSettings
from qtl_core.training.task import SHOTS

VALIDATION = 0  # stands for the batch where all validation pictures are read; batches count from 1


class ReadoutSimulator:
    """Runs a circuit as a readout says; a `Simulator` of `network.model`.

    Args:
        circuit: The circuit's settings.
        readout: How it is read.
        seed: What shots give grows from it.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """

    def __init__(self, circuit: CircuitSettings, readout: ReadoutSettings, seed: int) -> None:
        self.noisy = noisy_circuit_of(circuit, readout)
        self.circuit = shiftable(self.noisy)
        self.readout, self.seed, self.place = readout, seed, (0, VALIDATION)

    def move_to(self, epoch: int, batch: int) -> None:
        """Says which step is to come: it decides what its shots give."""
        self.place = (epoch, batch)

    def __call__(self, angles: Tensor, weights: Tensor) -> Tensor:
        """Returns <Z> of every qubit as it is read, shape (batch, qubits), dtype of `angles`.

        Args:
            angles: Picture angles, shape (batch, qubits), radians.
            weights: Trained angles, shape (weight_count,), radians.
        """
        found: Tensor = _Reading.apply(angles, weights, self, self.place)
        return found

    def read(self, angles: np.ndarray, rows: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """Returns <Z> as it is read for every row of the shiftable circuit's angles, shape (rows, pictures, qubits)."""
        found = probabilities_of_each(self.circuit.noisy, angles, rows)
        if not self.readout.shots:
            return found @ z_signs(self.circuit.noisy.outputs)
        counts = draw(found.reshape(-1, found.shape[-1]), self.readout.shots, rng)
        return counts.expectations().reshape(*found.shape[:2], -1)

    def random(self, place: tuple[int, int], which: int) -> np.random.Generator:
        """Returns the random numbers of a step: `which` is 0 for the answers and 1 for the slopes."""
        epoch, batch = place
        return np.random.default_rng((self.seed, epoch, SHOTS, batch, which))


class _Reading(torch.autograd.Function):
    """The circuit as a step of torch's own differentiation; arithmetic is in double precision."""

    @staticmethod
    def forward(ctx: Any, angles: Tensor, weights: Tensor, by: ReadoutSimulator, place: tuple[int, int]) -> Tensor:
        ctx.save_for_backward(angles, weights)
        ctx.by, ctx.place = by, place
        rows = by.circuit.values(_numbers(weights))[None]
        return torch.from_numpy(by.read(_numbers(angles), rows, by.random(place, 0))[0]).to(angles)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        angles, weights = ctx.saved_tensors
        by, circuit = ctx.by, ctx.by.circuit
        if by.noisy.has_channels and not by.readout.shots:
            exact = _numbers(angles), _numbers(weights), _numbers(gradients[0])
            _, of_angles, of_weights = expectations_with_gradient(by.noisy, *exact)
            return torch.from_numpy(of_angles).to(angles), torch.from_numpy(of_weights).to(weights), None, None
        wanted = {"feature": ctx.needs_input_grad[0], "weight": ctx.needs_input_grad[1]}
        which = np.array([place for place, each in enumerate(circuit.sources) if wanted[each.kind]], dtype=int)
        rows = circuit.shifted(_numbers(weights), which).reshape(2 * len(which), -1)
        forth, back = np.split(by.read(_numbers(angles), rows, by.random(ctx.place, 1)), 2)  # (shifted, batch, qubits)
        slopes = np.einsum("spq,pq->sp", (forth - back) / 2, _numbers(gradients[0]))
        of_angles, of_weights = gathered(circuit, which, slopes, *angles.shape)
        return torch.from_numpy(of_angles).to(angles), torch.from_numpy(of_weights).to(weights), None, None


def _numbers(values: Tensor) -> np.ndarray:
    return np.asarray(values.detach().double().numpy())
