"""What an engine is given: settings and the source of features, nothing about files, pages or stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.events import Arrays, BatchDone, Checkpoint, EpochDone
from qtl_core.training.schedule import drawn_views

if TYPE_CHECKING:
    from torch import Tensor


class FeatureSource(Protocol):
    """Where an engine gets features from, batch by batch."""

    feature_size: int
    classes: int
    train_labels: np.ndarray  # (train_size,) int64
    val_labels: np.ndarray  # (val_size,) int64

    def train_batch(self, epoch: int, indices: np.ndarray) -> Tensor:
        """Returns the features of these training pictures in this epoch, shape (len(indices), feature_size)."""

    def validation(self) -> Tensor:
        """Returns the features of all validation pictures, shape (val_size, feature_size)."""

    def state(self) -> Arrays:
        """Returns what of the backbone drifts while training; empty where it is truly frozen."""


@dataclass(frozen=True)
class TrainingTask:
    """One training of the head, up to `training.epochs` epochs in all.

    Double precision is for comparing engines; single is what the recipe trains in.
    """

    circuit: CircuitSettings
    training: TrainingSettings
    source: FeatureSource
    precision: Literal["single", "double"] = "single"


Engine = Callable[[TrainingTask, Checkpoint | None, Callable[[], bool]], Iterator[BatchDone | EpochDone]]


class KeptFeatures:
    """Features of a truly frozen backbone, computed before training.

    Args:
        train: Shape (train_size, feature_size), or (train_size, views, feature_size) with augmented views.
        val: Shape (val_size, feature_size).
        train_labels, val_labels: Class indices.
        classes: Number of classes.
        seed: Decides, with the epoch, which view each picture shows.
    """

    def __init__(
        self,
        train: np.ndarray,
        val: np.ndarray,
        train_labels: np.ndarray,
        val_labels: np.ndarray,
        *,
        classes: int,
        seed: int = 0,
    ) -> None:
        self.train, self.val = train, val
        self.train_labels = np.asarray(train_labels, dtype=np.int64)
        self.val_labels = np.asarray(val_labels, dtype=np.int64)
        self.feature_size, self.classes, self.seed = train.shape[-1], classes, seed

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

        return torch.from_numpy(self.val)

    def state(self) -> Arrays:
        """A frozen backbone has no state."""
        return {}
