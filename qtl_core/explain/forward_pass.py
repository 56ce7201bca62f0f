"""Pictures followed all the way through a trained run: what is seen, the features, each qubit's path, the answer.

A worker makes them once; whoever shows them moves along a trace without asking anybody again. No torch at the top,
because pages make jobs from this module.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from qtl_core.common.progress import ShouldStop
from qtl_core.inference.bundled import bundled_run, drawn_example
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.requests import ImageRequest, TrainedModel
from qtl_core.jobs import JobSpec, JobView
from qtl_core.runs.view import TrainedRun

STEPS_PER_COLUMN = 6  # of every column of gates: at 40 ms each, one sees no steps
EDGE, QUALITY = 224, 80  # of the copies that are shown: what the network sees, some 10 KB each


@dataclass(frozen=True)
class TracedPicture:
    """A picture to follow.

    Attributes:
        file: A file of a validation folder, or the name of a drawing that the app can make: `val/ants/000.jpg`.
        drawn: Whether it is such a name.
    """

    file: str
    drawn: bool

    @property
    def truth(self) -> str:
        """The class that its folder says it shows."""
        return PurePosixPath(self.file).parent.name

    def asked(self) -> ImageRequest:
        """Returns it as a question."""
        return ImageRequest(self.file, self.file, drawn_example(self.file) if self.drawn else Path(self.file))


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class PictureTrace:
    """A picture's way through the network.

    Attributes:
        picture: The picture.
        jpeg: What the image network is given of it.
        explanation: Features, angles, expectation values and the answer.
        path: Every qubit's Bloch vector on its way through the circuit: see `interpolated_bloch_vectors`,
            with `STEPS_PER_COLUMN`.
        weights: The circuit's trained angles, shape (weight_count,), radians.
        before: The same before training, NaN where not known.
    """

    picture: TracedPicture
    jpeg: bytes = field(repr=False)
    explanation: Explanation
    path: np.ndarray = field(repr=False)
    weights: np.ndarray = field(repr=False)
    before: np.ndarray = field(repr=False)

    @property
    def is_right(self) -> bool:
        """True if the answer is what the picture shows."""
        return self.explanation.prediction.label == self.picture.truth


def choose_pictures(photos: Path | None, count: int) -> tuple[TracedPicture, ...]:
    """Returns validation pictures that the bundled run never learnt from, class by class in turn, evenly picked.

    Args:
        photos: The folder of the real photos, or None where they are not here: then they are drawings.
        count: How many; fewer where there are not as many.
    """
    if photos is None:
        names = [str(PurePosixPath(name)) for name in bundled_run().prepared.val_files]
    else:
        names = [str(path) for path in sorted((photos / "val").glob("*/*")) if path.suffix.lower() == ".jpg"]
    by_class: dict[str, list[TracedPicture]] = {}
    for picture in (TracedPicture(name, photos is None) for name in names):
        by_class.setdefault(picture.truth, []).append(picture)
    each = -(-count // max(1, len(by_class)))
    columns = [_evenly(group, each) for group in by_class.values()]
    turns = [column[turn] for turn in range(each) for column in columns if turn < len(column)]
    return tuple(turns[:count])


def trace_job(
    model: TrainedModel, pictures: Sequence[TracedPicture], owner: str = ""
) -> JobSpec[JobView[tuple[PictureTrace, ...]]]:
    """Returns the job that follows pictures, one after another, but for those that cannot be read."""
    payload = model, tuple(pictures)
    return JobSpec(
        "qtl_core.explain.forward_pass:run_trace_job", payload, owner, view=JobView(result=()), fold=JobView.collect
    )


def run_trace_job(
    payload: tuple[TrainedModel, tuple[TracedPicture, ...]],
    emit: Callable[[PictureTrace], None],
    should_stop: ShouldStop,
) -> None:
    """Follows pictures in a worker process; the first is there while the others are still asked about.

    Raises:
        UserError: The run's image network is not here.
    """
    from qtl_core.inference.answering import answers
    from qtl_core.inference.requests import loaded

    model, pictures = payload
    for picture in pictures:
        if should_stop():
            return
        (answer,) = answers(loaded(model), [picture.asked()])
        if answer.explanation is not None:
            emit(trace_picture(picture, answer.explanation, model))


def trace_picture(picture: TracedPicture, explanation: Explanation, model: TrainedModel) -> PictureTrace:
    """Returns the trace of a picture that has been answered for."""
    from PIL import Image

    jpeg = io.BytesIO()
    Image.fromarray(explanation.seen).resize((EDGE, EDGE)).save(jpeg, "JPEG", quality=QUALITY)
    return trace_of(picture, jpeg.getvalue(), explanation, model.run)


def trace_of(picture: TracedPicture, jpeg: bytes, explanation: Explanation, run: TrainedRun) -> PictureTrace:
    """Returns the trace of an answer: the way through the circuit is computed from its angles."""
    from qtl_core.drawing.angles import run_angles
    from qtl_core.network.ansatz import build_circuit
    from qtl_core.network.simulators.interpolation import interpolated_bloch_vectors

    trained, before = run_angles(run)
    path = interpolated_bloch_vectors(
        build_circuit(run.prepared.settings.circuit), explanation.angles, trained, STEPS_PER_COLUMN
    )
    return PictureTrace(picture, jpeg, explanation, path, trained, before)


def _evenly(group: Sequence[TracedPicture], count: int) -> list[TracedPicture]:
    count = min(count, len(group))
    return [group[int((number + 0.5) * len(group) / count)] for number in range(count)]
