"""A run's head in a few words: only what plays a part in it."""

from __future__ import annotations

from qtl_core.settings.groups import RunSettings
from qtl_core.settings.parameters import hidden_width


def head_in_words(settings: RunSettings, feature_size: int = 0, classes: int = 0) -> str:
    """Returns for example "4 qubits, depth 6", "linear layer" or "bottleneck of 4 units".

    Args:
        settings: The run's.
        feature_size, classes: How many there are; 0 where that is not known, and then a bottleneck's width is not said.
    """
    if settings.model.spec.has_circuit:
        still = ", angles left at random" if settings.model.head == "dressed_fixed" else ""
        return f"{counted(settings.circuit.qubits, 'qubit')}, depth {settings.circuit.depth}{still}"
    if settings.model.head == "linear":
        return "linear layer"
    if settings.model.head == "mlp":
        return f"hidden layer of {counted(settings.model.hidden_units, 'unit')}"
    if not (feature_size and classes):
        return "bottleneck"
    width = hidden_width(feature_size, classes, settings.circuit, settings.model)
    return f"bottleneck of {counted(width, 'unit')}"


def counted(number: int, noun: str) -> str:
    """Returns for example "1 layer" or "1,280 features"."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"
