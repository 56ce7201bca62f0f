"""Opens a run's file: a stranger's until everything in it agrees."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from qtl_core.archive.checks import check
from qtl_core.archive.container import PREDICTIONS, RUN, WEIGHTS, Refused, plain_json, unpacked
from qtl_core.archive.data_sets import holds_pictures
from qtl_core.archive.described import Described, epochs_from, read_described
from qtl_core.errors import UserError
from qtl_core.state_dicts.safetensors_files import check_header
from qtl_core.store import place
from qtl_core.store.arrays import GROUPS, checkpoint_from
from qtl_core.store.described import EMPTY
from qtl_core.training.events import Checkpoint
from qtl_core.training.view import TrainedRun

SHOWN = 80  # characters of a file's name, or of a library's words
PROBABILITIES = "val_probabilities"


@dataclass(frozen=True, eq=False)
class Opened:
    """A run in a file.

    Attributes:
        run_id: Its identifier where it comes from.
        view: The run.
        description: What else the file says of it.
    """

    run_id: str
    view: TrainedRun = field(repr=False)
    description: Described = field(repr=False)


def open_archive(content: bytes, name: str) -> Opened:
    """Returns the run in a file; nothing is written anywhere.

    Args:
        content: The file.
        name: What it is called, for the message.

    Raises:
        UserError: It is damaged, foreign, dangerous, or contradicts itself; says why.
    """
    try:
        return _opened(content)
    except Exception as error:  # arbitrary bytes can make the readers fail in any way
        if holds_pictures(content):
            raise _data_set(name) from error
        raise _refusal(name, _why(error)) from error


def _why(error: Exception) -> str:
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, MemoryError):
        return "It asks for more memory than there is."
    words = str(error).partition("\n")[0][:SHOWN] or type(error).__name__
    return f"It is damaged ({words})."


def _data_set(name: str) -> UserError:
    return UserError(
        f"{name[:SHOWN]} holds pictures: it is a data set, not a run.",
        "What is opened here is a run that was taken along.",
        "Unpack it on the computer that runs this app, and give its folder on the Data page.",
    )


def _opened(content: bytes) -> Opened:
    run_id, entries = unpacked(content)
    if not place.ID.fullmatch(run_id):
        raise Refused("The identifier of its run is none.")
    description = read_described(plain_json(entries[RUN]))
    checkpoint = _checkpoint(_arrays(entries[WEIGHTS]))
    predictions = _arrays(entries[PREDICTIONS])
    if set(predictions) != {PROBABILITIES}:
        raise Refused("Its predictions are not where they belong.")
    check(description, checkpoint, predictions[PROBABILITIES])
    epochs = epochs_from(description.figures, predictions[PROBABILITIES], checkpoint, EMPTY)
    run = TrainedRun(prepared=description.prepared, epochs=epochs, ended=description.ended)
    return Opened(run_id, run, description)


def _arrays(content: bytes) -> dict[str, np.ndarray]:
    from safetensors.numpy import load

    check_header(content)
    return {name: values.copy() for name, values in load(content).items()}


def _checkpoint(arrays: dict[str, np.ndarray]) -> Checkpoint:
    rest = {name for name in arrays if name.partition("/")[0] not in GROUPS}
    if rest != {"counts", "best"} or arrays["counts"].shape != (3,) or arrays["best"].shape != (2,):
        raise Refused("Its weights are not laid out as a run's are.")
    return checkpoint_from(arrays)


def _refusal(name: str, why: str) -> UserError:
    do = "Ask for the file again where it came from; nothing of it was kept."
    return UserError(f"The file {name[:SHOWN]} cannot be opened as a run.", why, do)
