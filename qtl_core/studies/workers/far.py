"""A chunk on another machine: what `ray_cluster` has Ray call there, with this very program installed."""

from __future__ import annotations

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.jobs.messages import ErrorMessage, error_message
from qtl_core.studies.chunks import SharedFeatures
from qtl_core.studies.workers.base import Came, Chunk, Lost
from qtl_core.studies.workers.in_worker import trained
from qtl_core.studies.workers.versions import difference, versions

# Features as Ray's object store keeps them: a token that tells them from others, a pickle, and the bytes of its arrays,
# which each machine maps once. Like what comes back they are of no type of this program's, as they pass through the
# cluster's head, which need not have it.
Packed = tuple[str, bytes, Sequence[np.ndarray]]

_held: dict[str, SharedFeatures] = {}  # of the last study alone, by the token of its features


@dataclass(frozen=True)
class Refused:
    """A worker that is not asked again, or a chunk that cannot be trained anywhere.

    Attributes:
        message: What, why and what to do.
    """

    message: ErrorMessage


def packed(shared: SharedFeatures, token: str) -> Packed:
    """Returns features ready to be put into the object store."""
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(shared, protocol=5, buffer_callback=arrays.append)
    return token, rest, [np.frombuffer(array.raw(), np.uint8) for array in arrays]


def different(ours: Mapping[str, str]) -> str:
    """Returns in what this machine's versions differ from those of the process that asks; "" where they do not."""
    return difference(ours, versions())


def train_far(chunk: bytes, features: Packed, ours: Mapping[str, str]) -> bytes:
    """Trains a chunk and returns a pickled `Came`, `Lost` or `Refused`.

    Args:
        chunk: A pickled `Chunk`: it is opened once the versions are known to be the same.
        features: What `packed` gave.
        ours: The versions of the process that asks.
    """
    if found := different(ours):
        return pickle.dumps(Refused(refusal("A machine of the cluster", found)))
    asked: Chunk = pickle.loads(chunk)
    try:
        came: Came | Lost | Refused = trained(asked, _opened(*features), lambda _: None, never_stop)
    except UserError as error:
        came = Refused(error_message(error))
    return pickle.dumps(came)


def refusal(machine: str, found: str) -> ErrorMessage:
    """Returns the words for a machine that would give other numbers."""
    return (
        f"{machine} cannot take part.",
        f"It has {found}, so that its numbers would be others.",
        "Install the same version there as here.",
    )


def _opened(token: str, rest: bytes, arrays: Sequence[np.ndarray]) -> SharedFeatures:
    """Returns the features, opened once a process: arrays in the object store cannot be written to, and are copied.

    The kernels are compiled for arrays that can be, and would copy them for each chunk.
    """
    if token not in _held:
        _held.clear()
        _held[token] = pickle.loads(rest, buffers=[array.copy() for array in arrays])
    return _held[token]
