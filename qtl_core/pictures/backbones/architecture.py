"""The recipe by which an image network is built: its untrained module, its classifier's names, and who builds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn


@dataclass(frozen=True)
class Architecture:
    """The recipe that builds one network.

    Attributes:
        build: Returns the untrained module: images (B, 3, side, side) -> features (B, feature_size).
        head: Prefixes of the classifier's keys in a published state dict; they are not needed and may be absent.
        is_timms: Whether timm builds it: in which order its layers act is then not known here, it may compute tensors
            that no file holds, and timm knows by which other names its weights were published.
    """

    build: Callable[[], nn.Module]
    head: tuple[str, ...]
    is_timms: bool = False

    def unfilled(self) -> nn.Module:
        """Returns the network before its weights; no time, and no random numbers, are spent on such as are replaced."""
        if self.is_timms:  # what it computes for itself must be there
            with torch.random.fork_rng(devices=[]):
                return self.build()
        with torch.device("meta"):
            return self.build()
