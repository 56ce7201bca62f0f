"""The contents of a file with a head, the questions about it, and the request to import it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.network.parameter_rows import LAYOUTS
from qtl_core.settings import CircuitSettings, DataSettings, ModelSettings, SettingsError
from qtl_core.settings.parameters import DRESSED

NAMES = ("pre_net.weight", "pre_net.bias", "q_params", "post_net.weight", "post_net.bias")  # those of the demo
DRIFTING = ("running_mean", "running_var", "num_batches_tracked")  # what training mode changes in a batch norm
LONGEST_CLASS_NAME = 200
MOST_CLASSES = 1_000  # as ImageNet has
LONGEST_CLASS_NAMES = 20_000  # characters of all together: every list of runs reads them
Tensors = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class HeadQuestions:
    """The facts that a state dict does not say of itself; the recipe's answers are offered.

    Attributes:
        classes: What the outputs stand for, in their order.
        depth: How many layers its circuit has; None for what the file says, see `parameter_rows.LAYOUTS`.
        backbone: The image network whose features go in.
        entangler, rotation, reuploading: The rest of the circuit; the demo's where not said.
        layout: Which rows of `q_params` they use, "demo" or "paper" (see `parameter_rows.LAYOUTS`); "" for what their
            number says.
        head: Which kind of head it is, where there is no circuit in it; "" for what its layers say.

    Raises:
        SettingsError: There is no such layout.
    """

    classes: tuple[str, ...] = ("ants", "bees")
    depth: int | None = CircuitSettings.depth
    backbone: str = "resnet18"
    entangler: str = "brick"
    rotation: str = "ry"
    reuploading: bool = False
    layout: str = ""
    head: str = ""

    def __post_init__(self) -> None:
        if self.layout and self.layout not in LAYOUTS:
            raise SettingsError("layout", self.layout, ", ".join(LAYOUTS))

    def circuit(self, qubits: int, depth: int) -> CircuitSettings:
        """Returns the circuit of a head with so many qubits and layers.

        Raises:
            SettingsError: There is no such circuit here.
        """
        return CircuitSettings(qubits, depth, self.entangler, self.rotation, self.reuploading)


@dataclass(frozen=True, eq=False)
class HeadFile:
    """The tensors of a state dict, told apart.

    Attributes:
        head: The tensors of the head by the demo's names, of any shape: all five, or those of its layers alone where
            there is no circuit.
        backbone: Those of the image network around it by its own names; empty where the head came alone.
        prefix: What stood before the head's names, such as "fc.".
    """

    head: Tensors = field(repr=False)
    backbone: Tensors = field(repr=False)
    prefix: str = ""


@dataclass(frozen=True, eq=False)
class Reading:
    """One way to read the rows of `q_params`.

    Attributes:
        layout: "demo" or "paper".
        circuit: The circuit that it makes.
        angles: Its trained angles, flat, float32.
    """

    layout: str
    circuit: CircuitSettings
    angles: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False)
class Head:
    """A head whose shapes are known to fit.

    Attributes:
        circuit: Its circuit.
        weights: Float32 by the demo's names; `q_params` flat, and no longer than the circuit takes.
        feature_size: How many features of a picture it takes.
        rows: How many rows of angles the file held, a row a layer.
        layout: How they were read.
        others: The other ways in which they could be read.
        model: The kind of head.
    """

    circuit: CircuitSettings
    weights: Tensors = field(repr=False)
    feature_size: int
    rows: int
    layout: str
    others: tuple[Reading, ...] = ()
    model: ModelSettings = DRESSED


def class_names(text: str) -> tuple[str, ...]:
    """Reads class names with commas between them.

    Raises:
        UserError: Fewer than two, an empty or overlong one, or one twice.
    """
    names = tuple(name.strip() for name in text.split(","))
    refused = "The class names cannot be used."
    if len(names) < 2 or not all(names):
        raise UserError(refused, "There must be two or more, with commas between them.", "Write them like: ants,bees")
    if len(names) > MOST_CLASSES or sum(map(len, names)) > LONGEST_CLASS_NAMES:
        raise UserError(
            refused, f"There may be {MOST_CLASSES:,} of them, with {LONGEST_CLASS_NAMES:,} characters all together.", ""
        )
    if len(set(names)) < len(names):
        raise UserError(refused, "One of them is there twice.", "Give each output a name of its own.")
    if any(len(name) > LONGEST_CLASS_NAME or not name.isprintable() for name in names):
        raise UserError(
            refused, f"One is longer than {LONGEST_CLASS_NAME} characters, or has signs that cannot be shown.", ""
        )
    return names


@dataclass(frozen=True)
class HeadRequest:
    """A head to bring in.

    Attributes:
        content: The file.
        name: What it is called.
        asked: What the file does not say.
        weights: A file of its network's weights, or "" for the usual one.
        data: The pictures it is to be measured with, if they are here; weights and backbone play no part.
    """

    content: bytes = field(repr=False)
    name: str
    asked: HeadQuestions
    weights: str = ""
    data: DataSettings = field(default_factory=DataSettings)
