"""Looks whether timm is here, without importing it: an extra that only its own models need."""

from __future__ import annotations

import importlib.util

from qtl_core.common.errors import UserError
from qtl_core.settings.backbones import BackboneSpec

INSTALL = "Install the extra by: pip install '.[timm]'"


def has_timm() -> bool:
    """Returns whether timm is installed."""
    return importlib.util.find_spec("timm") is not None


def check_installed(spec: BackboneSpec) -> None:
    """Refuses a model of timm where timm is not installed.

    Raises:
        UserError: It is not, with what to do.
    """
    if not has_timm():
        raise UserError(f"{spec.title} is a model of timm, which is not installed here.", do=INSTALL)
