"""`QuantumTransferClassifier`: the head of a transfer network behind scikit-learn's `fit` and `predict`."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags, check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from qtl_core.common.errors import InputError
from qtl_core.estimator.picture_features import picture_features
from qtl_core.network.head_scores import class_scores, log_softmax
from qtl_core.runs.events import EpochDone
from qtl_core.settings import RunSettings, SettingsError
from qtl_core.training.engines import ENGINES
from qtl_core.training.starting import weight_shapes
from qtl_core.training.task import KeptFeatures, TrainingTask, task_of

MOST_SEED = 2**31 - 1
AMPLITUDES_AT_ONCE = 1 << 20  # rows are answered in parts: 16 MB of complex numbers each


class QuantumTransferClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # sklearn has no annotations
    """A classifier that turns numbers, or pictures through a frozen image network, into classes by a quantum circuit.

    Every argument but `backbone`, `random_state` and `warm_start` is a setting of the app's, of the same name. Three
    have other values where nothing is said, because numbers may be of any size and few: features are standardised,
    the learning rate is 0.01, and batches are of 16. No rows are held out: the weights are those of the last epoch.
    The first `fit` on a machine compiles the engine, which takes a minute or two; afterwards it is kept.

    Args:
        backbone: The name of an image network, e.g. "efficientnet_lite0": X are pictures then, see
            `picture_features.TAKEN`. None, if X are numbers.
        head: "dressed", "dressed_fixed", "linear", "bottleneck" or "mlp".
        hidden_units: Of the head "mlp".
        qubits: Of the circuit.
        depth: Trained layers of the circuit.
        entangler: "brick", "ring", "all" or "none".
        rotation: "ry" or "rot".
        reuploading: Whether the circuit takes the features in before every layer.
        epochs: How many times it goes through all rows.
        batch_size: Rows between two steps.
        learning_rate: Of the optimiser.
        optimiser: "adam", "adamw" or "sgd".
        momentum: Of "sgd".
        weight_decay: The pull towards zero.
        label_smoothing: What is taken from the true class and shared among all.
        standardise: Whether each feature is moved to mean 0 and scaled to spread 1.
        schedule: "step", "cosine", "constant" or "one_cycle".
        class_weights: "none" or "balanced".
        q_delta: Initial spread of the circuit's angles.
        engine: "compiled", "torch" or "pennylane".
        random_state: A whole number is the app's seed; None takes another one at each `fit`.
        warm_start: Whether `fit` begins with what the last one learnt, where it can; Adam's memory begins anew.

    Attributes:
        classes_: The class names, sorted.
        weights_: The head's weights by parameter name, as the app's own run files hold them.
        settings_: All settings of the training.
        loss_curve_: The mean loss of each epoch.
        n_features_in_: Numbers a row, or features a picture.
    """

    def __init__(
        self,
        *,
        backbone: str | None = None,
        head: str = "dressed",
        hidden_units: int = 16,
        qubits: int = 4,
        depth: int = 6,
        entangler: str = "brick",
        rotation: str = "ry",
        reuploading: bool = False,
        epochs: int = 30,
        batch_size: int = 16,
        learning_rate: float = 0.01,
        optimiser: str = "adam",
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        label_smoothing: float = 0.0,
        standardise: bool = True,
        schedule: str = "step",
        class_weights: str = "none",
        q_delta: float = 0.01,
        engine: str = "compiled",
        random_state: int | np.random.RandomState | None = None,
        warm_start: bool = False,
    ) -> None:
        self.backbone = backbone
        self.head = head
        self.hidden_units = hidden_units
        self.qubits = qubits
        self.depth = depth
        self.entangler = entangler
        self.rotation = rotation
        self.reuploading = reuploading
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.optimiser = optimiser
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.label_smoothing = label_smoothing
        self.standardise = standardise
        self.schedule = schedule
        self.class_weights = class_weights
        self.q_delta = q_delta
        self.engine = engine
        self.random_state = random_state
        self.warm_start = warm_start

    def fit(self, X: Any, y: Any) -> Self:
        """Trains the head.

        Args:
            X: Numbers, shape (rows, features), or pictures.
            y: The class of each.

        Raises:
            InputError: They cannot be learnt from, or an argument has a value that cannot be (also a `ValueError`).
            DivergedError: A loss, a weight or a gradient stopped being finite.
        """
        settings = self._settings()
        features, labels = validate_data(self, self._features(X), y, dtype=np.float64)
        check_classification_targets(labels)
        before = list(getattr(self, "classes_", ()))
        self.classes_, places = np.unique(labels, return_inverse=True)
        task = self._task(settings, features, places, before)
        done = list(self._trained(task))
        self.settings_, self.weights_ = settings, done[-1].checkpoint.weights
        self.loss_curve_ = [each.train_loss for each in done]
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Returns the probability of every class, shape (rows, classes), in double precision."""
        check_is_fitted(self)
        features = validate_data(self, self._features(X), reset=False, dtype=np.float64)
        circuit, model = self.settings_.circuit, self.settings_.model
        step = max(1, AMPLITUDES_AT_ONCE >> circuit.qubits)
        parts = (features[first : first + step] for first in range(0, len(features), step))
        return np.concatenate(
            [np.exp(log_softmax(class_scores(circuit, self.weights_, part, model))) for part in parts]
        )

    def predict(self, X: Any) -> np.ndarray:
        """Returns the most probable class of each row or picture."""
        shares = self.predict_proba(X)
        return np.asarray(self.classes_[shares.argmax(axis=1)])

    def __sklearn_tags__(self) -> Tags:
        """Says to scikit-learn what X may be."""
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.backbone is None
        return tags

    def _settings(self) -> RunSettings:
        own = {"backbone", "random_state", "warm_start"}
        chosen = {name: value for name, value in self.get_params(deep=False).items() if name not in own}
        seed = self.random_state
        if not isinstance(seed, Integral):
            seed = int(check_random_state(seed).randint(MOST_SEED))
        try:
            return RunSettings().changed(seed=int(seed), **chosen)
        except SettingsError as error:
            field, value, allowed = error.args
            raise InputError("random_state" if field == "seed" else field, f"is {value!r}", allowed) from error

    def _features(self, X: Any) -> Any:
        return X if self.backbone is None else picture_features(X, self.backbone)

    def _task(self, settings: RunSettings, features: np.ndarray, labels: np.ndarray, before: list[Any]) -> TrainingTask:
        first = slice(0, 1)  # engines want rows to validate with; one takes no time, and nothing is chosen by it
        source = KeptFeatures(features, features[first], labels, labels[first], classes=len(self.classes_))
        task = task_of(settings, source)
        if not self.warm_start or not hasattr(self, "weights_"):
            return task
        shapes = weight_shapes(task)
        if before != list(self.classes_) or shapes != {name: values.shape for name, values in self.weights_.items()}:
            got = f"has the classes {list(self.classes_)} and {features.shape[1]} features"
            raise InputError("warm_start", got, "what the last fit had, with the same head")
        return task_of(settings, source, start=self.weights_)

    def _trained(self, task: TrainingTask) -> Iterator[EpochDone]:
        for each in ENGINES[task.training.engine](task, None, lambda: False):
            if isinstance(each, EpochDone):
                yield each
