"""Opens a device of PennyLane and runs circuits on it; imports PennyLane, so it is for workers.

A device is given by its name and plain options. Where a constructor wants more, say so here: what its seed is called in
`SEEDS`, and an object that an option stands for in `OBJECTS`.

Nothing a provider prints, logs or says in an error leaves this module: it may hold keys. `DeviceFailed` names the kind
of the error and no more.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pennylane as qml

from qtl_core.common.errors import UserError
from qtl_core.network.gates import AngleSource, Circuit
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.readout.devices.catalogue import option_names
from qtl_core.readout.devices.request import DeviceChoice

SEEDS = {"qiskit.aer": "seed_simulator", "qiskit.basicsim": "seed_simulator", "qiskit.basicaer": "seed_simulator"}
FAKE = "fake_"  # how Qiskit Runtime's copies of machines begin, which run on this computer
OFF = 1e-3  # by which probabilities may miss 1 and still be rounding


class DeviceFailed(UserError):
    """A device, or the plugin that reaches it, broke off."""


class OpenDevice:
    """A device that runs the circuits of one request.

    Args:
        choice: The device and how it is asked.
        circuit: The gate list.

    Raises:
        UserError: It takes no such option.
    """

    def __init__(self, choice: DeviceChoice, circuit: Circuit) -> None:
        self.choice, self.circuit = choice, circuit
        with nothing_said():
            taken = option_names(choice.name)
        unknown = [name for name, _ in choice.options if taken is not None and name not in taken]
        if unknown:
            raise UserError(
                f"{choice.name} has no option {unknown[0]}.", f"It takes {', '.join(taken or ()) or 'none'}.", ""
            )
        self.seed_name = SEEDS.get(choice.name) or ("seed" if taken and "seed" in taken else "")
        self.device: Any = None

    @property
    def is_seeded(self) -> bool:
        """True if its shots can be told what to be."""
        return bool(self.seed_name)

    def run(self, angles: np.ndarray, weights: np.ndarray, number: int) -> np.ndarray:
        """Runs circuits together.

        Args:
            angles: Shape (circuits, qubits), radians.
            weights: Trained angles, radians.
            number: Of the first circuit in its request: a seeded device starts anew by it, so that results do not
                depend on what was run before.

        Returns:
            <Z> of every qubit, shape (circuits, qubits); NaN where the device gave no result, or none that can be.

        Raises:
            DeviceFailed: The device broke off.
        """
        tapes = [self._tape(row, weights) for row in angles]
        try:
            with nothing_said():
                if self.device is None or (self.seed_name and self.choice.shots):
                    self.device = qml.device(self.choice.name, wires=self.circuit.wires, **self._options(number))
                results = list(qml.execute(tapes, self.device, diff_method=None))
        except (Exception, SystemExit) as error:
            raise failure(self.choice.name, error) from None
        results += [None] * (len(tapes) - len(results))
        return np.stack([self._values(result) for result in results[: len(tapes)]])

    def _options(self, number: int) -> dict[str, Any]:
        given: dict[str, Any] = {
            name: OBJECTS.get((self.choice.name, name), _as_is)(value) for name, value in self.choice.options
        }
        if self.seed_name:
            given.setdefault(self.seed_name, derived_seed(self.choice.seed, number))
        return given

    def _tape(self, angles: np.ndarray, weights: np.ndarray) -> Any:
        def value(source: AngleSource) -> float:
            return float(angles[source.index] if source.kind == "feature" else weights[source.index])

        wires = range(self.circuit.wires)
        gates = [OPERATIONS[gate.kind](*map(value, gate.angles), wires=gate.wires) for gate in self.circuit.gates]
        if not self.choice.shots:
            return qml.tape.QuantumScript(gates, [qml.expval(qml.PauliZ(wire)) for wire in wires])
        # All qubits from the same shots, as they fell: where averages are asked for, some providers mitigate unasked.
        return qml.tape.QuantumScript(gates, [qml.probs(wires=wires)], shots=self.choice.shots)

    def _values(self, result: Any) -> np.ndarray:
        nothing = np.full(self.circuit.wires, np.nan)
        try:
            values = np.asarray(result, dtype=np.float64).reshape(-1)
        except (TypeError, ValueError):
            return nothing
        if not self.choice.shots:
            return values if values.shape == nothing.shape and (np.abs(values) <= 1 + OFF).all() else nothing
        if values.shape != (2**self.circuit.wires,) or not np.isfinite(values).all() or values.min() < -OFF:
            return nothing
        return z_averages(values) if abs(values.sum() - 1) <= OFF else nothing


def z_averages(probabilities: np.ndarray) -> np.ndarray:
    """Returns <Z> of every qubit of the probabilities of bit strings, qubit 0 the highest bit."""
    wires = len(probabilities).bit_length() - 1
    table = probabilities.reshape((2,) * wires)
    marginals = [table.sum(axis=tuple(other for other in range(wires) if other != wire)) for wire in range(wires)]
    return np.array([zero - one for zero, one in marginals])


def derived_seed(seed: int, number: int) -> int:
    """Returns the seed of a batch, from 0 to 2**31 - 1, by its first circuit's number."""
    return int.from_bytes(hashlib.sha256(f"{seed} {number}".encode()).digest()[:4]) >> 1


def failure(name: str, error: BaseException) -> DeviceFailed:
    """Returns the words for what a device or its plugin raised: nothing of what it says itself."""
    if isinstance(error, DeviceFailed):
        return error
    if isinstance(error, ImportError):
        why = "It needs a package that is not installed, or does not fit the others."
    else:
        why = "Its plugin reported an error; its own words are not shown, as they may hold keys."
    do = "Check its options, and the provider's own configuration or environment, where access is set up."
    return DeviceFailed(f"{name} broke off.", why, do)


@contextlib.contextmanager
def nothing_said() -> Iterator[None]:
    """Keeps what providers print and log from every stream of this process."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            Path(os.devnull).open("w") as nowhere,
            contextlib.redirect_stdout(nowhere),
            contextlib.redirect_stderr(nowhere),
            _led_away(nowhere.fileno()),
        ):
            yield
    finally:
        logging.disable(before)


@contextlib.contextmanager
def _led_away(nowhere: int) -> Iterator[None]:
    """Leads descriptors 1 and 2 to another one, for what is not written by Python."""
    for stream in (sys.__stdout__, sys.__stderr__):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()  # type: ignore[union-attr]  # None where it was closed
    kept = {number: os.dup(number) for number in (1, 2)}
    try:
        for number in kept:
            os.dup2(nowhere, number)
        yield
    finally:
        for number, copy in kept.items():
            os.dup2(copy, number)
            os.close(copy)


def _as_is(value: Any) -> Any:
    return value


def _runtime_backend(name: Any) -> Any:
    """Returns the machine of Qiskit Runtime of this name, by the account that its own configuration names."""
    if str(name).startswith(FAKE):
        fakes: Any = importlib.import_module("qiskit_ibm_runtime.fake_provider")
        return fakes.FakeProviderForBackendV2().backend(str(name))
    runtime: Any = importlib.import_module("qiskit_ibm_runtime")
    return runtime.QiskitRuntimeService().backend(str(name))


# Options that stand for an object, by device and option.
OBJECTS: Mapping[tuple[str, str], Callable[[Any], Any]] = {("qiskit.remote", "backend"): _runtime_backend}
