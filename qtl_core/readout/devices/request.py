"""A request to a device: which one, how it is asked, and the circuits, each known by what decides its result."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.network.gates import Circuit
from qtl_core.readout.devices.catalogue import LOCAL, check_device, is_exact
from qtl_core.readout.devices.options import Options, checked_options
from qtl_core.settings.readout import MOST_SHOTS

AT_ONCE_HERE, AT_ONCE_ELSEWHERE = 10, 50  # circuits in a batch: a stop loses one; elsewhere each waits in a queue
MOST_AT_ONCE = 1_000


@dataclass(frozen=True)
class DeviceChoice:
    """A device and how it is asked.

    Attributes:
        name: What PennyLane calls it.
        options: What its constructor is given beside the wires.
        shots: How often each circuit is measured; 0 for exact averages.
        seed: Decides the shots of a simulator that can be told so.
        at_once: Circuits in a batch; 0 for as many as suit the device. It changes no result's name.
    """

    name: str
    options: Options = ()
    shots: int = 0
    seed: int = 0
    at_once: int = 0

    @property
    def given(self) -> dict[str, object]:
        """The options by name."""
        return dict(self.options)

    @property
    def batch(self) -> int:
        """The number of circuits in a batch."""
        return self.at_once or (AT_ONCE_HERE if self.name.startswith(LOCAL) else AT_ONCE_ELSEWHERE)


def check_choice(choice: DeviceChoice) -> None:
    """Refuses a choice that cannot be had.

    Raises:
        UserError: The device is not here or does not suit, an option looks like a key, or shots are missing.
    """
    check_device(choice.name)
    checked_options(choice.options)
    if not 0 <= choice.shots <= MOST_SHOTS:
        raise UserError(f"{choice.shots:,} shots are not to be had.", "", f"Ask for 1 to {MOST_SHOTS:,}.")
    if not 0 <= choice.at_once <= MOST_AT_ONCE:
        raise UserError(f"A batch of {choice.at_once:,} is not to be had.", "", f"Take 1 to {MOST_AT_ONCE:,} circuits.")
    if not choice.shots and not is_exact(choice.name, choice.given):
        raise UserError(
            f"{choice.name} measures, and gives no exact averages.",
            "",
            "Say how many shots to take of each circuit, such as 1024.",
        )


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class DeviceRequest:
    """The circuits of many pictures on one device.

    Attributes:
        choice: The device and how it is asked.
        circuit: The gate list.
        angles: Every picture's angles, radians, shape (circuits, qubits).
        weights: The trained angles, radians, shape (weight_count,).
    """

    choice: DeviceChoice
    circuit: Circuit
    angles: np.ndarray = field(repr=False)
    weights: np.ndarray = field(repr=False)

    @property
    def size(self) -> int:
        """The number of circuits."""
        return len(self.angles)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The names under which results are kept: of each circuit a hash of all that decides its result.

        Equal circuits of one request are measured each for itself, as two pictures are two measurements.
        """
        choice = self.choice
        asked = (choice.name, choice.options, choice.shots, choice.seed, self.circuit)
        common = hashlib.sha256(repr(asked).encode() + _bytes(self.weights))
        seen: Counter[bytes] = Counter()
        found = []
        for row in self.angles:
            packed, each = _bytes(row), common.copy()
            each.update(packed + f"#{seen[packed]}".encode())
            seen[packed] += 1
            found.append(each.hexdigest())
        return tuple(found)


@dataclass(frozen=True)
class DeviceCost:
    """The cost of a request, known before anything is run.

    Attributes:
        circuits: All that are asked for.
        kept: Those of them whose results are kept already, and are not run again.
        shots: Of each circuit; 0 for exact averages.
        batch: Circuits that are sent together.
    """

    circuits: int
    kept: int
    shots: int
    batch: int

    @property
    def to_run(self) -> int:
        """The number of circuits that are still to be run."""
        return self.circuits - self.kept

    def in_words(self) -> str:
        """Returns the cost as a sentence or two."""
        if not self.to_run:
            return f"All {self.circuits:,} circuits were run before and are kept: nothing is run again."
        count = f"{self.to_run:,} circuit{'s' if self.to_run != 1 else ''}"
        what = (
            f"{count} × {self.shots:,} shots = {self.to_run * self.shots:,} shots" if self.shots else f"{count}, exact"
        )
        before = f" {self.kept:,} more were run before and are kept." if self.kept else ""
        return f"{what}, {min(self.batch, self.to_run):,} at a time.{before}"


def cost_of(request: DeviceRequest, kept: Mapping[str, np.ndarray]) -> DeviceCost:
    """Returns what a request costs, given the results that are kept."""
    there = sum(key in kept for key in request.keys)
    return DeviceCost(request.size, there, request.choice.shots, request.choice.batch)


def _bytes(values: np.ndarray) -> bytes:
    return np.ascontiguousarray(values, dtype="<f8").tobytes()
