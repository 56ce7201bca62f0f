"""A run's validation pictures as its circuit sees them: an angle a qubit, and how <Z> becomes a class."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.drawing.angles import why_no_circuit
from qtl_core.jobs import JobSpec, JobView
from qtl_core.network.head_scores import circuit_angles
from qtl_core.runs.divergence import why_no_head
from qtl_core.runs.events import Arrays, Prepared
from qtl_core.runs.view import RunView, TrainedRun


@dataclass(frozen=True, eq=False)
class CircuitInputs:
    """The inputs of a run's circuit, and the layer after it.

    Attributes:
        classes: Class names; index = label.
        files: File of every validation picture.
        labels: True class of every picture, shape (pictures,).
        angles: Every picture's angles, radians, shape (pictures, qubits).
        weights: What expectation values are multiplied by in each class score, shape (qubits, classes).
        bias: What each class score begins with, shape (classes,).
    """

    classes: tuple[str, ...]
    files: tuple[str, ...] = field(repr=False)
    labels: np.ndarray = field(repr=False)
    angles: np.ndarray = field(repr=False)
    weights: np.ndarray
    bias: np.ndarray


def why_no_inputs(view: RunView) -> str:
    """Returns the sentence that says why validation pictures cannot be sent through a run's circuit again, or ""."""
    if view.prepared is not None and (why := why_no_circuit(view.prepared.settings)):
        return why
    return why_no_answers(view)


def why_no_answers(view: RunView) -> str:
    """Returns the sentence that says why validation pictures cannot be sent through a run's head again, or ""."""
    if view.prepared is None or view.best is None:
        return "Validation pictures can be sent through the head once the first epoch is done."
    if view.prepared.from_elsewhere:
        return "This head was trained elsewhere: no features of its pictures are kept here to send through it."
    if view.prepared.settings.training.backbone_mode == "published":
        return (
            "As published, the image network itself drifts with every batch, so a picture has no fixed features; train "
            "with the truly frozen backbone to send validation pictures through the head."
        )
    return why_no_head(view)


def inputs_job(view: TrainedRun, owner: str = "") -> JobSpec[JobView[CircuitInputs]]:
    """Returns the job that finds the inputs in a worker.

    Args:
        view: A run for which `why_no_inputs` says nothing.
        owner: Whose job it is.
    """
    payload = view.prepared, view.checkpoint.best_weights
    return JobSpec("qtl_core.explain.validation_angles:run_inputs_job", payload, owner)


def run_inputs_job(
    payload: tuple[Prepared, Arrays], emit: Callable[[CircuitInputs], None], should_stop: ShouldStop
) -> None:
    """Finds them in a worker process.

    Raises:
        UserError: The pictures or the network are not those the run was trained with.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.training.feature_memory import restore_preparation

    prepared, head = payload
    refused = "The run's validation pictures cannot be sent through its circuit again."
    emit(inputs_of(prepared, head, restore_preparation(prepared, should_stop, refused).features.val))


def inputs_of(prepared: Prepared, head: Arrays, features: np.ndarray) -> CircuitInputs:
    """Returns the inputs.

    Args:
        prepared: What was trained.
        head: The head's weights, by parameter name.
        features: Of the validation pictures, shape (pictures, features).
    """
    exact = {name: np.asarray(values, dtype=np.float64) for name, values in head.items()}
    return CircuitInputs(
        classes=prepared.classes,
        files=prepared.val_files,
        labels=np.array(prepared.val_labels),
        angles=circuit_angles(head, features),
        weights=exact["post_net.weight"].T,
        bias=exact["post_net.bias"],
    )
