"""The image models of timm, built by timm without their classifiers; imported only where one is asked for."""

from __future__ import annotations

from torch import nn

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.architecture import Architecture
from qtl_core.pictures.backbones.timm_installed import TIMM, check_installed
from qtl_core.settings.backbones import BackboneSpec
from qtl_core.settings.timm_models import PREFIX, index_version


def timm_architecture(spec: BackboneSpec) -> Architecture:
    """Returns how timm builds a model.

    Raises:
        UserError: timm is not installed, or the installed one does not know this model.
    """
    check_installed(spec)
    import timm

    name = spec.name.removeprefix(PREFIX)
    if not timm.is_model(name):
        raise UserError(
            f"The installed timm {timm.__version__} does not know {spec.title}.",
            f"The names here are those of {index_version()}.",
            TIMM.install,
        )
    return Architecture(lambda: _built(name), _heads(name), is_timms=True)


def _heads(name: str) -> tuple[str, ...]:
    """Returns the prefixes of a model's classifiers; a distilled one has two."""
    from timm.models import get_pretrained_cfg

    config = get_pretrained_cfg(name)
    named = config.classifier if config else None
    each = (named,) if isinstance(named, str) else named or ()
    return tuple(f"{head}." for head in each)


def _built(name: str) -> nn.Module:
    import timm

    network: nn.Module = timm.create_model(name, pretrained=False, num_classes=0)
    return network
