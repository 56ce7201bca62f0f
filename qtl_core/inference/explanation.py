"""The answer of a run for one picture, and the numbers that it is made of, stage by stage.

No torch here: pages read these records, which a worker makes (`qtl_core.inference.predictor`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from qtl_core.evaluation.calibration import scaled


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

    The last layer is linear, so a class score is a sum of one number a qubit and the bias: nothing is left over.

    Attributes:
        prediction: Where the way ends.
        seen: The part of the picture that the image network is given, uint8 (224, 224, 3).
        features: What the image network makes of it, shape (features,).
        angles: The angle that every qubit is turned by, radians, shape (qubits,).
        expectations: <Z> of every qubit after the circuit, -1 to 1, shape (qubits,).
        weights: What the expectation values are multiplied by in each class score, shape (qubits, classes).
        bias: What each class score begins with, shape (classes,).
    """

    prediction: Prediction
    seen: np.ndarray = field(repr=False)
    features: np.ndarray = field(repr=False)
    angles: np.ndarray
    expectations: np.ndarray
    weights: np.ndarray
    bias: np.ndarray

    @property
    def classes(self) -> tuple[str, ...]:
        """The class names, in the order of all figures by class."""
        return tuple(self.prediction.probabilities)

    @property
    def shares(self) -> np.ndarray:
        """Each qubit's part of each class score, shape (qubits, classes)."""
        return self.expectations[:, None] * self.weights

    @property
    def scores(self) -> np.ndarray:
        """The class scores, shape (classes,): all shares and the bias; their softmax are the probabilities."""
        return self.shares.sum(axis=0) + self.bias
