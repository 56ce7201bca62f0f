"""A readout in words."""

from __future__ import annotations

from qtl_core.settings.readout import ReadoutSettings

_RATES = {
    "depolarizing_one": "depolarising {} after gates on one qubit",
    "depolarizing_two": "depolarising {} after CNOTs",
    "amplitude_damping": "amplitude damping {}",
    "phase_damping": "phase damping {}",
    "readout_flip": "{} of the bits read wrongly",
}


def readout_in_words(readout: ReadoutSettings) -> str:
    """Returns how the circuit is read, as part of a sentence: "1,024 shots, depolarising 0.01 after CNOTs"."""
    if readout.is_exact:
        return "exact averages"
    counted = "1 shot" if readout.shots == 1 else f"{readout.shots:,} shots"
    return ", ".join((counted if readout.shots else "averages over the noise", *_noise(readout)))


def _noise(readout: ReadoutSettings) -> list[str]:
    if readout.machine:
        on = f" on its qubits {readout.layout}" if readout.layout else " on its best qubits"
        return [f"the errors of {readout.machine}{on}"]
    return [words.format(f"{readout.rates[name]:g}") for name, words in _RATES.items() if readout.rates[name]]
