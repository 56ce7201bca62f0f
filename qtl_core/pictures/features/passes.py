"""Passes through the network: a few views of pictures are decoded, cut and turned into features in one thread.

Each core takes pictures of its own instead of sharing every convolution. On two idle cores that is no slower (75
pictures a second with ResNet-18), and where other programs keep the cores busy it is four times quicker, because
threads that share a convolution wait for each other at every layer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.common.parallel import on_every_core
from qtl_core.common.progress import ShouldStop
from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.cache import Key
from qtl_core.pictures.features.timings import PassTime
from qtl_core.pictures.features.transforms import augmented_view, centre_view, normalised
from qtl_core.settings.backbones import InputTransform

if TYPE_CHECKING:
    from torch import nn

# Views in one pass. On a CPU larger ones are not quicker, and small ones report and are kept sooner. A GPU needs more
# to be filled (`make gpu` measures how many); 128 take 80 MB of it before the network begins.
PASS_CPU, PASS_GPU = 4, 128


@dataclass(frozen=True)
class Pass:
    """The result of one pass.

    Attributes:
        vectors: Features, float32 (feature_size,), of each view that could be cut.
        faults: Why a picture cannot be read, by its SHA-256.
        time: How long its thread took.
    """

    vectors: Mapping[Key, np.ndarray] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    time: PassTime = field(default_factory=PassTime)


def passes(
    keys: Sequence[Key],
    paths: Mapping[str, Path],
    resolved: ResolvedBackbone,
    device: str | None,
    should_stop: ShouldStop,
) -> Iterator[Pass]:
    """Yields the features of the views `keys`, a few at a time and in order.

    Args:
        keys: Which views of which pictures.
        paths: A file for each picture's SHA-256.
        resolved: The network and its weights.
        device: Where to compute; by default the best there is.
        should_stop: Looked at ten times a second.

    Raises:
        UserError: The weights file cannot be read or does not fit.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.pictures.backbones.loading import pick_device, shared_backbone

    device = device or pick_device()
    module, transform = shared_backbone(resolved, device), resolved.spec.transform
    size = PASS_CPU if device == "cpu" else PASS_GPU
    slices = [keys[start : start + size] for start in range(0, len(keys), size)]
    yield from on_every_core(lambda part: one_pass(part, paths, module, transform, device), slices, should_stop)


def one_pass(
    keys: Sequence[Key], paths: Mapping[str, Path], module: nn.Module, transform: InputTransform, device: str
) -> Pass:
    """Decodes the pictures of `keys` and returns the features of those views."""
    began, megapixels = time.perf_counter(), 0.0
    pixels: dict[Key, np.ndarray] = {}
    faults: dict[str, str] = {}
    for digest, group in groupby(keys, key=lambda key: key[0]):
        try:
            image = open_picture(paths[digest])
        except UserError as error:
            faults[digest] = error.why or error.what
            continue
        megapixels += image.width * image.height / 1e6
        for key in group:
            pixels[key] = augmented_view(image, transform, *key) if key[1] else centre_view(image, transform)
    if not pixels:
        return Pass(faults=faults)
    decoded = time.perf_counter()
    features = module(normalised(list(pixels.values()), transform, device)).cpu().numpy()
    took = PassTime(len(pixels), megapixels, decoded - began, time.perf_counter() - decoded)
    return Pass(dict(zip(pixels, features, strict=True)), faults, took)
