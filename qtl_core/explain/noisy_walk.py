"""One picture's state under noise, gate by gate: how mixed it is, how near to the exact one, which gate costs most.

A qubit's Bloch vector is shorter than 1 for two reasons: it is entangled with others, or noise has mixed the state. The
purity of the state of all wires tells them apart: entanglement leaves it at 1, noise lowers it. Fidelity is that of a
mixed state with a pure one, <psi|rho|psi> (Nielsen and Chuang 2000, section 9.2.2).

States are kept as expectation values of Pauli strings (`noise.pauli_transfer`), in which the overlap of two states
Tr(rho sigma) is their inner product over 2**wires: purity and fidelity are both of that form.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.machines.placing import noisy_circuit_of, places_of
from qtl_core.network.noise.noisy_circuit import NoisyCircuit
from qtl_core.network.simulators.density_matrix import MOST_DENSITY_WIRES, checked
from qtl_core.network.simulators.pauli_program import Step, programs_by_gate
from qtl_core.network.simulators.pauli_states import FIRST, BoundAngles, backward, forward, product_states
from qtl_core.settings import CircuitSettings
from qtl_core.settings.readout import ReadoutSettings

STAGE = "Computing the states under noise"

Payload = tuple[CircuitSettings, np.ndarray, np.ndarray, ReadoutSettings]


@dataclass(frozen=True, eq=False)
class NoisyWalk:
    """The state of one picture under noise, before the first and after every gate of the head's own circuit.

    Attributes:
        vectors: Bloch vectors of the head's qubits, shape (gates + 1, qubits, 3).
        purities: Tr(rho**2) of the state of all wires, shape (gates + 1,).
        fidelities: With the exact state, shape (gates + 1,).
        gains: By how much the last fidelity grows where one gate alone has no noise, shape (gates,).
        read: <Z> as it is read on average, wrong readings included, shape (qubits,).
        wires: How many wires take part: more than qubits where SWAPs pass through others.
    """

    vectors: np.ndarray
    purities: np.ndarray
    fidelities: np.ndarray
    gains: np.ndarray
    read: np.ndarray
    wires: int

    @property
    def lowest_purity(self) -> float:
        """The purity of a state of which nothing is known."""
        return float(2.0**-self.wires)


def noisy_walk(
    circuit: CircuitSettings, angles: np.ndarray, weights: np.ndarray, readout: ReadoutSettings
) -> NoisyWalk:
    """Returns the states of one picture under the noise of a readout; its shots are not read.

    Args:
        circuit: The circuit's settings.
        angles: The picture's angles, shape (qubits,), radians.
        weights: Trained angles, shape (weight_count,), radians.
        readout: Its rates, or its machine and layout.

    Raises:
        UserError: There is no such machine, the circuit cannot be laid on it as asked, or too many wires take part.
        InputError: The shapes do not fit.
    """
    noisy, places = noisy_circuit_of(circuit, readout), places_of(circuit, readout)
    if noisy.circuit.wires > MOST_DENSITY_WIRES:
        raise UserError(
            f"The state of {noisy.circuit.wires} qubits under noise cannot be shown.",
            f"It has 4 to the power of {noisy.circuit.wires} numbers; up to {MOST_DENSITY_WIRES} qubits are computed.",
            "Choose fewer qubits, or read larger circuits out on the results page, where noise is drawn at random.",
        )
    rows, weights = checked(noisy, np.asarray(angles)[None], np.asarray(weights))
    walk = _Walk(noisy, [place.gates for place in places], BoundAngles(rows, weights))
    vectors, purities, fidelities = [], [], []
    last = walk.start
    for place, (mixed, exact) in zip(places, walk.states(), strict=True):
        vectors.append(mixed[_own_strings(walk.wires, place.wires)])
        purities.append(walk.overlap(mixed, mixed))
        fidelities.append(walk.overlap(mixed, exact))
        last = exact
    gains = walk.fidelities_without(last) - fidelities[-1]
    read = noisy.read_expectations(vectors[-1][:, 2])
    return NoisyWalk(np.array(vectors), np.array(purities), np.array(fidelities), gains, read, walk.wires)


def noisy_walk_job(
    circuit: CircuitSettings, angles: np.ndarray, weights: np.ndarray, readout: ReadoutSettings, owner: str = ""
) -> JobSpec[JobView[NoisyWalk]]:
    """Returns the job that finds `noisy_walk`; arguments are its own, and whose job it is."""
    payload: Payload = circuit, angles, weights, readout
    view = JobView[NoisyWalk](Progress(STAGE, 0, 1))
    return JobSpec("qtl_core.explain.noisy_walk:run_noisy_walk_job", payload, owner, view=view)


def run_noisy_walk_job(payload: Payload, emit: Callable[[NoisyWalk], None], _should_stop: ShouldStop) -> None:
    """Finds the states in a worker process."""
    emit(noisy_walk(*payload))


class _Walk:
    """The groups of steps that each gate of the head's own circuit has become, with their noise and without.

    Args:
        noisy: The circuit with its noise.
        ends: How many of its gates have acted before the first and after every gate of the head's own.
        bound: One picture's angles, and the weights.
    """

    def __init__(self, noisy: NoisyCircuit, ends: Sequence[int], bound: BoundAngles) -> None:
        self.wires, self.bound = noisy.circuit.wires, bound
        self.noisy = _groups(noisy, ends)
        self.exact = _groups(replace(noisy, channels=((),) * len(noisy.circuit.gates)), ends)
        self.start = product_states([FIRST[None]] * self.wires).T

    def overlap(self, one: np.ndarray, other: np.ndarray) -> float:
        """Returns Tr(rho sigma) of two states."""
        return float(np.vdot(one, other)) / 2**self.wires

    def states(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yields the state with noise and without, before the first and after every group."""
        mixed = exact = self.start
        yield mixed, exact
        for noisily, exactly in zip(self.noisy, self.exact, strict=True):
            mixed, exact = self._after(mixed, noisily), self._after(exact, exactly)
            yield mixed, exact

    def fidelities_without(self, exact: np.ndarray) -> np.ndarray:
        """Returns the last fidelity where one group alone has no noise, shape (groups,).

        The exact state is taken backwards through the noise, so that each group costs but itself. States are kept at
        every so many groups and found again between: all of a large circuit's would take hundreds of megabytes.

        Args:
            exact: The last state without noise.
        """
        count = len(self.noisy)
        stride = max(1, math.isqrt(count))
        kept = [mixed for number, (mixed, _) in enumerate(self.states()) if number % stride == 0]
        found, observable = np.empty(count), exact
        for first in reversed(range(0, count, stride)):
            members = range(first, min(first + stride, count))
            states = [kept[first // stride]]
            for number in members[:-1]:
                states.append(self._after(states[-1], self.noisy[number]))
            for number, state in zip(reversed(members), reversed(states), strict=True):
                found[number] = self.overlap(observable, self._after(state, self.exact[number]))
                for step in reversed(self.noisy[number]):
                    observable = backward(observable, step, self.bound, self.wires)
        return found

    def _after(self, state: np.ndarray, steps: Sequence[Step]) -> np.ndarray:
        for step in steps:
            state = forward(state, step, self.bound, self.wires)
        return state


def _groups(noisy: NoisyCircuit, ends: Sequence[int]) -> list[list[Step]]:
    """Returns the steps of each gate of the head's own circuit."""
    programs = list(programs_by_gate(noisy))
    return [[step for program in programs[first:end] for step in program.steps] for first, end in pairwise(ends)]


def _own_strings(wires: int, own: Sequence[int]) -> tuple[np.ndarray, int]:
    """Returns where X, Y and Z of some wires stand in a state of one lane."""
    units = np.array([4 ** (wires - 1 - wire) for wire in own])
    return units[:, None] * np.arange(1, 4), 0
