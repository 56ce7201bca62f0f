"""How numbers and pictures travel to the browser: as bytes in base64, a tenth of their text (`assets/packed.js`)."""

from __future__ import annotations

import base64

import numpy as np


def packed(values: np.ndarray, kind: type | str) -> str:
    """Returns numbers of one kind, row by row."""
    return base64.b64encode(np.ascontiguousarray(values, dtype=kind).tobytes()).decode()


def jpeg_address(jpeg: bytes) -> str:
    """Returns a picture as an address that an image element takes."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
