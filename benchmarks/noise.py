"""Section 8: circuits under noise, against PennyLane's `default.mixed` and Qiskit Aer's density matrix."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pennylane as qml

from benchmarks.bench import Bench, say
from benchmarks.clock import in_turns, seconds_of
from benchmarks.noisy_waits import dial_seconds, training_seconds
from benchmarks.report import Section, Table, seconds, times
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.binding import bind
from qtl_core.network.noise.noisy_circuit import NoisyCircuit, with_rates, without_noise
from qtl_core.network.simulators.density_gradients import expectations_with_gradient
from qtl_core.network.simulators.density_matrix import noisy_expectations, outcome_probabilities
from qtl_core.network.simulators.pennylane_reference import OPERATIONS
from qtl_core.network.simulators.shots import draw
from qtl_core.settings import CircuitSettings, ReadoutSettings

RATES = ReadoutSettings(depolarizing_one=0.01, depolarizing_two=0.05, amplitude_damping=0.01, phase_damping=0.01)
PICTURES, SHOTS, WIDE = 153, 1000, 8
FEW = 4  # pictures that default.mixed is timed on: it takes each by itself
AGAIN, STRINGS = f"{WIDE} qubits, depth 6, pictures uploaded again", f"{WIDE} qubits, depth 6, all bit strings"
MIXED, AER = "default.mixed", "Qiskit Aer, density matrix"


def measure(bench: Bench) -> Section:
    """Times every picture's expectation values under noise after every gate."""
    pictures = min(PICTURES, bench.effort.pictures or PICTURES)
    say("Noise: 4 qubits against the references ...")
    noisy, angles, weights = _case(CircuitSettings(), pictures)
    references = {MIXED: (_by_pennylane(noisy), FEW), AER: (_by_aer(noisy), pictures)}
    ours_once = partial(noisy_expectations, noisy, angles, weights)
    turns: dict[str, Callable[[], float]] = {"ours": lambda: _best_of(ours_once)}
    for name, (run, count) in references.items():
        scale = pictures / count
        turns[name] = lambda run=run, count=count, scale=scale: seconds_of(lambda: run(angles[:count], weights)) * scale
    found = in_turns(turns, bench.effort.rounds)
    ours = found["ours"]
    rows = [(name, seconds(time), times(time / ours)) for name, time in found.items()]
    more = _more(pictures, tiny=bench.effort.budget == 0)
    trained, head = training_seconds(bench)
    moves = dial_seconds(bench, head)
    return Section(
        "Noise",
        f"<Z> of {pictures} pictures, 4 qubits, depth 6; depolarising, amplitude and phase damping after every gate on "
        f"each of its wires; one thread for every simulator. Best of {bench.effort.rounds} turns; default.mixed did "
        f"{FEW} pictures, and its time is scaled up. Aer gets all circuits in one call, made beforehand.",
        (
            Table(("simulator", "all pictures", "as long as ours"), rows),
            Table(("also measured", "time"), _written(more)),
            Table(("the recipe trained, every epoch of it, under", "time"), _written(trained)),
            Table(("a move of the dial, all validation pictures", "time"), _written(moves)),
        ),
        notes=(
            f"Trained on {bench.materials}: {bench.settings.circuit.qubits} qubits, "
            f"{bench.settings.training.epochs} epochs, features at hand, one thread, each once, "
            "after an epoch to warm up.",
            "A move of the dial is what a worker computes: answers, accuracy, confidence, margins, and bands of more "
            "draws where shots are taken; the least of five, each with other numbers. What a page draws is not in it.",
        ),
        figures={
            "noise_vs_default_mixed": found[MIXED] / ours,
            "noise_vs_aer": found[AER] / ours,
            "noise_8q_seconds": more[f"{WIDE} qubits, depth 6"],
            "noise_8q_again_seconds": more[AGAIN],
            "noise_8q_strings_seconds": more[STRINGS],
            "shots_1000_seconds": more[f"{SHOTS:,} shots of each picture, exact states"],
            "noise_training_seconds": max(trained.values()),
            "dial_seconds": max(moves.values()),
        },
    )


def _written(found: dict[str, float]) -> list[tuple[str, str]]:
    return [(name, seconds(time)) for name, time in found.items()]


def _more(pictures: int, *, tiny: bool) -> dict[str, float]:
    """Returns seconds of what has no reference here."""
    exact = without_noise(build_circuit(CircuitSettings()))
    angles, weights = _numbers(exact, pictures)
    found = {
        f"{SHOTS:,} shots of each picture, exact states": _best_of(
            lambda: draw(outcome_probabilities(exact, angles, weights), SHOTS, np.random.default_rng(0))
        )
    }
    for qubits in (6, WIDE):
        noisy, angles, weights = _case(CircuitSettings(qubits=qubits, depth=1 if tiny else 6), pictures)
        found[f"{qubits} qubits, depth 6"] = _best_of(
            lambda noisy=noisy, angles=angles, weights=weights: noisy_expectations(noisy, angles, weights), 2
        )
    found |= _wide(pictures, depth=1 if tiny else 6)
    noisy, angles, weights = _case(CircuitSettings(), 4)
    gradient = partial(expectations_with_gradient, noisy, angles, weights, np.ones_like(angles))
    return found | {"gradient of a batch of 4, 4 qubits, depth 6": _best_of(gradient)}


def _wide(pictures: int, depth: int) -> dict[str, float]:
    """Returns seconds of what cannot go backwards from a few averages: pictures that come in again, all bit strings."""
    again = _case(CircuitSettings(qubits=WIDE, depth=depth, reuploading=True), pictures)
    once = _case(CircuitSettings(qubits=WIDE, depth=depth), pictures)
    return {
        AGAIN: _best_of(lambda: noisy_expectations(*again), 2),
        STRINGS: _best_of(lambda: outcome_probabilities(*once), 2),
    }


def _case(settings: CircuitSettings, pictures: int) -> tuple[NoisyCircuit, np.ndarray, np.ndarray]:
    noisy = with_rates(build_circuit(settings), RATES)
    return noisy, *_numbers(noisy, pictures)


def _numbers(noisy: NoisyCircuit, pictures: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.uniform(-1.5, 1.5, (pictures, noisy.outputs)), rng.normal(size=noisy.circuit.weight_count)


def _best_of(work: Callable[[], object], repeats: int = 5) -> float:
    return min(seconds_of(work) for _ in range(repeats))


def _by_pennylane(noisy: NoisyCircuit) -> Callable[[np.ndarray, np.ndarray], object]:
    device = qml.device("default.mixed", wires=noisy.circuit.wires)

    @qml.qnode(device)
    def one(angles: np.ndarray, weights: np.ndarray) -> object:
        for gate, channels in zip(bind(noisy.circuit, angles, weights), noisy.channels, strict=True):
            OPERATIONS[gate.kind](*gate.angles, wires=gate.wires)
            for channel in channels:
                qml.QubitChannel(list(channel.kraus), wires=channel.wires)
        return [qml.expval(qml.PauliZ(wire)) for wire in noisy.measured]

    return lambda angles, weights: [one(row, weights) for row in angles]


def _by_aer(noisy: NoisyCircuit) -> Callable[[np.ndarray, np.ndarray], object]:
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Kraus
    from qiskit_aer import AerSimulator
    from qiskit_aer.noise import NoiseModel

    model = NoiseModel()
    for count in (1, 2):
        gate = next(k for k, gate in enumerate(noisy.circuit.gates) if len(gate.wires) == count)
        first_wire = noisy.circuit.gates[gate].wires[0]
        kinds = [each.kraus for each in noisy.channels[gate] if each.wires == (first_wire,)]
        error = Kraus(list(kinds[0]))
        for kraus in kinds[1:]:
            error = error.compose(Kraus(list(kraus)))
        both = error if count == 1 else error.tensor(error)
        model.add_all_qubit_quantum_error(both, ["h", "ry"] if count == 1 else ["cx"])
    simulator = AerSimulator(method="density_matrix", noise_model=model, max_parallel_threads=1)

    def circuit_of(angles: np.ndarray, weights: np.ndarray) -> QuantumCircuit:
        circuit = QuantumCircuit(noisy.circuit.wires)
        for gate in bind(noisy.circuit, angles, weights):
            {"H": circuit.h, "RY": circuit.ry, "CNOT": circuit.cx}[gate.kind](*gate.angles, *gate.wires)
        circuit.save_probabilities()
        return circuit

    made: dict[int, list[QuantumCircuit]] = {}

    def run(angles: np.ndarray, weights: np.ndarray) -> object:
        if len(angles) not in made:
            made[len(angles)] = [circuit_of(row, weights) for row in angles]
        return simulator.run(made[len(angles)], shots=1).result()

    return run
