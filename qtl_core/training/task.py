"""The task of an engine: settings, the source of features, and what changes from epoch to epoch by (seed, epoch) alone.

Because nothing here has a memory, a run that was stopped goes on exactly as an unbroken one, and every engine
sees the same batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from qtl_core.common import checks
from qtl_core.common.errors import InputError
from qtl_core.runs.events import Arrays, BatchDone, Checkpoint, EpochDone
from qtl_core.settings import CircuitSettings, ModelSettings, ReadoutSettings, RunSettings, TrainingSettings

if TYPE_CHECKING:
    from torch import Tensor


ORDER, VIEWS, SHOTS = 0, 1, 2  # which stream of random numbers, so that no two share one


def batch_order(seed: int, epoch: int, size: int) -> np.ndarray:
    """Returns the order in which `size` training pictures are seen in an epoch (from 1), shape (size,)."""
    return np.random.default_rng((seed, epoch, ORDER)).permutation(size)


def drawn_views(seed: int, epoch: int, size: int, views: int) -> np.ndarray:
    """Returns which of its augmented views each picture shows in an epoch (from 1), shape (size,)."""
    return np.random.default_rng((seed, epoch, VIEWS)).integers(views, size=size)


class FeatureSource(Protocol):
    """The source of an engine's features, batch by batch."""

    @property
    def feature_size(self) -> int:
        """Length of a feature vector."""

    @property
    def classes(self) -> int:
        """Number of classes."""

    @property
    def train_labels(self) -> np.ndarray:
        """Class of every training picture, shape (train_size,), int64."""

    @property
    def val_labels(self) -> np.ndarray:
        """Class of every validation picture, shape (val_size,), int64."""

    def train_batch(self, epoch: int, indices: np.ndarray) -> Tensor:
        """Returns the features of these training pictures in this epoch, shape (len(indices), feature_size)."""

    def validation(self) -> Tensor:
        """Returns the features of all validation pictures, shape (val_size, feature_size)."""

    def state(self) -> Arrays:
        """Returns what of the backbone drifts while training; empty where it is truly frozen."""

    @property
    def test_labels(self) -> np.ndarray | None:
        """Class of every test picture, shape (test_size,), int64; None or empty where there are none."""

    def test_features(self, state: Arrays) -> np.ndarray:
        """Returns the features of all test pictures, shape (test_size, feature_size), float32.

        Args:
            state: As `state` gave it after the epoch whose weights are tested.
        """


@dataclass(frozen=True)
class TrainingTask:
    """One training of a head, up to `TrainingSettings.epochs` epochs in all.

    Attributes:
        circuit, training: Settings.
        source: The features.
        precision: Double is for comparing engines; single is what the recipe trains in.
        model: The kind of head.
        start: The head's weights to begin with, by parameter name, of exactly the head's shapes; None for fresh ones.
        fixed: Which numbers stand still, by parameter name: True where one does, in the shape of the parameter.
        readout: How the circuit is read while it trains and is validated; heads without one do not ask.

    Raises:
        InputError: The settings are no settings, or the precision has another name.
    """

    circuit: CircuitSettings
    training: TrainingSettings
    source: FeatureSource
    precision: Literal["single", "double"] = "single"
    model: ModelSettings = field(default_factory=ModelSettings)
    start: Arrays | None = field(default=None, repr=False, compare=False)
    fixed: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False, compare=False)
    readout: ReadoutSettings = field(default_factory=ReadoutSettings)

    def __post_init__(self) -> None:
        checks.instance("circuit", self.circuit, CircuitSettings)
        checks.instance("training", self.training, TrainingSettings)
        checks.instance("model", self.model, ModelSettings)
        checks.instance("readout", self.readout, ReadoutSettings)
        checks.one_of("precision", self.precision, ("single", "double"))

    @property
    def is_exact(self) -> bool:
        """True if the circuit's numbers are those of the state vector, or there is no circuit."""
        return self.readout.is_exact or not self.model.spec.has_circuit


def task_of(
    settings: RunSettings,
    source: FeatureSource,
    *,
    start: Arrays | None = None,
    fixed: Mapping[str, np.ndarray] | None = None,
) -> TrainingTask:
    """Returns the task of training `settings` on these features.

    Args:
        settings: All settings; those of the data are not read, as `source` came of them.
        source: The features.
        start: The weights to begin with, see `TrainingTask`; None for fresh ones.
        fixed: What stands still, see `TrainingTask`.

    Raises:
        InputError: `settings` are no settings.
    """
    checks.instance("settings", settings, RunSettings)
    return TrainingTask(
        settings.circuit,
        settings.training,
        source,
        model=settings.model,
        start=start,
        fixed=fixed or {},
        readout=settings.readout,
    )


def check_exact(task: TrainingTask) -> None:
    """Refuses what an engine cannot do that knows no noise and no shots.

    Raises:
        InputError: The circuit is not to be read exactly.
    """
    if not task.is_exact:
        raise InputError("readout", f"is {task.readout}", "exact, or with the torch engine")


Engine = Callable[[TrainingTask, Checkpoint | None, Callable[[], bool]], Iterator[BatchDone | EpochDone]]


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class KeptFeatures:
    """Features of a truly frozen backbone, computed before training; checked here, so that engines need not.

    Arrays of any real dtype and order, tensors and nested lists will do. Features are copied only where they are not
    contiguous float32 or float64 already; labels always are.

    Attributes:
        train: Shape (train_size, feature_size), or (train_size, views, feature_size) with augmented views.
        val: Shape (val_size, feature_size).
        train_labels, val_labels: Class indices, 0 to classes - 1; every class may, none must be there.
        classes: Number of classes.
        seed: Decides, with the epoch, which view each picture shows; 0 or more.
        test, test_labels: Of the pictures looked at once, when training is over: as for validation; None where there
            are none.

    Raises:
        InputError: A shape does not fit the others, something is empty or not a finite number, or a label is no class.
    """

    train: np.ndarray
    val: np.ndarray
    train_labels: np.ndarray
    val_labels: np.ndarray
    classes: int = field(kw_only=True)
    seed: int = field(default=0, kw_only=True)
    test: np.ndarray | None = field(default=None, kw_only=True)
    test_labels: np.ndarray | None = field(default=None, kw_only=True)
    _moments: dict[str, np.ndarray] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        classes = checks.whole_number("classes", self.classes, 1, checks.MOST_CLASSES)
        says = "(pictures, features) or (pictures, views, features)"
        train = checks.real_array("train", self.train, (None, None), (None, None, None), says=says)
        val = checks.real_array("val", self.val, (None, train.shape[-1]), says="(pictures, features)")
        checked = {
            "classes": classes,
            "seed": checks.whole_number("seed", self.seed, 0),
            "train": train,
            "val": val,
            "train_labels": _fixed(checks.class_labels("train_labels", self.train_labels, len(train), classes)),
            "val_labels": _fixed(checks.class_labels("val_labels", self.val_labels, len(val), classes)),
        }
        if self.test is not None:
            test = checks.real_array("test", self.test, (None, train.shape[-1]), says="(pictures, features)")
            labels = _fixed(checks.class_labels("test_labels", self.test_labels, len(test), classes))
            checked |= {"test": test, "test_labels": labels}
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    @property
    def feature_size(self) -> int:
        """Length of a feature vector."""
        return self.train.shape[-1]

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns mean and standard deviation of every feature over the training pictures and their views, float64.

        They are computed once, also for the sources of other seeds that were made from this one.
        """
        if not self._moments:
            values = self.train.reshape(-1, self.feature_size)
            self._moments["mean"] = values.mean(axis=0, dtype=np.float64)
            self._moments["spread"] = values.std(axis=0, dtype=np.float64)
        return self._moments["mean"], self._moments["spread"]

    def with_seed(self, seed: int) -> KeptFeatures:
        """Returns the same features, not checked again, with other draws of the views."""
        other = copy(self)
        object.__setattr__(other, "seed", checks.whole_number("seed", seed, 0))
        return other

    def drawn(self, places: np.ndarray) -> KeptFeatures:
        """Returns the same with only the training pictures at these places, not checked again."""
        other = copy(self)
        object.__setattr__(other, "train", np.ascontiguousarray(self.train[places]))
        object.__setattr__(other, "train_labels", _fixed(self.train_labels[places]))
        object.__setattr__(other, "_moments", {})  # those of all training pictures are not theirs
        return other

    def test_features(self, state: Arrays) -> np.ndarray:
        """See `FeatureSource`."""
        return np.zeros((0, self.feature_size), np.float32) if self.test is None else self.test

    def train_batch(self, epoch: int, indices: np.ndarray) -> Tensor:
        """See `FeatureSource`."""
        import torch

        if self.train.ndim == 2:
            return torch.from_numpy(self.train[indices])
        views = drawn_views(self.seed, epoch, *self.train.shape[:2])
        return torch.from_numpy(self.train[indices, views[indices]])

    def validation(self) -> Tensor:
        """See `FeatureSource`."""
        import torch

        # torch warns of memory that it must not write to, such as a file's
        return torch.from_numpy(self.val if self.val.flags.writeable else self.val.copy())

    def state(self) -> Arrays:
        """A frozen backbone has no state."""
        return {}


def _fixed(labels: np.ndarray) -> np.ndarray:
    """Machine code takes labels for indices, so nobody may change them once checked: bytes cannot be written to."""
    return np.frombuffer(labels.tobytes(), labels.dtype)
