"""The settings that count: whether one plays a part beside the others, so that what plays none is no difference.

A run with Adam does not read the momentum, and one with a linear layer has no qubits. Results marked as of other
settings, names of runs, links and comparisons ask here, and the Train page shows what counts.

To add a setting that counts for some runs alone: a line in `_RULES`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qtl_core.settings.fields import specs
from qtl_core.settings.groups import FIELDS, GROUPS, RunSettings
from qtl_core.settings.readout import ReadoutSettings

_PARTS = ("carry", "freeze")
READOUT = tuple(specs(ReadoutSettings))
RATES = tuple(ReadoutSettings().rates)


def counts(settings: RunSettings, name: str) -> bool:
    """Returns whether a run of `settings` reads the setting `name`: with another value it may be another run."""
    return all(rule(settings) for names, rule in _RULES if name in names)


def value_that_counts(settings: RunSettings, name: str) -> Any:
    """Returns a setting's value, or its usual one where it plays no part, or says the same of this head."""
    usual = FIELDS[name].default
    if not counts(settings, name):
        return usual
    value = settings.value(name)
    if name in _PARTS:
        return usual if _own_parts(settings, value) == _own_parts(settings, usual) else _own_parts(settings, value)
    return value


def relevant(settings: RunSettings) -> RunSettings:
    """Returns the settings with the usual value of all that plays no part: equal for equal runs."""
    groups = {
        group: kind(**{name: value_that_counts(settings, name) for name in specs(kind)})
        for group, kind in GROUPS.items()
    }
    return RunSettings(**groups)


def train_the_same(one: RunSettings, other: RunSettings) -> bool:
    """Returns whether two settings stand for the same run."""
    return one == other or relevant(one) == relevant(other)


def _own_parts(settings: RunSettings, names: str) -> str:
    """Returns those of the named parts that the head has."""
    return ",".join(part for part in names.split(",") if part in settings.model.spec.parts)


def _has_circuit(settings: RunSettings) -> bool:
    return settings.model.spec.has_circuit


def _is_pictures(settings: RunSettings) -> bool:
    return not settings.data.is_numbers


def _is(name: str, *values: object) -> Callable[[RunSettings], bool]:
    return lambda settings: settings.value(name) in values


# Each with the settings that count only where it is true; of a setting in several lines all must be.
_RULES: tuple[tuple[tuple[str, ...], Callable[[RunSettings], bool]], ...] = (
    (("entangler", "reuploading", "q_delta"), _has_circuit),
    # A bottleneck has as many numbers to learn as the circuit that it stands beside, so they say how wide it is.
    (("qubits", "depth", "rotation"), lambda settings: _has_circuit(settings) or settings.model.head == "bottleneck"),
    (("entangler", "rotation", "reuploading", "q_delta"), lambda settings: settings.circuit.depth > 0),
    (("entangler",), lambda settings: settings.circuit.qubits > 1),
    (("hidden_units",), _is("head", "mlp")),
    (("momentum",), _is("optimiser", "sgd")),
    (("step_size", "gamma"), _is("schedule", "step")),
    (("views",), lambda settings: settings.training.augmentation and settings.training.backbone_mode == "frozen"),
    (("augmentation", "views", "backbone", "weights", "backbone_mode"), _is_pictures),
    (("folder",), _is("source", "folder")),
    (("dataset", "dataset_version"), _is("source", "dataset")),
    (("shape", "turns", "rotation_degrees", "spread", "points"), _is("source", "points")),
    (("turns",), _is("shape", "spirals")),
    (("table", "label", "columns"), _is("source", "table")),
    (("test_from",), lambda settings: settings.data.test_share > 0),
    (("held_out",), lambda settings: settings.data.divided_into > 0),
    (READOUT, _has_circuit),
    (("engine",), lambda settings: settings.reads_exactly),  # shots and noise are simulated by one alone
    (RATES, lambda settings: not settings.readout.machine),
    (("layout", "gate_times"), lambda settings: bool(settings.readout.machine)),
    (("carry",), lambda settings: bool(settings.transfer.start_from)),
)
