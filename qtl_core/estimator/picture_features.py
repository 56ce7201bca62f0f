"""The features of pictures that a Python program holds: files by path, contents, arrays or Pillow's images."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from qtl_core.common.errors import InputError
from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.compute import compute_features
from qtl_core.pictures.features.transforms import centre_view, normalised
from qtl_core.pictures.sources.dataset import Picture

AT_ONCE = 32  # pictures that go through the image network together
TAKEN = "paths, contents of files, Pillow's images, or arrays uint8 (height, width, 3)"


def picture_features(pictures: Iterable[Any], backbone: str) -> np.ndarray:
    """Returns what an image network makes of pictures, float32 (pictures, features).

    Those of files that are named by their paths are kept on disk, as the app's are, so that they are computed once.

    Args:
        pictures: One kind of `TAKEN`.
        backbone: The network's name.

    Raises:
        InputError: One is no picture, or its file cannot be read.
        UserError: There is no such network, or its weights are not here.
    """
    if isinstance(pictures, str | bytes | Path):
        raise InputError("X", f"is one picture's name or content ({type(pictures).__name__})", f"a list of {TAKEN}")
    held, resolved = list(pictures), resolve_backbone(backbone, allow_fallback=False)
    if held and all(isinstance(each, str | Path) for each in held):
        return _of_files([Path(each) for each in held], resolved)
    views = (held[first : first + AT_ONCE] for first in range(0, len(held), AT_ONCE))
    made = [
        _of_views([centre_view(_image(each), resolved.spec.transform) for each in part], resolved) for part in views
    ]
    return np.concatenate(made) if made else np.zeros((0, resolved.spec.feature_size), np.float32)


def _of_files(paths: Sequence[Path], resolved: ResolvedBackbone) -> np.ndarray:
    found = compute_features([Picture(path, 0, "train") for path in paths], resolved)
    if found.unreadable:
        first = found.unreadable[0]
        raise InputError(
            "X", f"has {first.path}, which cannot be read: {first.reason.rstrip('.')}", "files that are pictures"
        )
    return found.values


def _of_views(views: Sequence[np.ndarray], resolved: ResolvedBackbone) -> np.ndarray:
    from qtl_core.pictures.backbones.loading import pick_device, shared_backbone  # torch, only where it is needed

    device = pick_device()
    features = shared_backbone(resolved, device)(normalised(views, resolved.spec.transform, device))
    return np.asarray(features.cpu().numpy())


def _image(picture: Any) -> Image.Image:
    if isinstance(picture, Image.Image):
        return picture.convert("RGB")
    if isinstance(picture, bytes):
        return open_picture(io.BytesIO(picture))
    if isinstance(picture, np.ndarray) and picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3:
        return Image.fromarray(picture)
    raise InputError("X", f"has a {type(picture).__name__} that is no picture", TAKEN)
