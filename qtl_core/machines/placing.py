"""A head's circuit as it runs: with the noise of its readout, or laid on a machine with that machine's errors."""

from __future__ import annotations

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.noise.noisy_circuit import NoisyCircuit, with_rates
from qtl_core.settings import CircuitSettings, ReadoutSettings


def noisy_circuit_of(circuit: CircuitSettings, readout: ReadoutSettings) -> NoisyCircuit:
    """Returns the circuit with the noise that a readout asks for.

    Args:
        circuit: The circuit's settings.
        readout: Its rates, or its machine and layout, are read; its shots are not.

    Raises:
        UserError: There is no such machine, or the circuit cannot be laid on it as asked.
    """
    return with_rates(build_circuit(circuit), readout)
