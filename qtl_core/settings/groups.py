"""The settings of a run: circuit, training, data, kind of head, and where it starts. Every default is the recipe's.

The recipe: Mari et al., Transfer learning in hybrid classical-quantum neural networks, Quantum 4, 340 (2020).

To add a setting: declare it here with its limits and their reason. Widgets, command-line options, stored runs
and links follow by themselves; what it *does* belongs where it is read (circuit, training, datasets).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qtl_core.common.checks import instance
from qtl_core.settings.backbone_names import OTHERS, alike, is_timms, title_of
from qtl_core.settings.backbones import BACKBONES, DEFAULT
from qtl_core.settings.fields import (
    Choice,
    FieldSpec,
    Others,
    SettingsError,
    Validated,
    choice,
    flag,
    real,
    several,
    specs,
    text,
    whole,
)
from qtl_core.settings.heads import CIRCUIT, DEFAULT_HEAD, HEADS, POST_NET, PRE_NET, HeadSpec
from qtl_core.settings.readout import ReadoutSettings


@dataclass(frozen=True)
class CircuitSettings(Validated):
    """The variational circuit between the two linear layers."""

    qubits: int = whole(
        4,
        1,
        12,
        "Qubits",
        "How many quantum bits the circuit has; each one doubles the simulated state.",
        "12 qubits hold 4,096 amplitudes a picture, about what a laptop still trains while one watches",
    )
    depth: int = whole(
        6,
        0,
        20,
        "Depth",
        "How many times the trained layer (entangle, then rotate) is repeated.",
        "0 leaves only the embedding; beyond 20 layers gradients of circuits this wide tend to vanish",
    )
    entangler: str = choice(
        "brick",
        (
            Choice("brick", "Brick (the paper's)", "CNOTs on pairs 0-1, 2-3, ... and then 1-2, 3-4, ..."),
            Choice("ring", "Ring", "CNOTs from each qubit to the next, the last back to the first"),
            Choice("all", "All pairs", "a CNOT on every pair of qubits"),
            Choice("none", "None", "no CNOT: the qubits never meet"),
        ),
        "Entangler",
        "Which qubits are tied together by CNOT gates at the start of every layer.",
    )
    rotation: str = choice(
        "ry",
        (
            Choice("ry", "RY (the paper's)", "one trained angle a qubit and layer"),
            Choice("rot", "Full rotation (Rot)", "three trained angles a qubit and layer"),
        ),
        "Rotation",
        "Which turn is trained: RY has one angle, Rot can reach every point of the sphere with three.",
    )
    reuploading: bool = flag(
        False,
        "Data re-uploading",
        "Turns the picture's angles into the qubits again before every layer, not only once.",
    )

    @property
    def angles_per_rotation(self) -> int:
        """Trained angles of one rotation gate: 1 for RY, 3 for Rot."""
        return {"ry": 1, "rot": 3}[self.rotation]

    @property
    def weight_count(self) -> int:
        """Trained angles of the whole circuit: the length of `q_params`."""
        return self.depth * self.qubits * self.angles_per_rotation


@dataclass(frozen=True)
class TrainingSettings(Validated):
    """Settings of the head's training, and of the choice of its best weights."""

    learning_rate: float = real(
        0.0004,
        1e-6,
        1.0,
        "Learning rate",
        "How big a step the weights take after each batch.",
        "below 0.000001 nothing moves in single precision, above 1 Adam's steps are wider than the angles' range",
        logarithmic=True,
    )
    epochs: int = whole(
        30,
        1,
        500,
        "Epochs",
        "How many times training goes through all training pictures.",
        "500 is 16 times the paper's; the learning rate has long decayed by then",
    )
    batch_size: int = whole(
        4,
        1,
        256,
        "Batch size",
        "How many pictures are looked at between two steps of the weights.",
        "256 already holds every training photo of the ants and bees at once",
    )
    optimiser: str = choice(
        "adam",
        (
            Choice(
                "adam", "Adam (the paper's)", "every number moves by its own gradient, scaled by how big it usually is"
            ),
            Choice("adamw", "AdamW", "Adam whose weight decay shrinks the numbers themselves, not their gradient"),
            Choice("sgd", "SGD with momentum", "steps along the gradient, carried on by the steps before"),
        ),
        "Optimiser",
        "How the numbers that learn are moved after each batch.",
    )
    momentum: float = real(
        0.9,
        0.0,
        0.999,
        "Momentum",
        "How much of its last step SGD carries on with; Adam has its own and does not read it.",
        "at 1 a step would never fade, and training would never come to rest",
    )
    weight_decay: float = real(
        0.0,
        0.0,
        1.0,
        "Weight decay",
        "How strongly every number that learns is pulled towards zero.",
        "at 1 and the usual rates nothing but the pull is left",
    )
    label_smoothing: float = real(
        0.0,
        0.0,
        0.5,
        "Label smoothing",
        "How much of the certainty is taken from the true class and shared among all; losses shown stay without it.",
        "at one half of two classes three quarters are left to the true one; beyond, the labels say little",
    )
    standardise: bool = flag(
        False,
        "Standardised features",
        "Moves and scales every feature to mean 0 and spread 1 over the training pictures before the head.",
    )
    schedule: str = choice(
        "step",
        (
            Choice("step", "Steps (the paper's)", "multiplied by the factor below after every so many epochs"),
            Choice(
                "cosine", "Cosine", "falls along half a cosine, from the learning rate to nothing after the last epoch"
            ),
            Choice("constant", "Constant", "stays the learning rate"),
            Choice(
                "one_cycle",
                "One cycle",
                "rises over the first three tenths of all batches from a 25th of the learning rate to it, then falls",
            ),
        ),
        "Schedule",
        "How the learning rate changes while it trains.",
    )
    warm_up: int = whole(
        0,
        0,
        100,
        "Warm-up",
        "Over so many epochs at the start the rate rises evenly, batch by batch, to what the schedule says.",
        "longer than the whole of a usual training",
    )
    patience: int = whole(
        0,
        0,
        500,
        "Patience",
        "Ends the training after so many epochs without a better one; 0 never does.",
        "as for epochs",
    )
    step_size: int = whole(
        10,
        1,
        500,
        "Learning-rate step",
        "After this many epochs the learning rate is multiplied by the factor below.",
        "as for epochs",
    )
    gamma: float = real(
        0.1,
        0.01,
        1.0,
        "Learning-rate factor",
        "What the learning rate is multiplied by at each step; 1 keeps it.",
        "above 1 the rate would grow without bound, below 0.01 one step ends all learning",
    )
    q_delta: float = real(
        0.01,
        0.0,
        math.pi,
        "Initial spread (q_delta)",
        "How far from zero the circuit's angles start, at random.",
        "a spread of pi already covers the whole circle",
    )
    seed: int = whole(
        0,
        0,
        2**31 - 1,
        "Seed",
        "The number all randomness grows from: the same seed gives the same run.",
        "what every library's generator takes",
    )
    augmentation: bool = flag(
        False, "Augmentation", "Shows training a randomly cropped, perhaps mirrored, view of each picture every epoch."
    )
    views: int = whole(
        8,
        1,
        32,
        "Views a picture",
        "How many augmented views of each picture are kept to draw from.",
        "each view costs one pass of the backbone and its features on disk",
    )
    best_by: str = choice(
        "accuracy",
        (
            Choice("accuracy", "Validation accuracy (the paper's)", "most validation pictures right"),
            Choice("loss", "Validation loss", "lowest validation loss"),
        ),
        "Best weights by",
        "Which validation figure decides which epoch's weights are kept.",
    )
    class_weights: str = choice(
        "none",
        (
            Choice("none", "None (the paper's)", "every training picture weighs the same"),
            Choice(
                "balanced",
                "Balanced",
                "n / (k x count) for a class with count of the n training pictures of k classes, as in scikit-learn, "
                "so that a rare class weighs as much as a common one; losses shown still count every picture once",
            ),
        ),
        "Class weights",
        "Whether a picture of a rare class moves the weights more than one of a common class.",
    )
    backbone_mode: str = choice(
        "frozen",
        (
            Choice("frozen", "Truly frozen", "the backbone never changes, so its features are computed once and kept"),
            Choice(
                "published", "As published (slow)", "its batch norms follow each batch of four and drift, every epoch"
            ),
        ),
        "Backbone",
        "Whether the image network stands still, or its batch norms drift as in the published code.",
    )
    engine: str = choice(
        "compiled",
        (
            Choice("compiled", "Compiled (fastest)", "machine code for this very circuit, where features are kept"),
            Choice("torch", "Torch state vector", "the whole batch at once, differentiated by torch itself"),
            Choice(
                "pennylane", "PennyLane (reference)", "default.qubit: slow, and what every number is checked against"
            ),
        ),
        "Engine",
        "Which simulator runs the circuit; all give the same numbers, up to rounding.",
    )

    @property
    def has_fixed_length(self) -> bool:
        """True if every epoch's rate depends on how many there are in all: none can be added afterwards."""
        return self.schedule in ("cosine", "one_cycle")

    def ends_after(self, epoch: int, best_epoch: int) -> bool:
        """Returns whether training ends after this epoch: all are done, or too many without a better one than the best.

        Args:
            epoch: The last epoch that is done, from 1; 0 before the first.
            best_epoch: The best of them; 0 if there is none.
        """
        return epoch >= self.epochs or 0 < self.patience <= epoch - best_epoch


@dataclass(frozen=True)
class DataSettings(Validated):
    """The pictures that are learnt, and the frozen image network that they go through."""

    source: str = choice(
        "photos",
        (
            Choice("photos", "Ants and bees, photos", "244 + 153 real photos, the paper's data"),
            Choice("drawn", "Ants and bees, drawn", "244 + 153 pictures drawn by this app, no download"),
            Choice("folder", "A folder of your own", "train/<class> and val/<class>, or <class> alone"),
            Choice("dataset", "A data set made here", "classes and pictures collected on the Data page"),
            Choice("points", "Points of a plane", "spirals, squares or moons: two numbers each, no pictures"),
            Choice("table", "A table of numbers", "rows of a CSV, Parquet or NumPy file, one column of them the label"),
        ),
        "Pictures",
        "Where the pictures, points or rows come from.",
    )
    folder: str = text(
        "",
        4096,
        "Folder",
        "Where your own pictures lie on the computer that runs this app.",
        "the longest path of Linux",
    )
    dataset: str = text(
        "",
        64,
        "Data set",
        "Which data set made on the Data page.",
        "its identifier is shorter",
    )
    dataset_version: int = whole(
        0,
        0,
        1_000_000,
        "Version of the data set",
        "What the data set was at an earlier training; 0 is as it is now.",
        "each training on changed pictures makes one",
    )
    shape: str = choice(
        "spirals",
        (
            Choice("spirals", "Two spirals (the paper's)", "wound around each other: no straight line parts them"),
            Choice("squares", "Squares", "a chequerboard of two by two: what is alike lies across"),
            Choice("moons", "Two moons", "half circles that reach into each other"),
        ),
        "Points",
        "How the points of the two classes lie in the plane.",
    )
    turns: float = real(
        1.52,
        0.25,
        3.0,
        "Turns",
        "How often each spiral winds around the middle.",
        "below a quarter a line parts them, beyond three turns the arms touch",
    )
    rotation_degrees: float = real(
        0.0,
        -180.0,
        180.0,
        "Turned by",
        "By how many degrees the plane of the points is turned.",
        "a whole turn",
    )
    spread: float = real(
        0.7,
        0.0,
        3.0,
        "Scatter",
        "How far points stray at random, at most; the arms of two spirals are 3.14 apart. 0.7 is the paper's.",
        "at 3.14 the arms lie over each other",
    )
    points: int = whole(
        2000,
        20,
        10_000,
        "Training points",
        "How many points are learnt from; a tenth as many are held out.",
        "the paper's are 2,000; 10,000 are still drawn and trained while one watches",
    )
    table: str = text(
        "", 4096, "Table", "The file of numbers, or the name of one that was brought in.", "the longest path of Linux"
    )
    label: str = text(
        "-1", 200, "Label column", "Which column says the class: its name or its number; -1 is the last.", "a line"
    )
    columns: str = text(
        "",
        10_000,
        "Columns",
        "Which columns are learnt from, by name, separated by commas; empty for all.",
        "some hundred names",
    )
    test_share: float = real(
        0.0,
        0.0,
        0.5,
        "Test part",
        "The share set aside before training and looked at once, at its end; 0 is the paper's setting, without one.",
        "beyond a half too little is left to learn from",
    )
    test_from: str = choice(
        "validation",
        (
            Choice("validation", "The validation pictures", "training has as many as before"),
            Choice("training", "The training pictures", "validation has as many as before"),
        ),
        "Test part from",
        "Of which part the test pictures are a share.",
    )
    per_class: int = whole(
        0,
        0,
        100_000,
        "Examples a class",
        "How many training examples of each class are used, drawn at random; 0 uses all.",
        "more than any set that is trained here",
    )
    divided_into: int = whole(
        0,
        0,
        20,
        "Folds",
        "Into how many folds training and validation pictures are divided anew, to judge by one; 0 keeps the parts.",
        "with more, a fold of a small set has hardly a picture of each class",
    )
    held_out: int = whole(
        1,
        1,
        20,
        "Fold that judges",
        "Which of the folds is held out as validation; all others are learnt from.",
        "as many as there are folds at most",
    )
    backbone: str = choice(
        DEFAULT,
        tuple(Choice(spec.name, spec.title, spec.about) for spec in BACKBONES.values()),
        "Backbone network",
        "The image network that turns a photo into features, and is not trained here.",
        others=Others(is_timms, title_of, alike, OTHERS),
    )
    weights: str = text(
        "",
        4096,
        "Weights file",
        "A file of weights for the backbone, in place of the usual one.",
        "the longest path of Linux",
    )

    @property
    def noun(self) -> str:
        """The word for what is learnt: only real pictures are photos, and numbers are none."""
        return {"photos": "photos", "points": "points", "table": "rows"}.get(self.source, "pictures")

    @property
    def is_numbers(self) -> bool:
        """True if it is numbers that are learnt, not pictures: then no image network takes part."""
        return self.source in ("points", "table")

    @property
    def is_own(self) -> bool:
        """True if they are a person's own, of which nobody but that person knows what they show."""
        return self.source in ("folder", "dataset")


@dataclass(frozen=True)
class ModelSettings(Validated):
    """The kind of head that is trained on the features."""

    head: str = choice(
        DEFAULT_HEAD,
        tuple(Choice(spec.name, spec.title, spec.about) for spec in HEADS.values()),
        "Head",
        "What turns the features into classes, and learns.",
    )
    hidden_units: int = whole(
        16,
        1,
        512,
        "Hidden units",
        "How wide the hidden layer of an MLP is.",
        "as many as the widest image networks' features",
    )

    @property
    def spec(self) -> HeadSpec:
        """The head's entry in the registry."""
        return HEADS[self.head]


_PARTS = (
    Choice(PRE_NET, "First layer", "from the features to the qubits' angles, or to hidden units"),
    Choice(CIRCUIT, "Circuit", "the trained angles of the quantum circuit"),
    Choice(POST_NET, "Last layer", "to the classes"),
)


@dataclass(frozen=True)
class TransferSettings(Validated):
    """The start of a training: what is carried over to it, and what of it stands still."""

    start_from: str = text(
        "",
        64,
        "Start from",
        "A kept run whose numbers are carried over; empty starts fresh.",
        "its identifier is shorter",
    )
    carry: str = several(
        f"{PRE_NET},{CIRCUIT},{POST_NET}",
        _PARTS,
        "Carried over",
        "Which parts of that run's head travel; the others start fresh.",
    )
    freeze: str = several(
        "", _PARTS, "Stands still", "Which parts do not learn: of a part that was carried over only in part, what was."
    )

    @property
    def carried_parts(self) -> tuple[str, ...]:
        """The parts that travel; none where it starts fresh."""
        return tuple(filter(None, self.carry.split(","))) if self.start_from else ()

    @property
    def frozen_parts(self) -> tuple[str, ...]:
        """The parts that do not learn."""
        return tuple(filter(None, self.freeze.split(",")))


@dataclass(frozen=True)
class RunSettings:
    """All settings of a run."""

    circuit: CircuitSettings = field(default_factory=CircuitSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    data: DataSettings = field(default_factory=DataSettings)
    model: ModelSettings = field(default_factory=ModelSettings)
    transfer: TransferSettings = field(default_factory=TransferSettings)
    readout: ReadoutSettings = field(default_factory=ReadoutSettings)

    def __post_init__(self) -> None:
        for name, kind in GROUPS.items():
            instance(name, getattr(self, name), kind)

    @property
    def reads_exactly(self) -> bool:
        """True if training takes the circuit's numbers from its state vector, or there is no circuit."""
        return self.readout.is_exact or not self.model.spec.has_circuit

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Returns plain nested dictionaries, as stored and printed."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_dict(stored: Mapping[str, Mapping[str, Any]]) -> RunSettings:
        """Reads what `to_dict` gave; missing fields take their defaults.

        Raises:
            SettingsError: A value is out of range, or a group or field is not known.
        """
        _check_known(stored, GROUPS)
        return RunSettings(**{name: _read_group(GROUPS[name], values) for name, values in stored.items()})

    def changed(self, **values: Any) -> RunSettings:
        """Returns a copy with the named fields changed; field names are unique over all groups.

        Raises:
            SettingsError: A value is out of range, or a field is not known.
        """
        result = self
        for name, value in values.items():
            group = group_of(name)
            part = dataclasses.replace(getattr(result, group), **{name: value})
            result = dataclasses.replace(result, **{group: part})
        return result

    def value(self, name: str) -> Any:
        """Returns the value of a field by its name alone."""
        return getattr(getattr(self, group_of(name)), name)


GROUPS: dict[str, type] = {
    "circuit": CircuitSettings,
    "training": TrainingSettings,
    "data": DataSettings,
    "model": ModelSettings,
    "transfer": TransferSettings,
    "readout": ReadoutSettings,
}
FIELDS: dict[str, FieldSpec] = {name: spec for kind in GROUPS.values() for name, spec in specs(kind).items()}
PRIVATE = frozenset(
    {"folder", "weights", "table"}
)  # paths of this machine: they say who uses it, and go into no link or table


def is_of_network(name: str) -> bool:
    """Returns whether a setting says what a network is: all that is known of a head that was trained elsewhere."""
    return name == "backbone" or GROUPS[group_of(name)] in (CircuitSettings, ModelSettings)


def group_of(name: str) -> str:
    """Returns the name of the group in `GROUPS` that has the field `name`.

    Raises:
        SettingsError: No group has it.
    """
    for group, kind in GROUPS.items():
        if name in specs(kind):
            return group
    raise SettingsError("setting", name, f"one of {', '.join(FIELDS)}")


def _read_group(kind: type, stored: Mapping[str, Any]) -> Any:
    _check_known(stored, specs(kind))
    return kind(**stored)


def _check_known(stored: Any, known: Mapping[str, Any]) -> None:
    """Refuses anything but a mapping whose keys are among `known`."""
    if not isinstance(stored, Mapping):
        raise SettingsError("settings", stored, f"values for {', '.join(known)}")
    for name in stored:
        if name not in known:
            raise SettingsError("setting", name, f"one of {', '.join(known)}")
