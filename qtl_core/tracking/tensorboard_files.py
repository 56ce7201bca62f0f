"""A run as TensorBoard's files: curves, settings as hyperparameters, tags as text, and pictures of what came out.

One folder a run, so that a log folder holds many. Their format is TensorBoard's own, written by its own package; it
needs no TensorFlow.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from qtl_core.common.errors import UserError
from qtl_core.common.extras import Extra
from qtl_core.runs.view import RunView
from qtl_core.tracking.record import Logged, last_figures, pictures_of

EXTRA = Extra("tensorboard", ("tensorboard",))
OPENED_BY = "tensorboard --logdir {folder}"
TAGS = {  # of the figures of an epoch; what stands before the stroke is a chart's section
    "train_loss": "loss/training",
    "val_loss": "loss/validation",
    "train_accuracy": "accuracy/training",
    "val_accuracy": "accuracy/validation",
    "learning_rate": "training/learning rate",
    "seconds": "training/seconds an epoch",
}


class TensorBoardLog:
    """A run in a folder below a log folder.

    Args:
        folder: The log folder; it is made.
        run_id: The run, which names its folder.

    Raises:
        UserError: The extra is not installed, the run is there already, or the folder cannot be written.
    """

    def __init__(self, folder: Path, run_id: str) -> None:
        EXTRA.require("No files for TensorBoard can be written here.")
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        place = folder / run_id
        if place.exists():
            raise UserError(f"Run {run_id} is in {folder} already.", "", "Name another folder, or delete that one.")
        try:
            place.mkdir(parents=True)
            self.writer = EventFileWriter(str(place))
        except OSError as error:
            raise UserError(f"{folder} cannot be written.", f"The system says: {error.strerror or error}.") from error

    def begin(self, run: Logged) -> None:
        """Notes settings and tags."""
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb

        said = "\n".join(f"- **{name}**: {text}" for name, text in run.tags.items())
        self._add(_text("run", f"# {run.name}\n\n{said}"), 0, run.started)
        self._add(hparams_pb(dict(run.params), trial_id=run.id, start_time_secs=run.started), 0, run.started)
        self.writer.flush()  # whoever looks sees it as it begins

    def epoch(self, step: int, figures: Mapping[str, float], at: float) -> None:
        """Notes an epoch's figures."""
        self._add(_scalars({TAGS[name]: value for name, value in figures.items()}), step, at)
        self.writer.flush()

    def end(self, view: RunView, at: float) -> None:
        """Notes what came out, and closes the files."""
        last = len(view.epochs)
        self._add(_scalars({f"result/{name}": value for name, value in last_figures(view).items()}), last, at)
        for name, content in pictures_of(view).items():
            self._add(_picture(name.removesuffix(".png"), content), last, at)
        self.writer.close()

    def _add(self, summary: Any, step: int, at: float) -> None:
        from tensorboard.compat.proto.event_pb2 import Event

        self.writer.add_event(Event(wall_time=at, step=step, summary=summary))


def _scalars(values: Mapping[str, float]) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    return Summary(value=[Summary.Value(tag=tag, simple_value=value) for tag, value in values.items()])


def _text(tag: str, text: str) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import DT_STRING
    from tensorboard.plugins.text.metadata import create_summary_metadata

    shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)])
    tensor = TensorProto(dtype=DT_STRING, string_val=[text.encode()], tensor_shape=shape)
    about = create_summary_metadata(display_name=tag, description="")
    return Summary(value=[Summary.Value(tag=tag, metadata=about, tensor=tensor)])


def _picture(tag: str, content: bytes) -> Any:
    from tensorboard.compat.proto.summary_pb2 import Summary

    width, height = Image.open(io.BytesIO(content)).size
    image = Summary.Image(height=height, width=width, colorspace=3, encoded_image_string=content)
    return Summary(value=[Summary.Value(tag=tag, image=image)])
