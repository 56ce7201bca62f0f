"""Settings: one set of frozen, validated dataclasses that feeds widgets, command line, stored runs and links."""

from qtl_core.settings.fields import Choice, FieldSpec, SettingsError, spec_of, specs
from qtl_core.settings.groups import (
    CircuitSettings,
    DataSettings,
    ModelSettings,
    RunSettings,
    TrainingSettings,
    TransferSettings,
)
from qtl_core.settings.presets import (
    PRESETS,
    Preset,
    is_small,
    numbers_rate,
    numbers_training,
    preset_of,
    small_set_training,
    steps_of,
)
from qtl_core.settings.readout import ReadoutSettings

__all__ = [
    "PRESETS",
    "Choice",
    "CircuitSettings",
    "DataSettings",
    "FieldSpec",
    "ModelSettings",
    "Preset",
    "ReadoutSettings",
    "RunSettings",
    "SettingsError",
    "TrainingSettings",
    "TransferSettings",
    "is_small",
    "numbers_rate",
    "numbers_training",
    "preset_of",
    "small_set_training",
    "spec_of",
    "specs",
    "steps_of",
]
