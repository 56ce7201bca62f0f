"""A readout in words, and the two sentences that stand beside a run's figures: what read them, and what did not.

A run that is trained from shots or under noise is validated and tested so, and its record keeps those figures. What is
asked of it afterwards, such as an answer, a map or a heat map, is computed with the exact circuit. Whatever shows the
one says `figures_words`, whatever shows the other `exact_words`; of other runs both are "".
"""

from __future__ import annotations

import re

from qtl_core.settings.groups import RunSettings
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
    return ", ".join((_shots(readout) if readout.shots else "averages over the noise", *_noise(readout)))


def noise_in_words(readout: ReadoutSettings) -> str:
    """Returns the noise alone, as part of a sentence: "depolarising 0.01 after CNOTs"; "" where there is none."""
    return ", ".join(_noise(readout))


def exact_words(settings: RunSettings) -> str:
    """Returns what stands beside anything that a run's exact circuit computes; "" of a run that was trained with it."""
    if settings.reads_exactly:
        return ""
    trained = readout_in_words(settings.readout)
    return f"This is of the exact circuit. The run was trained with {trained}; read so, it may answer otherwise."


def figures_words(settings: RunSettings) -> str:
    """Returns what stands beside figures that a run's record keeps; "" of a run that was read exactly."""
    if settings.reads_exactly:
        return ""
    readout = settings.readout
    if not readout.shots:
        noise = noise_in_words(readout)
        return f"Each figure is an average over the noise ({noise}), as if every circuit were measured without end."
    measured = readout_in_words(readout)
    return f"Each figure is one draw: every circuit is measured with {measured}. Other shots would give other figures."


def _shots(readout: ReadoutSettings) -> str:
    return "1 shot" if readout.shots == 1 else f"{readout.shots:,} shots"


def _noise(readout: ReadoutSettings) -> list[str]:
    if readout.machine:
        layout = harmless(readout.layout)
        on = f" on its qubits {layout}" if layout else " on qubits that the app chose"
        return [f"the errors of {harmless(readout.machine)}{on}"]
    return [words.format(f"{readout.rates[name]:g}") for name, words in _RATES.items() if readout.rates[name]]


def harmless(name: str) -> str:
    """Returns a machine's name or a layout without what makes more of it, as a link: it may come from a stranger."""
    return re.sub(r"[^A-Za-z0-9_,-]", "", name)[:60]
