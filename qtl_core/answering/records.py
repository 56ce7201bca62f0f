"""Who answers, what is asked, and what is answered: records that go to a worker and come back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from qtl_core.doubt import OodReport
from qtl_core.explanation import Explanation
from qtl_core.training.view import TrainedRun


@dataclass(frozen=True)
class TrainedModel:
    """A run that answers.

    Attributes:
        key: Differs whenever its answers could.
        run: The run.
    """

    key: str
    run: TrainedRun = field(repr=False, compare=False)


@dataclass(frozen=True)
class ImageRequest:
    """A picture that is asked about.

    Attributes:
        id: Tells it from all others, also from those of the same name.
        name: What its owner calls it.
        source: Its bytes, the file they are in, or what the image network is given of it, uint8 (224, 224, 3).
    """

    id: str
    name: str
    source: bytes | Path | np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Answer:
    """What a run says of a picture: an explanation, or why there is none.

    Attributes:
        id, name: Those of the picture.
        explanation: None where it cannot be read.
        error: Why it cannot, else "".
        ood: What there is against the explanation's answer.
    """

    id: str
    name: str
    explanation: Explanation | None = None
    error: str = ""
    ood: OodReport | None = None

    def at(self, temperature: float) -> Answer:
        """Returns the same answer with its probabilities at a temperature; see `Prediction.at`."""
        explanation = self.explanation
        if explanation is None or explanation.prediction.temperature == temperature:
            return self
        return replace(self, explanation=replace(explanation, prediction=explanation.prediction.at(temperature)))
