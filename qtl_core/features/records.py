"""What computing features gives back: arrays, and what a person should know about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from qtl_core.backbones.resolve import ResolvedBackbone
from qtl_core.datasets.records import SkippedFile


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Features:
    """Features of N pictures, in the order the pictures were given.

    Attributes:
        resolved: The network and weights that made them.
        values: float32 (N, feature_size); a row of NaN for a picture that could not be read.
        augmented: float32 (N, views, feature_size) of the augmented views, or None where none were asked for.
        digests: The SHA-256 of every picture's bytes, "" where it could not be read.
        readable: bool (N,): which pictures could be read.
        unreadable: The others, each with its reason.
        from_store: How many of the N * (1 + views) vectors had been kept from before.
        seconds: How long it all took.
        notes: Sentences for the user, such as why nothing could be kept.
    """

    resolved: ResolvedBackbone
    values: np.ndarray
    augmented: np.ndarray | None
    digests: tuple[str, ...]
    readable: np.ndarray
    unreadable: tuple[SkippedFile, ...]
    from_store: int
    seconds: float
    notes: tuple[str, ...] = ()
