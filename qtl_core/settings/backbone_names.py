"""Every backbone by its name: those registered here, and any image model of timm as "timm/NAME"."""

from __future__ import annotations

import difflib
from functools import lru_cache

from qtl_core.settings.backbones import BACKBONES, BackboneSpec
from qtl_core.settings.timm_models import PREFIX, TimmModel, find_timm_model, timm_names

OTHERS = "or timm/NAME with the name of one of timm's image models, as timm/vit_small_patch14_dinov2.lvd142m"
WHICH = f"{', '.join(BACKBONES)}, {OTHERS}"


def find_backbone(name: str) -> BackboneSpec | None:
    """Returns the backbone called `name`, or None if there is none."""
    return BACKBONES.get(name) or _timms(name)


def is_timms(name: str) -> bool:
    """Returns whether a name is that of one of timm's models."""
    return _timms(name) is not None


def title_of(name: str) -> str:
    """Returns what to call a backbone on screen."""
    spec = find_backbone(name)
    return spec.title if spec else name


def alike(name: str) -> tuple[str, ...]:
    """Returns what may have been meant by a name of timm's that there is not: its versions, else names like it."""
    if not name.startswith(PREFIX):
        return ()
    asked = name.removeprefix(PREFIX)
    versions = [each for each in timm_names() if each.partition(".")[0] == asked.partition(".")[0]]
    return tuple(PREFIX + each for each in versions or difflib.get_close_matches(asked, timm_names()))


@lru_cache(maxsize=64)
def _timms(name: str) -> BackboneSpec | None:
    model = find_timm_model(name)
    return _spec(model) if model else None


def _spec(model: TimmModel) -> BackboneSpec:
    millions = model.parameters / 1e6
    return BackboneSpec(
        name=PREFIX + model.name,
        title=model.name,
        about=f"A model of timm with {millions:.1f} million numbers, which looks at {model.transform.crop} pixels.",
        feature_size=model.features,
        size_mb=4 * millions,  # bytes of a number in single precision
        licence=f"timm, Apache 2.0; of the weights, timm says: {model.licence or 'not stated'}",
        file_name=f"{model.name}.safetensors",
        url="",
        transform=model.transform,
        has_maps=model.has_maps,
        source=model.source or "where its authors offer it",
    )
