"""Opens a run's file: a stranger's until everything in it agrees; a zip of pictures is told where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.exchange.run_files.consistency import check, check_tested
from qtl_core.exchange.run_files.container import PICTURES, PREDICTIONS, RUN, WEIGHTS, Refused, plain_json, unpacked
from qtl_core.exchange.run_files.manifest import RunDescription, epochs_from, read_described
from qtl_core.pictures.sources.dataset_search import SUFFIXES
from qtl_core.pictures.sources.system_files import is_hidden_path
from qtl_core.runs.events import Checkpoint, Tested
from qtl_core.runs.store import layout
from qtl_core.runs.store.files import GROUPS, checkpoint_from
from qtl_core.runs.store.serialization import EMPTY
from qtl_core.runs.view import TrainedRun
from qtl_core.state_dicts.safetensors_files import check_header

TAIL_BYTES = 1 << 20  # bytes at the end of a file that are looked through: the names of 10,000 entries
ENTRY, LOCAL = b"PK\x01\x02", b"PK\x03\x04"  # before each entry in a zip file's list, and before the first file itself
NAME_LENGTH, NAME = {ENTRY: 28, LOCAL: 26}, {ENTRY: 46, LOCAL: 30}
MAX_NAME_BYTES = 4096  # bytes of a name


def holds_pictures(content: bytes) -> bool:
    """Returns whether a zip file, be it damaged, holds pictures that people see; unpacks nothing and builds no list."""
    return any(map(_is_picture, _names(content)))


def _names(content: bytes) -> Iterator[str]:
    if content.startswith(LOCAL):
        yield _name(content, LOCAL)
    tail = content[-TAIL_BYTES:]
    at = tail.find(ENTRY)
    while at >= 0:
        yield _name(tail[at : at + NAME[ENTRY] + MAX_NAME_BYTES], ENTRY)
        at = tail.find(ENTRY, at + len(ENTRY))


def _name(header: bytes, kind: bytes) -> str:
    length = int.from_bytes(header[NAME_LENGTH[kind] : NAME_LENGTH[kind] + 2], "little")
    return header[NAME[kind] : NAME[kind] + min(length, MAX_NAME_BYTES)].decode("utf-8", "replace")


def _is_picture(name: str) -> bool:
    return name.lower().endswith(tuple(SUFFIXES)) and not is_hidden_path(name)


MAX_TEXT_SHOWN = 80  # characters of a file's name
PROBABILITIES, TEST_PROBABILITIES = "val_probabilities", "test_probabilities"


@dataclass(frozen=True, eq=False)
class OpenedRunFile:
    """A run in a file.

    Attributes:
        run_id: Its identifier where it comes from.
        view: The run.
        description: What else the file says of it.
        pictures: The file of the pictures that it brings along, or nothing.
    """

    run_id: str
    view: TrainedRun = field(repr=False)
    description: RunDescription = field(repr=False)
    pictures: bytes = field(default=b"", repr=False)


def open_run_file(content: bytes, name: str) -> OpenedRunFile:
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
    return "It is damaged."


def _data_set(name: str) -> UserError:
    return UserError(
        f"{name[:MAX_TEXT_SHOWN]} holds pictures: it is a data set, not a run.",
        "What is opened here is a run that was taken along.",
        "Bring it in on the Data page, where a zip of pictures becomes a data set.",
    )


def _opened(content: bytes) -> OpenedRunFile:
    run_id, entries = unpacked(content)
    if not layout.ID.fullmatch(run_id):
        raise Refused("The identifier of its run is none.")
    description = read_described(plain_json(entries[RUN]))
    checkpoint = _checkpoint(_arrays(entries[WEIGHTS]))
    predictions = _arrays(entries[PREDICTIONS])
    if set(predictions) != {PROBABILITIES, *([TEST_PROBABILITIES] if description.tested else [])}:
        raise Refused("Its predictions are not where they belong.")
    check(description, checkpoint, predictions[PROBABILITIES])
    tested = None
    if description.tested:
        tested = Tested(**description.tested, probabilities=predictions[TEST_PROBABILITIES])
        check_tested(description, tested)
    epochs = epochs_from(description.figures, predictions[PROBABILITIES], checkpoint, EMPTY)
    run = TrainedRun(
        prepared=description.prepared, epochs=epochs, ended=description.ended, tested=tested, looks=description.looks
    )
    return OpenedRunFile(run_id, run, description, entries.get(PICTURES, b""))


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
    return UserError(f"The file {name[:MAX_TEXT_SHOWN]} cannot be opened as a run.", why, do)
