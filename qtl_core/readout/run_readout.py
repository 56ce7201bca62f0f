"""A whole run's pictures read out: what a head answers for each under a readout, beside what it answers exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.evaluation.metrics import Evaluation
from qtl_core.readout.inputs import ReadoutInputs, inputs_of, validation_inputs
from qtl_core.readout.mitigation import Cost, read_mitigated
from qtl_core.readout.reading import Kind, Reading
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.readout import ReadoutSettings


@dataclass(frozen=True, eq=False)
class RunReadout:
    """The answers of a head for many pictures under a readout.

    Attributes:
        readout: How they were read.
        seed: What decided the shots.
        mitigate: How errors were mitigated: names of `methods.METHODS`, none or several.
        cost: The circuits and shots that it took.
        classes: Class names; index = label.
        files: File of every picture.
        labels: True class of every picture, shape (pictures,).
        reading: Expectation values with their standard errors, and what they are.
        exact_expectations: Those without noise or shots, shape (pictures, qubits).
        probabilities: Class probabilities as they were read, shape (pictures, classes).
        exact_probabilities: Those without noise or shots, same shape.
    """

    readout: ReadoutSettings
    seed: int
    mitigate: tuple[str, ...]
    cost: Cost
    classes: tuple[str, ...]
    files: tuple[str, ...] = field(repr=False)
    labels: np.ndarray = field(repr=False)
    reading: Reading = field(repr=False)
    exact_expectations: np.ndarray = field(repr=False)
    probabilities: np.ndarray = field(repr=False)
    exact_probabilities: np.ndarray = field(repr=False)

    @property
    def kind(self) -> Kind:
        """The kind of numbers: exact, an average over noise, an estimate of that average, or one draw."""
        return self.reading.kind

    @property
    def size(self) -> int:
        """The number of pictures."""
        return len(self.labels)

    @cached_property
    def evaluation(self) -> Evaluation:
        """The answers as read, as an evaluation: accuracy with its interval, confusion, mistakes."""
        return Evaluation(self.classes, self.labels, self.probabilities, self.files)

    @cached_property
    def exact_evaluation(self) -> Evaluation:
        """Likewise without noise or shots."""
        return Evaluation(self.classes, self.labels, self.exact_probabilities, self.files)

    @property
    def accuracy(self) -> float:
        """The share predicted correctly, 0 to 1."""
        return self.evaluation.accuracy

    @property
    def exact_accuracy(self) -> float:
        """The share predicted correctly without noise or shots."""
        return self.exact_evaluation.accuracy

    @property
    def changed(self) -> np.ndarray:
        """Indices of the pictures whose answer is another one than without noise or shots, ascending."""
        return np.flatnonzero(self.evaluation.predicted != self.exact_evaluation.predicted)

    @property
    def mean_confidence(self) -> float:
        """The mean probability of the answers, 0 to 1."""
        return float(self.evaluation.confidence.mean())

    @property
    def exact_mean_confidence(self) -> float:
        """Likewise without noise or shots."""
        return float(self.exact_evaluation.confidence.mean())

    @property
    def margins(self) -> np.ndarray:
        """The distance of each answer's probability to the next one's, shape (pictures,)."""
        return margins_of(self.probabilities)

    @property
    def exact_margins(self) -> np.ndarray:
        """Likewise without noise or shots."""
        return margins_of(self.exact_probabilities)

    @property
    def mean_error(self) -> float:
        """The mean distance of the expectation values from the exact ones."""
        return float(np.abs(self.reading.expectations - self.exact_expectations).mean())


def readout_of_run(
    run: TrainedRun,
    readout: ReadoutSettings,
    *,
    features: np.ndarray | None = None,
    labels: np.ndarray | None = None,
    files: tuple[str, ...] | None = None,
    seed: int = 0,
    mitigate: Sequence[str] = (),
    should_stop: ShouldStop = never_stop,
) -> RunReadout:
    """Reads out a run's head.

    Args:
        run: A run for which `inputs.why_no_readout` says nothing.
        readout: How its circuit is read.
        features: Of the pictures, shape (pictures, features); by default the kept ones of its validation pictures.
        labels: True class of each, where features are given; by default the validation pictures'.
        files: Likewise.
        seed: Decides what shots give; the same one gives the same.
        mitigate: Names of `methods.METHODS`.
        should_stop: Asked often.

    Raises:
        UserError: Its features are not kept here any more, or it cannot be read so.
        StoppedByUser: `should_stop` said so.
    """
    if features is None:
        inputs = validation_inputs(run, should_stop)
    else:
        inputs = inputs_of(run.prepared, run.checkpoint.best_weights, features, labels=labels, files=files)
    return readout_of(inputs, readout, seed=seed, mitigate=mitigate)


def readout_of(
    inputs: ReadoutInputs,
    readout: ReadoutSettings,
    *,
    seed: int = 0,
    mitigate: Sequence[str] = (),
    progress: ProgressCallback = no_progress,
) -> RunReadout:
    """Reads out a head's pictures; arguments and errors as of `readout_of_run` and `read_mitigated`."""
    reading, cost = read_mitigated(inputs, readout, seed=seed, mitigate=mitigate, progress=progress)
    return with_reading(inputs, reading, readout, seed=seed, mitigate=mitigate, cost=cost)


def with_reading(
    inputs: ReadoutInputs,
    reading: Reading,
    readout: ReadoutSettings,
    *,
    seed: int,
    mitigate: Sequence[str] = (),
    cost: Cost,
) -> RunReadout:
    """Returns what the head answers where the circuit was read elsewhere, as by a device."""
    exact = reading.expectations if reading.kind == "exact" else inputs.exact_expectations()
    return RunReadout(
        readout=readout,
        seed=seed,
        mitigate=tuple(mitigate),
        cost=cost,
        classes=inputs.classes,
        files=inputs.files,
        labels=inputs.labels,
        reading=reading,
        exact_expectations=exact,
        probabilities=inputs.probabilities(reading.expectations),
        exact_probabilities=inputs.probabilities(exact),
    )


def margins_of(probabilities: np.ndarray) -> np.ndarray:
    """Returns how far the highest class probability is above the next one, shape (..., classes) to (...)."""
    top = np.partition(probabilities, -2, axis=-1)
    return np.asarray(top[..., -1] - top[..., -2])
