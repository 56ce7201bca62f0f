"""A run's files: weights and optimiser as safetensors, predictions as bare numbers, none of which can run code.

So whatever moment a process ends at, the store names files that are whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
from safetensors.numpy import load, save

from qtl_core.runs.events import Checkpoint, EpochDone, Tested

GROUPS = (
    "weights",
    "first_moments",
    "second_moments",
    "best_weights",
    "backbone_state",
    "best_backbone_state",
    "start_weights",
    "carried",
)
NUMBER = np.dtype("<f4")


def packed(checkpoint: Checkpoint) -> bytes:
    """Returns a checkpoint as the contents of a safetensors file, names as `best_weights/pre_net.weight`."""
    return save(flattened(checkpoint))


def unpacked(content: bytes) -> Checkpoint:
    """Reads what `packed` gave.

    Raises:
        Exception: It is not that; of any kind, as arbitrary bytes can be.
    """
    # In the order of their names: safetensors gives another one at every call, and what is made of a run must not.
    return checkpoint_from({name: array.copy() for name, array in sorted(load(content).items())})


def flattened(checkpoint: Checkpoint) -> dict[str, np.ndarray]:
    """Returns all of a checkpoint as arrays by group and name."""
    flat = {f"{group}/{name}": value for group in GROUPS for name, value in getattr(checkpoint, group).items()}
    counts = np.array([checkpoint.epoch, checkpoint.steps, checkpoint.best_epoch])
    best = np.array([checkpoint.best_val_accuracy, checkpoint.best_val_loss])
    return {name: np.asarray(value, order="C") for name, value in (flat | {"counts": counts, "best": best}).items()}


def checkpoint_from(arrays: Mapping[str, np.ndarray]) -> Checkpoint:
    """Reads what `flattened` gave."""
    groups: dict[str, dict[str, np.ndarray]] = {group: {} for group in GROUPS}
    for group, name, value in _named(arrays):
        groups[group][name] = value
    epoch, steps, best_epoch = (int(count) for count in arrays["counts"])
    accuracy, loss = (float(figure) for figure in arrays["best"])
    return Checkpoint(
        epoch=epoch, steps=steps, best_epoch=best_epoch, best_val_accuracy=accuracy, best_val_loss=loss, **groups
    )


def _named(arrays: Mapping[str, np.ndarray]) -> Iterator[tuple[str, str, np.ndarray]]:
    for key, value in arrays.items():
        group, slash, name = key.partition("/")
        if slash:
            yield group, name, value


def prediction_bytes(epoch: EpochDone) -> bytes:
    """Returns the class probabilities of all validation pictures after an epoch, row by row."""
    return np.ascontiguousarray(epoch.val_probabilities, dtype=NUMBER).tobytes()


def checksum(content: bytes) -> int:
    """Returns what tells whether predictions are still those that were written."""
    return zlib.crc32(content)


def read_predictions(file: Path, checksums: Sequence[int], pictures: int, classes: int) -> list[np.ndarray]:
    """Returns the probabilities after each epoch, float32 (pictures, classes); what follows them is passed over.

    Args:
        file: Where they are.
        checksums: Those of the epochs that count.
        pictures, classes: How many there are.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is too short, or damaged.
    """
    size = pictures * classes * NUMBER.itemsize
    found = []
    with file.open("rb") as stream:
        for number, expected in enumerate(checksums, start=1):
            content = stream.read(size)
            if len(content) != size or checksum(content) != expected:
                raise ValueError(f"the predictions after epoch {number} are damaged")
            found.append(np.frombuffer(content, NUMBER).astype(np.float32).reshape(pictures, classes))
    return found


HALVES = ".*.part"
# The last is of before there was a store.
_OURS = ("weights-*.safetensors", "predictions-*.f32", "test-*.f32", HALVES, "arrays.npz")

_WEIGHTS = re.compile(r"(weights-[0-9]{6,}-[0-9a-f]{8}\.safetensors)?")
_PREDICTIONS = re.compile(r"(predictions-[0-9a-f]{8}\.f32)?")
_TEST = re.compile(r"(test-[0-9a-f]{8}\.f32)?")


@dataclass(frozen=True)
class RunFiles:
    """Names of a run's files in its folder.

    Attributes:
        weights: Its last checkpoint, "" before the first epoch.
        weights_digest: The SHA-256 of that file.
        predictions: What it said of the validation pictures after each epoch.
        checksums: One for each epoch's part of that file.
        test: What the best epoch said of the test pictures, "" before they were looked at.
        test_checksum: That file's.
    """

    weights: str = ""
    weights_digest: str = ""
    predictions: str = ""
    checksums: tuple[int, ...] = ()
    test: str = ""
    test_checksum: int = 0

    def __post_init__(self) -> None:
        """Refuses names that this module would not have given: they come from files, and none may lead elsewhere.

        Raises:
            ValueError: One is not ours.
        """
        patterns = {self.weights: _WEIGHTS, self.predictions: _PREDICTIONS, self.test: _TEST}
        if not all(pattern.fullmatch(name) for name, pattern in patterns.items() if name):
            raise ValueError(f"{', '.join(map(repr, patterns))} are no names of a run's files")

    @property
    def names(self) -> tuple[str, ...]:
        """Those that there are."""
        return tuple(filter(None, (self.weights, self.predictions, self.test)))


def write_files(
    folder: Path, epochs: Sequence[EpochDone], known: RunFiles, tested: Tested | None = None, *, lasting: bool = True
) -> RunFiles:
    """Writes what is new since `known`, and returns where it is now.

    Args:
        folder: The run's folder.
        epochs: All its epochs; the last one has the checkpoint.
        known: What was written of the first of them, so that it need not be again.
        tested: What was found of the test pictures after the last of them, if it was looked at.
        lasting: Whether to wait until it would outlast a power cut.

    Raises:
        OSError: It cannot be written; then nothing is left of it.
    """
    files = _write_epochs(folder, epochs, known, lasting=lasting)
    try:
        return _with_test(folder, files, tested, lasting=lasting)
    except OSError:
        remove_new(folder, files, known)
        raise


def _with_test(folder: Path, files: RunFiles, tested: Tested | None, *, lasting: bool) -> RunFiles:
    content = tested_bytes(tested) if tested else b""
    if not tested or (files.test and files.test_checksum == checksum(content)):
        return files if tested else replace(files, test="", test_checksum=0)
    name = f"test-{secrets.token_hex(4)}.f32"
    put(folder / name, content, lasting=lasting)
    return replace(files, test=name, test_checksum=checksum(content))


def tested_bytes(tested: Tested) -> bytes:
    """Returns the class probabilities of all test pictures, row by row."""
    return np.ascontiguousarray(tested.probabilities, dtype=NUMBER).tobytes()


def _write_epochs(folder: Path, epochs: Sequence[EpochDone], known: RunFiles, *, lasting: bool) -> RunFiles:
    done = len(known.checksums)
    if done == len(epochs):
        return known
    predictions = known.predictions or f"predictions-{secrets.token_hex(4)}.f32"
    parts = [prediction_bytes(epoch) for epoch in epochs[done:]]
    weights = ""
    try:
        _append(folder / predictions, done * len(parts[0]), parts, lasting)
        weights, digest = _write_weights(folder, epochs[-1].checkpoint, lasting)
    except OSError:
        if not known.predictions:
            (folder / predictions).unlink(missing_ok=True)
        raise
    checksums = (*known.checksums, *map(checksum, parts))
    return RunFiles(weights, digest, predictions, checksums, known.test, known.test_checksum)


def _write_weights(folder: Path, checkpoint: Checkpoint, lasting: bool) -> tuple[str, str]:
    content = packed(checkpoint)
    name = f"weights-{checkpoint.epoch:06}-{secrets.token_hex(4)}.safetensors"
    put(folder / name, content, lasting=lasting)
    return name, hashlib.sha256(content).hexdigest()


def _append(file: Path, start: int, parts: Iterable[bytes], lasting: bool) -> None:
    """Writes after the first `start` bytes; what a process that was ended left behind them is written over."""
    with file.open("r+b" if start else "wb") as stream:
        stream.seek(start)
        stream.truncate()
        for part in parts:
            stream.write(part)
        if lasting:
            _settle(stream)


def put(file: Path, content: bytes, *, lasting: bool = True) -> None:
    """Writes a file whole or not at all.

    Args:
        file: The file.
        content: What will be in it.
        lasting: Whether to wait until it would outlast a power cut.

    Raises:
        OSError: It cannot be written; a file of that name from before is still there.
    """
    part = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            if lasting:
                _settle(stream)
        part.replace(file)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _settle(stream: BinaryIO) -> None:
    stream.flush()
    os.fsync(stream.fileno())


def remove_outdated(folder: Path, files: RunFiles) -> None:
    """Removes what an earlier state of the run left in its folder."""
    for pattern in _OURS:
        for file in folder.glob(pattern):
            if file.name not in files.names:
                file.unlink(missing_ok=True)


def remove_new(folder: Path, files: RunFiles, known: RunFiles) -> None:
    """Removes what was just written and is not to be named by the store after all."""
    for name in set(files.names) - set(known.names):
        (folder / name).unlink(missing_ok=True)


def size_of(folder: Path, files: RunFiles) -> int:
    """Returns the bytes that a run's arrays take."""
    return sum((folder / name).stat().st_size for name in files.names)
