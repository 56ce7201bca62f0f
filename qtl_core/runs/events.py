"""Events of a run: a stream of immutable records with many readers.

A run yields `Prepared`, then for every epoch some `BatchDone` and one `EpochDone`, and ends with `Ended` (finished, or
stopped) or `Failed`; `Tested` comes before `Ended` where pictures were set aside for it. `Progress` comes while
pictures and features are being got ready. Charts, the store, the command line and the tests read these records and
nothing else. No torch here: pages read them too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Literal

import numpy as np

from qtl_core.common.progress import Progress
from qtl_core.runs.lineage import Ancestor
from qtl_core.settings import RunSettings

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Prepared:
    """Pictures and features are ready; training starts.

    Attributes:
        settings: The settings the run really uses (after a fallback, the fallback's).
        asked: The settings that were asked for.
        classes: Class names; index = label.
        train_size, val_size: Pictures in each split.
        val_files: File of every validation picture, in the order of all per-picture results.
        val_labels: True class of every validation picture.
        passed_over: Files not used, each with its reason.
        feature_size: Length of a feature vector.
        parameters: Numbers that the head has.
        backbone_title, weights_sha256: The image network really used, and the hash of its weights.
        device: Where the backbone ran; "" where all features were kept from before.
        engine: What really ran the circuit; the compiled engine needs a moment before its first use.
        train_counts: Training pictures of every class, shape (classes,); empty where that is not known.
        seconds_features: Time from the start of the run to here.
        features_kept: Pictures whose features were there already.
        notes: Sentences that must be shown (fallbacks, differences from the manifest, ...).
        trained_parameters: Of `parameters`, those that do not stand still; 0 in runs of before anything could.
        test_size: Pictures set aside, looked at once when training is over (`Tested`).
        test_files, test_labels: As for validation.
        lineage: What it started from, the run before first, then that one's, and so on; empty for a fresh start.
        feature_names: What the numbers are called, where numbers and no pictures are learnt.

    Of a head that was trained elsewhere the training pictures are not known (`train_size` 0, its figures of training
    NaN); where it could not be measured, there are no validation pictures either.
    """

    settings: RunSettings
    asked: RunSettings
    classes: tuple[str, ...]
    train_size: int
    val_size: int
    val_files: tuple[str, ...]
    val_labels: tuple[int, ...]
    passed_over: tuple[tuple[str, str], ...]
    feature_size: int
    parameters: int
    backbone_title: str
    weights_sha256: str
    device: str
    seconds_features: float
    features_kept: int
    notes: tuple[str, ...] = ()
    engine: str = ""
    train_counts: tuple[int, ...] = ()
    trained_parameters: int = 0
    test_size: int = 0
    test_files: tuple[str, ...] = ()
    test_labels: tuple[int, ...] = ()
    lineage: tuple[Ancestor, ...] = ()
    feature_names: tuple[str, ...] = ()

    @property
    def from_elsewhere(self) -> bool:
        """True if this is a head that was trained by another program, of whose training nothing is known."""
        return self.train_size == 0

    @property
    def is_measured(self) -> bool:
        """True if there are validation pictures that say what it is worth."""
        return self.val_size > 0

    def pictures_right(self, accuracy: float) -> int | None:
        """Returns how many validation pictures an accuracy stands for; None where it is not known."""
        return round(accuracy * self.val_size) if self.is_measured and math.isfinite(accuracy) else None


@dataclass(frozen=True)
class BatchDone:
    """One step of the weights. `batch` counts from 1 to `batches`; `loss` is the batch's mean cross-entropy."""

    transient: ClassVar[bool] = True

    epoch: int
    batch: int
    batches: int
    loss: float


@dataclass(frozen=True)
class Checkpoint:
    """All that training needs to go on as if it had never stopped, independent of the engine.

    Batch order and scheduler are functions of (seed, epoch), so only weights and Adam's memory must be kept.

    Attributes:
        epoch: Epochs done.
        weights: The head's weights after that epoch.
        first_moments, second_moments: Adam's running averages, by parameter name.
        steps: Adam's step count.
        best_epoch, best_val_accuracy, best_val_loss, best_weights: The best epoch so far, by the chosen figure.
        backbone_state: Drifted batch-norm buffers of the "as published" mode, else empty.
        best_backbone_state: The same at the best epoch.
        start_weights: The head before the first step, where it was carried over from another run; else empty.
        carried: Which numbers of `start_weights` were: True where one was, by the names of the parameters.
    """

    epoch: int
    weights: Arrays
    first_moments: Arrays
    second_moments: Arrays
    steps: int
    best_epoch: int = 0
    best_val_accuracy: float = -1.0
    best_val_loss: float = float("inf")
    best_weights: Arrays = field(default_factory=dict)
    backbone_state: Arrays = field(default_factory=dict)
    best_backbone_state: Arrays = field(default_factory=dict)
    start_weights: Arrays = field(default_factory=dict)
    carried: Arrays = field(default_factory=dict)

    def thinned(self) -> Checkpoint:
        """Returns the weights alone: enough to look back at an epoch, a fifth of the memory."""
        return replace(
            self,
            first_moments={},
            second_moments={},
            best_weights={},
            backbone_state={},
            best_backbone_state={},
            start_weights={},
            carried={},
        )


@dataclass(frozen=True)
class EpochDone:
    """One pass through the training pictures, and the validation after it.

    Attributes:
        epoch: From 1.
        train_loss, train_accuracy: Means over the epoch, while the weights were moving, as published.
        val_loss, val_accuracy: On all validation pictures, after the epoch.
        learning_rate: The rate of its last step; see `training/schedules.py`.
        seconds: Wall-clock time of the epoch.
        is_best: Whether this epoch's weights are the best so far.
        val_probabilities: Class probabilities of every validation picture, shape (val_size, classes), float32.
        checkpoint: The state after this epoch.
        layer_gradients: Root mean square gradient of the angles of every circuit layer in this epoch, shape (depth,).
    """

    epoch: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float
    is_best: bool
    val_probabilities: np.ndarray = field(repr=False, compare=False)
    checkpoint: Checkpoint = field(repr=False, compare=False)
    layer_gradients: tuple[float, ...] = ()


@dataclass(frozen=True)
class Tested:
    """The test pictures, looked at once, with the weights of the best epoch, when training is over.

    Attributes:
        epoch: Whose weights answered.
        loss, accuracy: Means over the test pictures.
        probabilities: Class probabilities of every test picture, shape (test_size, classes), float32.
    """

    epoch: int
    loss: float
    accuracy: float
    probabilities: np.ndarray = field(repr=False, compare=False)


@dataclass(frozen=True)
class Ended:
    """The good end of a run: by itself ("finished"), at a person's wish ("stopped"), or until the next step ("paused").

    Attributes:
        how: Which of these.
        epochs: Epochs done in all.
        best_epoch, best_val_accuracy, best_val_loss: The epoch whose weights are kept (0, -1, inf before the first).
        seconds_training: Sum of the epochs' times.
        run: Identifier under which the run is kept, or "" where it could not be.
        note: Why it could not be kept, or "".
    """

    how: Literal["finished", "stopped", "paused"]
    epochs: int
    best_epoch: int
    best_val_accuracy: float
    best_val_loss: float
    seconds_training: float
    run: str = ""
    note: str = ""


@dataclass(frozen=True)
class Failed:
    """The run could not go on.

    Attributes:
        what, why, do: The words of a `UserError`.
        run: Identifier under which the epochs done before are kept, or "" where there are none.
    """

    what: str
    why: str = ""
    do: str = ""
    run: str = ""


Event = Progress | Prepared | BatchDone | EpochDone | Tested | Ended | Failed
