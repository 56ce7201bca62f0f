"""A run's files. A file once named by the store never changes but by growing at its end: a new state gets a new name.

So whatever moment a process ends at, the store names files that are whole.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from qtl_core.store import arrays
from qtl_core.training.events import Checkpoint, EpochDone

HALVES = ".*.part"
_OURS = ("weights-*.safetensors", "predictions-*.f32", HALVES, "arrays.npz")  # the last: of before there was a store

_WEIGHTS = re.compile(r"(weights-[0-9]{6,}-[0-9a-f]{8}\.safetensors)?")
_PREDICTIONS = re.compile(r"(predictions-[0-9a-f]{8}\.f32)?")


@dataclass(frozen=True)
class RunFiles:
    """Names of a run's files in its folder.

    Attributes:
        weights: Its last checkpoint, "" before the first epoch.
        weights_digest: The SHA-256 of that file.
        predictions: What it said of the validation pictures after each epoch.
        checksums: One for each epoch's part of that file.
    """

    weights: str = ""
    weights_digest: str = ""
    predictions: str = ""
    checksums: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuses names that this module would not have given: they come from files, and none may lead elsewhere.

        Raises:
            ValueError: One is not ours.
        """
        if not (_WEIGHTS.fullmatch(self.weights) and _PREDICTIONS.fullmatch(self.predictions)):
            raise ValueError(f"{self.weights!r} and {self.predictions!r} are no names of a run's files")

    @property
    def names(self) -> tuple[str, ...]:
        """Those that there are."""
        return tuple(filter(None, (self.weights, self.predictions)))


def write_files(folder: Path, epochs: Sequence[EpochDone], known: RunFiles, *, lasting: bool = True) -> RunFiles:
    """Writes what is new since `known`, and returns where it is now.

    Args:
        folder: The run's folder.
        epochs: All its epochs; the last one has the checkpoint.
        known: What was written of the first of them, so that it need not be again.
        lasting: Whether to wait until it would outlast a power cut.

    Raises:
        OSError: It cannot be written; then nothing is left of it.
    """
    done = len(known.checksums)
    if done == len(epochs):
        return known
    predictions = known.predictions or f"predictions-{secrets.token_hex(4)}.f32"
    parts = [arrays.prediction_bytes(epoch) for epoch in epochs[done:]]
    weights = ""
    try:
        _append(folder / predictions, done * len(parts[0]), parts, lasting)
        weights, digest = _write_weights(folder, epochs[-1].checkpoint, lasting)
    except OSError:
        if not known.predictions:
            (folder / predictions).unlink(missing_ok=True)
        raise
    return RunFiles(weights, digest, predictions, (*known.checksums, *map(arrays.checksum, parts)))


def _write_weights(folder: Path, checkpoint: Checkpoint, lasting: bool) -> tuple[str, str]:
    content = arrays.packed(checkpoint)
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
