"""Named settings that one click brings back."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.settings.groups import CircuitSettings, RunSettings, TrainingSettings


@dataclass(frozen=True)
class Preset:
    """A named choice of circuit and training; the data stay as they are.

    Attributes:
        name: Its name on screen.
        help: One plain sentence saying what it is.
        circuit, training: The settings it stands for.
    """

    name: str
    help: str
    circuit: CircuitSettings
    training: TrainingSettings

    def applied_to(self, settings: RunSettings) -> RunSettings:
        """Returns `settings` with this preset's circuit and training."""
        return RunSettings(self.circuit, self.training, settings.data)

    def matches(self, settings: RunSettings) -> bool:
        """Returns whether `settings` train what this preset trains; the engine changes the speed, not the result."""
        training = settings.training
        return settings.circuit == self.circuit and training == TrainingSettings(
            **{**vars(self.training), "engine": training.engine, "seed": training.seed, "views": training.views}
        )


PRESETS: tuple[Preset, ...] = (
    Preset(
        "The paper",
        "Mari et al. 2020: 4 qubits, depth 6, 30 epochs.",
        CircuitSettings(),
        TrainingSettings(),
    ),
    Preset(
        "The PennyLane demo",
        "The tutorial made from the paper: the same network, 3 epochs.",
        CircuitSettings(),
        TrainingSettings(epochs=3),
    ),
)


def preset_of(settings: RunSettings) -> Preset | None:
    """Returns the preset that `settings` match, if any."""
    return next((preset for preset in PRESETS if preset.matches(settings)), None)
