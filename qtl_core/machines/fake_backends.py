"""Qiskit Runtime's fake backends: machines of IBM's with a calibration of one day, laid on by Qiskit and run by Aer.

They need the extra `hardware`. A circuit is transpiled once with its angles as parameters, to the machine's gates and
map, and then bound for every picture; Aer runs the density matrix with `NoiseModel.from_backend`. Wrong readings are
put on the probabilities afterwards, by the noise model's own readout errors: Aer puts them on drawn shots alone (and
PennyLane's `from_qiskit_noise` leaves them out).
"""

from __future__ import annotations

import importlib.util
import warnings
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from qtl_core.common.checks import real_array
from qtl_core.common.errors import UserError
from qtl_core.machines.calibration import Machine, QubitFigures
from qtl_core.machines.gate_counts import GateCounts
from qtl_core.machines.layouts import check_fits, layout_of
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.gates import AngleSource
from qtl_core.settings import CircuitSettings
from qtl_core.settings.readout_words import harmless

PREFIX = "fake_"
PACKAGES = ("qiskit", "qiskit_aer", "qiskit_ibm_runtime")
MOST_USED = 10  # a density matrix of ten qubits has a million numbers
_FREE = ("measure", "barrier")  # no gates


def is_fake(name: str) -> bool:
    """Returns whether a machine's name is one of a fake backend, there or not."""
    return name.startswith(PREFIX)


def missing_packages() -> tuple[str, ...]:
    """Returns what the extra would install and is not there."""
    return tuple(name for name in PACKAGES if importlib.util.find_spec(name) is None)


def require_hardware() -> None:
    """Refuses where the extra is not installed.

    Raises:
        UserError: It is not, with what to do.
    """
    if missing := missing_packages():
        raise UserError(
            "Machines of Qiskit Runtime are not installed here.",
            f"They need {', '.join(each.replace('_', '-') for each in missing)}.",
            "Install them by: pip install '.[hardware]'",
        )


@cache
def fake_names() -> tuple[str, ...]:
    """Returns the fake backends that are there, by name; nothing of Qiskit's is imported."""
    if missing_packages():
        return ()
    spec = importlib.util.find_spec("qiskit_ibm_runtime")
    folders = [Path(place) / "fake_provider/backends" for place in (spec and spec.submodule_search_locations) or ()]
    return tuple(sorted(f"{PREFIX}{each.parent.name}" for folder in folders for each in folder.glob("*/conf_*.json")))


def fake_title(name: str) -> str:
    """Returns what to call a fake backend on screen."""
    return f"{name.removeprefix(PREFIX).capitalize()} (IBM)"


@dataclass(frozen=True, eq=False)
class Transpiled:
    """A circuit as Qiskit lays it on a machine.

    Attributes:
        circuit: Qiskit's circuit with its angles as parameters, without its measurements.
        layout: The machine's qubit that each wire begins on.
        measured: The machine's qubit that gives each output.
        pairs: The qubits that two-qubit gates join, each pair in ascending order.
        used: The machine's qubits that take part.
        before, after: Its gates as written and as they run (of which rz take no time and do not err).
    """

    circuit: Any
    layout: tuple[int, ...]
    measured: tuple[int, ...]
    pairs: frozenset[tuple[int, int]]
    used: tuple[int, ...]
    before: GateCounts
    after: GateCounts


@dataclass(frozen=True)
class AerCircuit:
    """A head's circuit on a fake backend, to be read as a `NoisyCircuit` is.

    Attributes:
        settings: The circuit's settings.
        machine: The machine's name.
        layout: A qubit for each wire, as the setting says it; "" leaves it to Qiskit.
    """

    settings: CircuitSettings
    machine: str
    layout: str = ""

    @property
    def outputs(self) -> int:
        """Number of expectation values that come out."""
        return self.settings.qubits

    @property
    def confusion(self) -> np.ndarray:
        """Probability of reading bit r where the bit is b, shape (outputs, 2, 2), as [output, b, r]."""
        errors = _readout_errors(self.machine)
        return np.array([errors.get(qubit, np.eye(2)) for qubit in transpiled(self).measured])


def outcome_probabilities(on: AerCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns how often each bit string is read on average, shape (pictures, 2**outputs); the first output is highest.

    Args:
        on: The circuit and its machine.
        angles: Pictures' angles, shape (pictures, outputs), radians.
        weights: Trained angles, shape (weight_count,), radians.

    Raises:
        UserError: The extra is not installed, there is no such machine, or the circuit does not fit on it.
    """
    bits = true_probabilities(on, angles, weights).reshape(-1, *(2,) * on.outputs)
    for output, confusion in enumerate(on.confusion):
        bits = np.moveaxis(np.tensordot(bits, confusion, axes=(output + 1, 0)), -1, output + 1)
    return np.ascontiguousarray(bits.reshape(len(bits), -1))


def true_probabilities(on: AerCircuit, angles: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the same before anything is read wrongly."""
    angles = real_array("angles", angles, (None, on.outputs), says="(pictures, outputs)")
    weights = real_array("weights", weights, (on.settings.weight_count,), says="(weight_count,)")
    laid = transpiled(on)
    circuit = laid.circuit.copy()
    circuit.save_probabilities(list(reversed(laid.measured)))  # Qiskit's last qubit is the highest bit
    given = {each.name: each for each in circuit.parameters}
    fixed = {each: float(weights[int(name[1:])]) for name, each in given.items() if name.startswith("w")}
    circuit = circuit.assign_parameters(fixed)
    features = {each: angles[:, int(name[1:])].tolist() for name, each in given.items() if name.startswith("a")}
    result = _simulator(on.machine).run(circuit, parameter_binds=[features]).result()
    return np.array([np.asarray(result.data(at)["probabilities"]) for at in range(len(angles))])


def transpiled(on: AerCircuit) -> Transpiled:
    """Returns a circuit as Qiskit lays it on a machine, found once: always the same, by a fixed seed.

    Raises:
        UserError: The extra is not installed, there is no such machine, or the circuit does not fit on it.
    """
    return _transpiled(on)


@cache
def fake_machine(name: str) -> Machine:
    """Returns a fake backend's calibration, as maps and tables show it.

    Raises:
        UserError: The extra is not installed, or there is no such machine.
    """
    backend = _backend(name)
    target, readings = backend.target, _readout_errors(name)
    two = next((each for each in ("cx", "ecr", "cz") if each in target.operation_names), "cx")
    pairs = target[two] if two in target.operation_names else {}
    said = backend.properties()
    day = str(said.last_update_date.date()) if said is not None else ""
    return Machine(
        name=name,
        title=fake_title(name),
        measured=day,
        source="A fake backend of Qiskit Runtime (package qiskit-ibm-runtime, Apache-2.0): that day's calibration.",
        qubits=tuple(_figures(target, qubit, readings.get(qubit, np.eye(2))) for qubit in range(target.num_qubits)),
        cnot_errors={pair: float(each.error or 0.0) for pair, each in pairs.items() if each is not None},
        gate_seconds={},
        cnot_seconds={pair: float(each.duration or 0.0) for pair, each in pairs.items() if each is not None},
        is_assumed=False,
        two_qubit_gate=two,
        needs_aer=True,
    )


def _figures(target: Any, qubit: int, confusion: np.ndarray) -> QubitFigures:
    said = target.qubit_properties[qubit] if target.qubit_properties else None
    errors = {}
    for gate in ("sx", "u2", "u3"):
        if gate in target.operation_names and (each := target[gate].get((qubit,))) is not None:
            errors[gate] = float(each.error or 0.0)
    t1, t2 = (float(getattr(said, name, None) or np.inf) for name in ("t1", "t2"))
    return QubitFigures(t1, t2, float(confusion[0, 1]), float(confusion[1, 0]), errors)


def check_fake(name: str) -> None:
    """Refuses a name that no fake backend has, without opening any.

    Raises:
        UserError: The extra is not installed, or there is no such machine.
    """
    require_hardware()
    if name not in fake_names():
        raise UserError(
            f"There is no machine “{harmless(name)}” here.",
            "Qiskit Runtime's fake backends do not have it.",
            "Choose one of those that the app lists.",
        )


@cache
def _provider() -> Any:
    require_hardware()
    from qiskit_ibm_runtime.fake_provider import FakeProviderForBackendV2

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of one machine: that its figures are not typical
        return FakeProviderForBackendV2()


@cache
def _backend(name: str) -> Any:
    check_fake(name)
    backend = _provider().backend(name)
    if "measure" not in backend.target.operation_names:
        _add_measurements(backend)
    return backend


def _add_measurements(backend: Any) -> None:
    """Adds measurements with their errors: the nine oldest backends measure without saying so in their gates."""
    from qiskit.circuit.library import Measure
    from qiskit.transpiler import InstructionProperties

    said, qubits = backend.properties(), range(backend.target.num_qubits)
    errors = {(qubit,): InstructionProperties(error=said.readout_error(qubit)) for qubit in qubits}
    backend.target.add_instruction(Measure(), errors)


@cache
def _noise_model(name: str) -> Any:
    from qiskit_aer.noise import NoiseModel

    backend = _backend(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of figures that no channel has, which Aer then mends
        return NoiseModel.from_backend(backend)


@cache
def _readout_errors(name: str) -> dict[int, np.ndarray]:
    """Returns the confusion of each qubit that the noise model knows of, shape (2, 2) as [b, r]."""
    found = _noise_model(name)._local_readout_errors
    return {int(qubits[0]): np.asarray(error.probabilities) for qubits, error in found.items()}


@cache
def _simulator(name: str) -> Any:
    from qiskit_aer import AerSimulator

    return AerSimulator(method="density_matrix", noise_model=_noise_model(name))


@lru_cache(maxsize=128)  # seconds on a machine of many qubits
def _transpiled(on: AerCircuit) -> Transpiled:
    backend = _backend(on.machine)
    machine = fake_machine(on.machine)
    check_fits(on.settings, machine)
    layout = list(layout_of(on.layout, machine, on.settings.qubits)) if on.layout.strip() else None
    from qiskit import transpile

    written = _as_qiskit(on.settings)
    laid = transpile(written, backend=backend, initial_layout=layout, optimization_level=3, seed_transpiler=0)
    place = {
        laid.find_bit(each.clbits[0]).index: laid.find_bit(each.qubits[0]).index
        for each in laid.data
        if each.operation.name == "measure"
    }
    measured = tuple(place[output] for output in range(on.settings.qubits))
    after = _counts(laid)
    bare = laid.copy_empty_like()
    for each in laid.data:
        if each.operation.name not in _FREE:
            bare.append(each)
    used = {bare.find_bit(qubit).index for each in bare.data for qubit in each.qubits} | set(measured)
    if len(used) > MOST_USED:
        raise UserError(
            f"On {machine.title} the circuit takes {len(used)} qubits, other qubits' detours included.",
            f"Averages over noise are worked out for up to {MOST_USED}.",
            "Choose a run with fewer qubits, or a layout whose qubits lie beside each other.",
        )
    begins = tuple(laid.layout.initial_index_layout(filter_ancillas=True))
    joined = (sorted(bare.find_bit(qubit).index for qubit in each.qubits) for each in bare.data)
    pairs = frozenset((pair[0], pair[1]) for pair in joined if len(pair) == 2)
    return Transpiled(bare, begins, measured, pairs, tuple(sorted(used)), _counts(written), after)


def _as_qiskit(settings: CircuitSettings) -> Any:
    """Returns Qiskit's circuit of a head, angles as parameters a0, a1, ... and w0, w1, ..., measured at its end."""
    from qiskit import QuantumCircuit
    from qiskit.circuit import Parameter

    circuit = build_circuit(settings)
    known: dict[str, Any] = {}

    def angle(source: AngleSource) -> Any:
        name = f"{'a' if source.kind == 'feature' else 'w'}{source.index}"
        return known.setdefault(name, Parameter(name))

    made = QuantumCircuit(circuit.wires, circuit.wires)
    for gate in circuit.gates:
        angles = [angle(source) for source in gate.angles]
        if gate.kind == "Rot":  # RZ(c) RY(b) RZ(a), the last of them first
            made.rz(angles[0], gate.wires[0])
            made.ry(angles[1], gate.wires[0])
            made.rz(angles[2], gate.wires[0])
        else:
            {"H": made.h, "RY": made.ry, "CNOT": made.cx}[gate.kind](*angles, *gate.wires)
    made.measure(range(circuit.wires), range(circuit.wires))
    return made


def _counts(circuit: Any) -> GateCounts:
    gates = [each for each in circuit.data if each.operation.name not in _FREE]
    depth = circuit.depth(lambda each: each.operation.name not in _FREE)
    return GateCounts(len(gates), sum(len(each.qubits) == 2 for each in gates), int(depth))
