"""The inputs of a readout: pictures as a trained head's circuit takes them in, and the layer that reads it out."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.progress import ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.ansatz import build_circuit
from qtl_core.network.head_scores import circuit_angles, log_softmax
from qtl_core.network.simulators.numpy_batch import expectations, final_states
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.events import Arrays, Prepared
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import CircuitSettings

REFUSED = "The run's pictures cannot be read out."


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class ReadoutInputs:
    """Pictures, or points, or rows of a table, at the door of a trained circuit.

    Attributes:
        circuit: The circuit's settings.
        classes: Class names; index = label.
        files: File of every picture.
        labels: True class of every picture, shape (pictures,).
        angles: Every picture's angles, radians, shape (pictures, qubits).
        trained: The trained angles, radians, shape (weight_count,).
        weights: What expectation values are multiplied by in each class score, shape (qubits, classes).
        bias: What each class score begins with, shape (classes,).
    """

    circuit: CircuitSettings
    classes: tuple[str, ...]
    files: tuple[str, ...] = field(repr=False)
    labels: np.ndarray = field(repr=False)
    angles: np.ndarray = field(repr=False)
    trained: np.ndarray = field(repr=False)
    weights: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)

    @property
    def size(self) -> int:
        """The number of pictures."""
        return len(self.angles)

    def at(self, picture: int) -> ReadoutInputs:
        """Returns the inputs of one picture alone."""
        one = slice(picture, picture + 1)
        return replace(self, files=self.files[one], labels=self.labels[one], angles=self.angles[one])

    def scores(self, read: np.ndarray) -> np.ndarray:
        """Returns class scores, shape (..., qubits) to (..., classes), of expectation values however they were read."""
        return np.asarray(read @ self.weights + self.bias)

    def probabilities(self, read: np.ndarray) -> np.ndarray:
        """Returns class probabilities, shape (..., qubits) to (..., classes)."""
        return np.asarray(np.exp(log_softmax(self.scores(read))))

    def exact_expectations(self) -> np.ndarray:
        """Returns <Z> of every qubit without noise or shots, shape (pictures, qubits)."""
        return expectations(final_states(build_circuit(self.circuit), self.angles, self.trained))


def why_no_readout(view: RunView) -> str:
    """Returns the sentence that says why a run's pictures cannot be read out in any way but exactly, or ""."""
    if view.prepared is None or view.best is None:
        return "A run can be read out once its first epoch is done."
    spec = view.prepared.settings.model.spec
    if not spec.has_circuit:
        title = f"{spec.title[0].lower()}{spec.title[1:]}"
        return f"The head has no circuit, it is a {title}: there are no shots to take and no noise to suffer."
    if view.prepared.from_elsewhere and not view.prepared.val_files:
        return (
            "This head was trained elsewhere, and has not been measured with pictures of this computer: there are none "
            "to send through it."
        )
    if view.prepared.settings.training.backbone_mode == "published":
        return (
            "As published, the image network itself drifts with every batch, so a picture has no fixed features; train "
            "with the truly frozen backbone to read its pictures out."
        )
    return why_no_head(view)


def inputs_of(
    prepared: Prepared,
    head: Arrays,
    features: np.ndarray,
    *,
    labels: np.ndarray | None = None,
    files: tuple[str, ...] | None = None,
) -> ReadoutInputs:
    """Returns the inputs.

    Args:
        prepared: What was trained.
        head: The head's weights, by parameter name; it has a circuit.
        features: Of the pictures, shape (pictures, features).
        labels: True class of every picture; by default those of the run's validation pictures.
        files: Likewise.
    """
    found = head_inputs(prepared, head, circuit_angles(head, features))
    return replace(
        found,
        files=prepared.val_files if files is None else files,
        labels=np.asarray(prepared.val_labels if labels is None else labels),
    )


def head_inputs(prepared: Prepared, head: Arrays, angles: np.ndarray, *, temperature: float = 1.0) -> ReadoutInputs:
    """Returns the inputs of pictures whose angles are known, and whose classes are not: their labels are -1.

    Args:
        prepared: What was trained.
        head: The head's weights, by parameter name; it has a circuit.
        angles: Every picture's angles, radians, shape (pictures, qubits).
        temperature: What class scores are divided by.
    """
    exact = {name: np.asarray(values, dtype=np.float64) for name, values in head.items()}
    return ReadoutInputs(
        circuit=prepared.settings.circuit,
        classes=prepared.classes,
        files=("",) * len(angles),
        labels=np.full(len(angles), -1),
        angles=np.asarray(angles, dtype=np.float64),
        trained=exact["q_params"].reshape(-1),
        weights=exact["post_net.weight"].T / temperature,
        bias=exact["post_net.bias"] / temperature,
    )


def validation_inputs(run: TrainedRun, should_stop: ShouldStop) -> ReadoutInputs:
    """Returns the inputs of a run's validation pictures, from the features that are kept of them.

    Args:
        run: A run for which `why_no_readout` says nothing.
        should_stop: Asked often.

    Raises:
        UserError: The pictures or the network are not those the run was trained with.
        StoppedByUser: `should_stop` said so.
    """
    if _is_asked(run.prepared):
        return _asked(run, should_stop)
    return _restored(run.prepared, run.checkpoint.best_weights, should_stop)


def inputs_job(run: TrainedRun, owner: str = "") -> JobSpec[JobView[ReadoutInputs]]:
    """Returns the job that finds the inputs of a run's validation pictures in a worker.

    Args:
        run: A run for which `why_no_readout` says nothing.
        owner: Whose job it is.
    """
    payload = run if _is_asked(run.prepared) else (run.prepared, run.checkpoint.best_weights)
    return JobSpec("qtl_core.readout.inputs:run_inputs_job", payload, owner)


def run_inputs_job(
    payload: TrainedRun | tuple[Prepared, Arrays], emit: Callable[[ReadoutInputs], None], should_stop: ShouldStop
) -> None:
    """Finds them in a worker process; raises as `validation_inputs` does."""
    emit(_asked(payload, should_stop) if isinstance(payload, TrainedRun) else _restored(*payload, should_stop))


def _is_asked(prepared: Prepared) -> bool:
    """Returns whether no features are kept: of a head from elsewhere, and of the one that comes along."""
    return prepared.from_elsewhere or _is_bundled(prepared)


def _is_bundled(prepared: Prepared) -> bool:
    """Returns whether files are names inside the drawn set, which need not be on disk."""
    return prepared.settings.data.source == "drawn" and not any(map(os.path.isabs, prepared.val_files))


def _asked(run: TrainedRun, should_stop: ShouldStop) -> ReadoutInputs:
    """Returns the inputs of such a head: its image network is asked about the pictures it was measured with.

    Raises:
        UserError: One of them cannot be read any more.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.inference.answering import all_answers
    from qtl_core.inference.bundled import drawn_example
    from qtl_core.inference.predictor import Predictor
    from qtl_core.inference.requests import ImageRequest

    source = drawn_example if _is_bundled(run.prepared) else Path
    pictures = [ImageRequest(file, Path(file).name, source(file)) for file in run.prepared.val_files]
    angles = []
    for picture, answer in zip(pictures, all_answers(Predictor(run), pictures, should_stop=should_stop), strict=True):
        if answer.explanation is None:
            raise UserError(REFUSED, f"{picture.name} cannot be read: {answer.error}", "Import the head again.")
        angles.append(answer.explanation.angles)
    found = head_inputs(run.prepared, run.checkpoint.best_weights, np.array(angles))
    return replace(found, files=run.prepared.val_files, labels=np.asarray(run.prepared.val_labels))


def _restored(prepared: Prepared, head: Arrays, should_stop: ShouldStop) -> ReadoutInputs:
    from qtl_core.training.feature_memory import restore_preparation

    found = restore_preparation(prepared, should_stop, REFUSED)
    return inputs_of(prepared, head, found.features.val, files=found.prepared.val_files)  # where they lie by now
