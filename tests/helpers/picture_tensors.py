"""Pictures in memory as networks take them, for comparison with what is computed of files."""

from __future__ import annotations

from PIL import Image
from torch import Tensor

from qtl_core.pictures.features.transforms import centre_view, normalised
from qtl_core.settings.backbones import BackboneSpec


def picture_tensor(image: Image.Image, spec: BackboneSpec) -> Tensor:
    """Returns what the network sees of an RGB picture: float32 (3, 224, 224), as in the recipe."""
    return normalised([centre_view(image, spec.transform)], spec.transform)[0]
