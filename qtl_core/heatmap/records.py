"""What is found out about where a run looked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Method = Literal["gradient", "occlusion"]
GRADIENT: Method = "gradient"
OCCLUSION: Method = "occlusion"
METHODS: tuple[Method, ...] = (GRADIENT, OCCLUSION)


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class HeatMaps:
    """One picture's maps, for every class and every qubit.

    Attributes:
        method: How they were made; occlusion where the image network has no maps to follow a gradient to.
        by_class: How much every place speaks for each class's score, 0 or more, shape (classes, rows, columns).
        by_qubit: How much every place moves each qubit's value the way it went, shape (qubits, rows, columns).
    """

    method: Method
    by_class: np.ndarray
    by_qubit: np.ndarray
