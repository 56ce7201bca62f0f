"""A run as TensorBoard's files: curves, settings as hyperparameters, tags as text, and pictures of what came out.

One folder a run, so that a log folder holds many. Their format is TensorBoard's own, written by its own package; it
needs no TensorFlow.
"""

from __future__ import annotations

import io
import shlex
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.tracking.log import Ending, check_there
from qtl_core.tracking.programs import TENSORBOARD
from qtl_core.tracking.record import Logged

PICTURE = ".png"
TAGS = {  # of the figures of an epoch; what stands before the stroke is a chart's section
    "train_loss": "loss/training",
    "val_loss": "loss/validation",
    "train_accuracy": "accuracy/training",
    "val_accuracy": "accuracy/validation",
    "learning_rate": "training/learning rate",
    "seconds": "training/seconds an epoch",
}


class TensorBoardFolder:
    """A log folder of TensorBoard's.

    Args:
        folder: The folder; it is made with the first run.

    Raises:
        UserError: The extra is not installed.
    """

    def __init__(self, folder: Path) -> None:
        TENSORBOARD.extra.require("No files for TensorBoard can be written here.")
        self.folder, self.opened_by = folder, TENSORBOARD.opened_by.format(place=shlex.quote(str(folder)))

    def log(self, run_id: str) -> TensorBoardLog:
        """Returns a new log for a run, in a folder of its own."""
        place = self.folder / run_id
        if place.exists():
            raise UserError(f"Run {run_id} is in this folder already.", "", "Name another folder, or delete that one.")
        return TensorBoardLog(place)

    def forget(self, run_id: str) -> None:
        """Deletes a run's files."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder / run_id)


class TensorBoardLog:
    """A run in a folder.

    Args:
        place: The folder; it is made when the run begins, as one that is refused leaves none.
    """

    def __init__(self, place: Path) -> None:
        self.place = place
        self.writer: Any = None

    def begin(self, run: Logged) -> None:
        """Notes settings and tags.

        Raises:
            UserError: The folder cannot be written.
        """
        from tensorboard.plugins.hparams.summary_v2 import hparams_pb
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        try:
            self.place.mkdir(parents=True)
            self.writer = EventFileWriter(str(self.place))
        except OSError as error:
            raise UserError("The log folder cannot be written.", reason_of(error)) from error
        said = "\n".join(f"- **{name}**: {text}" for name, text in run.tags.items())
        self._add(_text("run", f"# {run.name}\n\n{said}"), 0, run.started)
        self._add(hparams_pb(dict(run.params), trial_id=run.id, start_time_secs=run.started), 0, run.started)
        self.writer.flush()  # whoever looks sees it as it begins

    def epoch(self, step: int, figures: Mapping[str, float], at: float) -> None:
        """Notes an epoch's figures."""
        check_there(self.place)
        self._add(_scalars({TAGS[name]: value for name, value in figures.items()}), step, at)
        self.writer.flush()

    def end(self, ending: Ending) -> None:
        """Notes what came out, and closes the files."""
        check_there(self.place)
        results = {f"result/{name}": value for name, value in ending.figures.items()}
        self._add(_scalars(results), ending.step, ending.at)
        for name, content in ending.files.items():
            if name.endswith(PICTURE):  # it shows no drawings
                self._add(_picture(name.removesuffix(PICTURE), content), ending.step, ending.at)
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
