"""Training under a readout: its limits, told before pictures are read; how many circuits it takes; its note."""

from __future__ import annotations

from qtl_core.common.errors import UserError
from qtl_core.machines.placing import noisy_circuit_of
from qtl_core.network.simulators.density_matrix import MOST_DENSITY_WIRES
from qtl_core.network.simulators.parameter_shift import shiftable
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import CIRCUIT, PRE_NET
from qtl_core.settings.readout_words import readout_in_words

LEARNS = {"feature": PRE_NET, "weight": CIRCUIT}  # the part that learns from the slopes of each kind of angle


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


def training_circuits(settings: RunSettings, train_size: int, val_size: int) -> int:
    """Returns how many circuits all epochs run, validation included; 0 where the circuit is read exactly.

    From shots the slope of every angle that learns takes two more circuits a picture; those of averages take none.

    Args:
        settings: Those of a run that `check_readout` lets pass.
        train_size: Training pictures.
        val_size: Validation pictures.
    """
    if settings.reads_exactly:
        return 0
    each = 1 + 2 * _shifted(settings) if settings.readout.shots else 1
    return settings.training.epochs * (train_size * each + val_size)


def _shifted(settings: RunSettings) -> int:
    """Returns how many angles of a picture's circuit have a slope that something learns from."""
    still = {*settings.transfer.frozen_parts, *settings.model.spec.fixed}
    sources = shiftable(noisy_circuit_of(settings.circuit, settings.readout)).sources
    return sum(LEARNS[each.kind] not in still for each in sources)


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
