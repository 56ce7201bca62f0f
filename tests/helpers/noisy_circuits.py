"""Random noisy circuits: every kind of channel, two-wire ones among them, wires that nobody reads, wrong readings."""

from __future__ import annotations

import numpy as np

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.noise.channels import CHANNELS, kraus
from qtl_core.network.noise.noisy_circuit import AppliedChannel, NoisyCircuit, with_rates
from qtl_core.settings import CircuitSettings, ReadoutSettings

EVERY_RATE = ReadoutSettings(
    depolarizing_one=0.02, depolarizing_two=0.05, amplitude_damping=0.03, phase_damping=0.04, readout_flip=0.1
)


def random_kraus(rng: np.random.Generator, wires: int, operators: int = 3) -> np.ndarray:
    """Kraus operators of a random channel, shape (operators, 2**wires, 2**wires): a block of a random isometry."""
    size = 2**wires
    tall = rng.normal(size=(operators * size, size)) + 1j * rng.normal(size=(operators * size, size))
    return np.linalg.qr(tall)[0].reshape(operators, size, size)


def random_noisy(seed: int, settings: CircuitSettings) -> NoisyCircuit:
    """The settings' circuit with a random channel after each gate, and each bit read wrongly in its own way."""
    rng = np.random.default_rng(seed)
    circuit = build_circuit(settings)
    channels = tuple(_random_channels(rng, gate.wires, circuit.wires) for gate in circuit.gates)
    wrong = rng.uniform(0, 0.4, (circuit.wires, 2))
    confusion = np.stack([np.stack([1 - wrong[:, 0], wrong[:, 0]], 1), np.stack([wrong[:, 1], 1 - wrong[:, 1]], 1)], 1)
    return NoisyCircuit(circuit, channels, tuple(rng.permutation(circuit.wires).tolist()), confusion)


def with_every_rate(settings: CircuitSettings) -> NoisyCircuit:
    """The settings' circuit with all kinds of noise that have a rate of their own."""
    return with_rates(build_circuit(settings), EVERY_RATE)


def numbers_for(noisy: NoisyCircuit, pictures: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Random angles of some pictures, and trained ones."""
    rng = np.random.default_rng(seed)
    return rng.uniform(-1.5, 1.5, (pictures, noisy.outputs)), rng.normal(size=noisy.circuit.weight_count)


def _random_channels(rng: np.random.Generator, on: tuple[int, ...], wires: int) -> tuple[AppliedChannel, ...]:
    found = [AppliedChannel(kraus(name, rng.uniform(0, 0.2)), (wire,)) for wire in on for name in CHANNELS]
    if wires > 1 and rng.random() < 0.3:
        first, second = (int(wire) for wire in rng.permutation(wires)[:2])
        found.append(AppliedChannel(random_kraus(rng, 2), (first, second)))
    found += [AppliedChannel(random_kraus(rng, 1), (wire,)) for wire in on if rng.random() < 0.3]
    return tuple(found)
