"""Named settings that one click brings back."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from qtl_core.settings.groups import CircuitSettings, DataSettings, RunSettings, TrainingSettings
from qtl_core.settings.relevant import train_the_same


@dataclass(frozen=True)
class Preset:
    """A named choice of circuit and training, and perhaps of the points that are learnt; pictures stay as they are.

    Attributes:
        name: Its name on screen.
        help: One plain sentence saying what it is.
        circuit, training: The settings it stands for.
        points: The points that are learnt, where they are part of it.
    """

    name: str
    help: str
    circuit: CircuitSettings
    training: TrainingSettings
    points: DataSettings | None = None

    def applied_to(self, settings: RunSettings) -> RunSettings:
        """Returns `settings` with this preset's circuit and training, and the paper's head, which starts fresh.

        The pictures stay, in their own parts; all that train are used again, and none are set aside. Points go where
        they are no part of it: what brought them leaves with them.
        """
        usual = DataSettings()
        data = replace(settings.data, **{name: getattr(usual, name) for name in OF_PARTS})
        if self.points is not None:
            data = replace(data, **{name: getattr(self.points, name) for name in OF_POINTS})
        elif data.source == "points":
            data = replace(data, source=usual.source)
        return RunSettings(self.circuit, self.training, data)

    def matches(self, settings: RunSettings) -> bool:
        """Returns whether `settings` train what this preset trains; the engine changes the speed, not the result."""
        own = self.applied_to(settings).changed(engine=settings.training.engine, seed=settings.training.seed)
        return train_the_same(settings, own)


OF_PARTS = ("test_share", "test_from", "per_class", "divided_into", "held_out")  # what says which are learnt from
OF_POINTS = ("source", "shape", "turns", "rotation_degrees", "spread", "points")  # what says which they are
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
    Preset(
        "The paper's spirals",
        "No pictures: 2,000 points of two spirals, 5 qubits, depth 5, 1,000 steps.",
        CircuitSettings(qubits=5, depth=5),
        TrainingSettings(learning_rate=0.07, batch_size=10, epochs=5, q_delta=0.001),
        DataSettings(source="points"),
    ),
)


# What the paper's recipe comes to: 61 batches of its 244 pictures in each of 30 epochs.
PAPER_PICTURES = 244
MOST_SMALL = 122  # training pictures: from half the paper's on, its own recipe makes half its steps or more
LONGEST = 500  # epochs: what the setting allows


def steps_of(training: TrainingSettings, pictures: int) -> int:
    """Returns how many steps a training with so many pictures makes: one a batch, in every epoch."""
    return training.epochs * math.ceil(pictures / training.batch_size)


PAPER_STEPS = steps_of(TrainingSettings(), PAPER_PICTURES)  # 1,830


def small_set_training(pictures: int, training: TrainingSettings | None = None) -> TrainingSettings:
    """Returns the settings with which few pictures are learnt: the paper's steps, not its epochs.

    The learning rate is the paper's, and so is its decay, twice, after each third of the training. The weights kept are
    those of the lowest validation loss: among eight validation pictures several epochs have as many right, and the
    first of them, which is kept by accuracy, has seen next to nothing yet.

    `benchmarks/small_sets.py` measures it: 5 to 30 pictures a class, 40 draws each, all others to judge by.

    Args:
        pictures: Training pictures, 1 or more.
        training: Whose other settings stay (seed, engine, augmentation); by default the paper's.

    Raises:
        ValueError: There are no pictures.
    """
    if pictures < 1:
        raise ValueError(f"{pictures} training pictures")
    usual, batches = TrainingSettings(), math.ceil(pictures / TrainingSettings().batch_size)
    epochs = min(LONGEST, max(usual.epochs, math.ceil(PAPER_STEPS / batches)))
    return replace(
        training or usual,
        learning_rate=usual.learning_rate,
        gamma=usual.gamma,
        batch_size=usual.batch_size,
        epochs=epochs,
        step_size=math.ceil(epochs / 3),
        best_by="loss",
    )


PAPER_FEATURES = 512  # numbers that the paper's network says of a picture
FASTEST = 0.05  # of two numbers a row, what was found best; at 0.07 the loss begins to leap


def numbers_rate(features: int) -> float:
    """Returns the learning rate that suits rows of so many numbers: the fewer there are, the higher.

    A step of Adam moves every weight by about the rate, and so a sum over all features by the rate times their number.
    The paper's rate moves the sum of its 512 by 0.2 a step; this one does the same where there are fewer.
    `benchmarks/numbers.py` measures it.

    Args:
        features: Numbers of a row, 1 or more.

    Raises:
        ValueError: There are none.
    """
    if features < 1:
        raise ValueError(f"{features} features")
    usual = TrainingSettings().learning_rate
    return float(f"{min(FASTEST, max(usual, usual * PAPER_FEATURES / features)):.2g}")


SLOW = 4  # times below what suits: half of that still learns nearly as much


def is_slow_for(training: TrainingSettings, features: int) -> bool:
    """Returns whether the learning rate is far below what suits rows of so many numbers."""
    return features > 0 and SLOW * training.learning_rate <= numbers_rate(features)


def numbers_training(rows: int, features: int, training: TrainingSettings | None = None) -> TrainingSettings:
    """Returns the settings with which points, or the rows of a table, are learnt: `numbers_rate`, the paper's steps.

    Args:
        rows: Training rows, 1 or more.
        features: Numbers of a row, 1 or more.
        training: Whose other settings stay; by default the paper's.

    Raises:
        ValueError: There are no rows, or no features.
    """
    return replace(small_set_training(rows, training), learning_rate=numbers_rate(features))


def small_set_steps(pictures: int) -> int:
    """Returns how many steps `small_set_training` makes: the paper's or more, but for so few that `LONGEST` is less."""
    return steps_of(small_set_training(pictures), pictures)


def makes_few_steps(training: TrainingSettings, pictures: int) -> bool:
    """Returns whether a training on few pictures makes fewer steps than the paper's, and could make more."""
    return is_small(pictures) and steps_of(training, pictures) < min(PAPER_STEPS, small_set_steps(pictures))


def is_small(pictures: int) -> bool:
    """Returns whether a set of so many training pictures is learnt better with `small_set_training`."""
    return 0 < pictures <= MOST_SMALL


def preset_of(settings: RunSettings) -> Preset | None:
    """Returns the preset that `settings` match, if any."""
    return next((preset for preset in PRESETS if preset.matches(settings)), None)
