"""Features that come with the project, so that a first training waits for none: the drawn set by EfficientNet-Lite0.

They lie beside this module in a file named, as kept ones are, by network, weights and transform, and in it under the
SHA-256 of each picture's bytes: with other weights, another transform or a picture that differs in a bit they are not
found, and are computed. `python -m tools.make_shipped` writes them as float32, as they are computed. Another processor
adds up in another order: computed there anew, they differ by less than 1e-4.
"""

from __future__ import annotations

import logging
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np

from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.pictures.features.transforms import transform_id

FOLDER = Path(__file__).parent
WITHIN = 1e-4  # how far rounding moves a feature from one processor to another

_log = logging.getLogger(__name__)


def content_name(resolved: ResolvedBackbone) -> str:
    """Returns what differs for every network, weights file and transform: the name of a file of features."""
    name = resolved.spec.name.replace("/", "-")  # of timm's, which have their maker before them
    return f"{name}-{resolved.weights_sha256[:16]}-{transform_id(resolved.spec.transform)}"


def shipped_features(resolved: ResolvedBackbone, digests: Iterable[str]) -> dict[str, np.ndarray]:
    """Returns the recipe's view of those pictures that came along, float32 (feature_size,), by SHA-256."""
    file = FOLDER / f"{content_name(resolved)}.npz"
    known = _read(file, resolved.weights_sha256, resolved.spec.feature_size) if file.is_file() else {}
    return {digest: known[digest] for digest in digests if digest in known}


def write_shipped(resolved: ResolvedBackbone, digests: Iterable[str], values: np.ndarray) -> Path:
    """Writes the features `values`, float32 (N, feature_size), of N pictures for the project to take along."""
    for outdated in FOLDER.glob(f"{resolved.spec.name}-*.npz"):
        outdated.unlink()
    file = FOLDER / f"{content_name(resolved)}.npz"
    pictures = np.frombuffer(bytes.fromhex("".join(digests)), np.uint8).reshape(-1, 32)
    np.savez_compressed(file, weights=resolved.weights_sha256, pictures=pictures, values=values.astype("<f4"))
    return file


@lru_cache(maxsize=2)
def _read(file: Path, weights_sha256: str, size: int) -> Mapping[str, np.ndarray]:
    """Returns what is in a file; nothing where it is damaged or of other weights: all of it can be computed."""
    try:
        with np.load(file, allow_pickle=False) as kept:
            pictures, values, weights = kept["pictures"], kept["values"], str(kept["weights"])
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        _log.warning("The features that came along are computed again: %s cannot be read (%s)", file, error)
        return {}
    fits = weights == weights_sha256 and values.shape == (len(pictures), size) and values.dtype == np.float32
    return {row.tobytes().hex(): value for row, value in zip(pictures, values, strict=True)} if fits else {}
