"""A run's arrays in files: weights and optimiser as safetensors, predictions as bare numbers. Neither can run code."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from safetensors.numpy import load, save

from qtl_core.training.events import Checkpoint, EpochDone

GROUPS = ("weights", "first_moments", "second_moments", "best_weights", "backbone_state", "best_backbone_state")
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
