"""Provenance of a run: versions of what computes, and the pictures by their contents."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

PACKAGES = ("torch", "torchvision", "pennylane", "numpy", "numba", "pillow", "safetensors", "streamlit")
Pictures = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DataFingerprint:
    """A set of pictures by name and contents, wherever it lies.

    Attributes:
        classes: Class names; index = label.
        train, val: (name inside the set, SHA-256 of its bytes) of every picture, in the order they are trained in;
            a name is like "train/ants/x.jpg", its folder the class.
        test: The same for the pictures looked at once, when training is over; empty where there are none.
    """

    classes: tuple[str, ...]
    train: Pictures
    val: Pictures
    test: Pictures = ()

    @cached_property
    def sha256(self) -> str:
        """Equal for equal sets: names, contents, classes, order."""
        return _digest([self.classes, self.train, self.val, *([self.test] if self.test else [])])

    @cached_property
    def val_sha256(self) -> str:
        """Equal where the same validation pictures, of the same classes, come in the same order; names do not count."""
        return _digest([self.classes, [(PurePosixPath(name).parent.name, digest) for name, digest in self.val]])

    @property
    def train_counts(self) -> tuple[int, ...]:
        """Training pictures of every class, by their folders' names; empty where those are not the classes'."""
        counts = Counter(PurePosixPath(name).parent.name for name, _ in self.train)
        return () if set(counts) - set(self.classes) else tuple(counts[name] for name in self.classes)


@dataclass(frozen=True)
class Provenance:
    """The provenance of a run.

    Attributes:
        versions: Versions by name of what took part.
        data: The pictures, or None where they are not known.
        platform: The system and its processor.
    """

    versions: Mapping[str, str]
    data: DataFingerprint | None
    platform: str


def fingerprint_of(
    classes: Sequence[str],
    train: Iterable[tuple[Path, str]],
    val: Iterable[tuple[Path, str]],
    test: Iterable[tuple[Path, str]] = (),
) -> DataFingerprint:
    """Returns the fingerprint of pictures given as (file, SHA-256 of its bytes)."""
    parts = [[(os.fspath(file), digest) for file, digest in part] for part in (train, val, test)]
    folders = {os.path.dirname(file) for part in parts for file, _ in part}  # noqa: PTH120  a set has thousands of files
    root = os.path.commonpath([os.path.dirname(folder) for folder in folders])  # noqa: PTH120
    return DataFingerprint(tuple(classes), *(_inside(root, part) for part in parts))


def provenance_here(data: DataFingerprint | None) -> Provenance:
    """Returns what a run made by this process is made with."""
    return Provenance(versions_here(), data, platform.platform())


@lru_cache(maxsize=1)
def versions_here() -> Mapping[str, str]:
    """Returns the versions of Python and of the packages that take part; those not installed are left out."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _inside(root: str, pictures: Sequence[tuple[str, str]]) -> Pictures:
    start = len(root.rstrip(os.sep)) + 1
    return tuple((file[start:].replace(os.sep, "/"), digest) for file, digest in pictures)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
