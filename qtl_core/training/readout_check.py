"""Limits of training under a readout, told before pictures are read; and what is said of a run trained so."""

from __future__ import annotations

from qtl_core.common.errors import UserError
from qtl_core.machines.placing import noisy_circuit_of
from qtl_core.network.simulators.density_matrix import MOST_DENSITY_WIRES
from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import readout_in_words


def check_readout(settings: RunSettings) -> None:
    """Refuses a readout that the head cannot be trained under.

    Raises:
        UserError: There is no such machine, the circuit does not fit on it, or it has too many qubits for noise.
    """
    if settings.reads_exactly:
        return
    noisy = noisy_circuit_of(settings.circuit, settings.readout)
    wires = noisy.circuit.wires
    if noisy.has_channels and wires > MOST_DENSITY_WIRES:
        raise UserError(
            f"A circuit of {wires} qubits cannot be trained under noise here.",
            f"What noise does to them takes {4**wires:,} numbers for every picture, at every step.",
            f"Choose {MOST_DENSITY_WIRES} qubits or fewer, or shots without noise.",
        )


def readout_note(settings: RunSettings) -> str:
    """Says of a run what its circuit was read by; "" where it was read exactly."""
    if settings.reads_exactly:
        return ""
    shots = settings.readout.shots
    slopes = "slopes by the parameter-shift rule" if shots else "slopes of those averages"
    wanted = settings.training.engine
    engine = "" if wanted == "torch" else " The torch engine did it, as no other knows shots or noise."
    drawn = " Other shots would have given other numbers." if shots else ""
    return f"Trained, validated and tested with {readout_in_words(settings.readout)}: {slopes}.{engine}{drawn}"
