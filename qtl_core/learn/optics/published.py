"""The published numbers of two trained networks of light, read from a file beside this module."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from qtl_core.learn.optics.layers import ANGLES


@lru_cache(maxsize=1)
def _published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return found


def published_layer(*, squeezing: bool) -> np.ndarray:
    """Returns the layer learnt on data set A, shape (1, 6); the published notebook leaves its squeezing out."""
    layer = _published()["layer"]
    return np.array([[layer[name] if squeezing or name != "squeezing" else 0.0 for name in ANGLES]])


def published_tetrominos() -> dict[str, np.ndarray]:
    """Returns the 25 layers on two modes, each kind of gate by its name there."""
    return {name: np.array(values) for name, values in _published()["tetrominos"].items()}
