"""The answer of a run for one picture, and the numbers that it is made of, stage by stage.

No torch here: pages read these records, which a worker makes (`qtl_core.inference.predictor`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from qtl_core.evaluation.calibration import scaled
from qtl_core.settings import ModelSettings
from qtl_core.settings.parameters import DRESSED


@dataclass(frozen=True)
class Prediction:
    """The answer of a run for one picture.

    Attributes:
        label: The class with the highest probability.
        probabilities: Of every class, adding up to 1.
        seconds: From the file to the answer; of pictures answered together, each one's part of the time.
        temperature: What the class scores were divided by before the softmax; 1 leaves them as trained.
    """

    label: str
    probabilities: Mapping[str, float]
    seconds: float
    temperature: float = 1.0

    def at(self, temperature: float) -> Prediction:
        """Returns the same answer, made from the same scores at a temperature."""
        shares = scaled(np.array(list(self.probabilities.values())), temperature / self.temperature)
        by_class = dict(zip(self.probabilities, shares.tolist(), strict=True))
        return replace(self, probabilities=by_class, temperature=temperature)


@dataclass(frozen=True)
class Explanation:
    """A picture's way through the network, as the forward pass went.

    The last layer is linear, so a class score is a sum of one number for each that it reads, and the bias: nothing is
    left over.

    Attributes:
        prediction: Where the way ends.
        seen: The part of the picture that the image network is given, uint8 (224, 224, 3).
        features: What the image network makes of it, shape (features,).
        angles: The angle that every qubit is turned by, radians, shape (qubits,); empty for a head without a circuit.
        hidden: What the last layer reads, shape (width,): <Z> of every qubit after the circuit, -1 to 1; of a head
            without a circuit the values of its hidden units, or the features themselves.
        weights: What the hidden numbers are multiplied by in each class score, shape (width, classes).
        bias: What each class score begins with, shape (classes,).
        model: The kind of head.
    """

    prediction: Prediction
    seen: np.ndarray = field(repr=False)
    features: np.ndarray = field(repr=False)
    angles: np.ndarray
    hidden: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    model: ModelSettings = DRESSED

    @property
    def unit(self) -> str:
        """The word for one of the hidden numbers: a "qubit", a "hidden unit" or a "feature"."""
        return self.model.spec.unit

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of all figures by class."""
        return tuple(self.prediction.probabilities)

    @property
    def expectations(self) -> np.ndarray:
        """<Z> of every qubit after the circuit, -1 to 1, shape (qubits,); empty for a head without a circuit."""
        return self.hidden[: len(self.angles)]

    @property
    def shares(self) -> np.ndarray:
        """The part of each hidden number in each class score, shape (width, classes)."""
        return self.hidden[:, None] * self.weights

    @property
    def scores(self) -> np.ndarray:
        """The class scores, shape (classes,): all shares and the bias; their softmax are the probabilities."""
        return self.shares.sum(axis=0) + self.bias

    def telling(self, most: int) -> tuple[int, ...]:
        """Returns which hidden numbers have the largest shares in a class score, `most` of them or all, ascending."""
        said = np.abs(self.shares).max(axis=1)
        return tuple(sorted(np.argsort(-said, kind="stable")[:most].tolist()))
