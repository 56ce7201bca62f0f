"""Requests for answers: which run answers, which pictures are asked about, and the answers that come back."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.evaluation.ood import OodFlag, OodReport
from qtl_core.inference.bundled import RUN_ID, bundled_run
from qtl_core.inference.explanation import Explanation
from qtl_core.runs.store import cached_run, load_run
from qtl_core.runs.view import TrainedRun

if TYPE_CHECKING:
    from qtl_core.inference.predictor import Predictor


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
    """The answer of a run for a picture: an explanation, or why there is none.

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

    @property
    def explained(self) -> Explanation:
        """The explanation of a picture that could be read.

        Raises:
            ValueError: It could not be.
        """
        if self.explanation is None:
            raise ValueError(f"{self.name} could not be read")
        return self.explanation

    @property
    def flag(self) -> OodFlag:
        """The kind of picture that it is flagged as, or "" where nothing is known against the answer."""
        return self.ood.flag if self.ood else ""

    def at(self, temperature: float) -> Answer:
        """Returns the same answer with its probabilities at a temperature; see `Prediction.at`."""
        explanation = self.explanation
        if explanation is None or explanation.prediction.temperature == temperature:
            return self
        return replace(self, explanation=replace(explanation, prediction=explanation.prediction.at(temperature)))


KEPT_MODELS = 3  # runs that a worker keeps loaded, some 50 MB each


def model_of(run: TrainedRun, key: str) -> TrainedModel:
    """Returns a run as a model: what answers, without most of its training's history, which would be sent along.

    Args:
        run: The run.
        key: See `TrainedModel`.
    """
    best, last = run.best, run.epochs[-1]
    return TrainedModel(key, replace(run, epochs=(last,) if best is None or best is last else (best, last)))


def kept_model(run_id: str, version: int) -> TrainedModel:
    """Returns a kept run as a model.

    Args:
        run_id: The run's identifier.
        version: Differs once the run has gone on (`RunRecord.version`).

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    return model_of(TrainedRun.of(cached_run(run_id, version)), f"{run_id}-{version}")


def named_model(name: str) -> TrainedModel:
    """Returns a kept run as a model, or by the name "bundled" the one that comes with the app.

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    return model_of(bundled_run() if name == RUN_ID else TrainedRun.of(load_run(name)), name)


@lru_cache(maxsize=KEPT_MODELS)
def loaded(model: TrainedModel) -> Predictor:
    """Returns the run ready for pictures, from this worker's memory where it was asked before.

    Raises:
        UserError: The run's image network is not here.
    """
    from qtl_core.inference.predictor import Predictor

    return Predictor(model.run)
