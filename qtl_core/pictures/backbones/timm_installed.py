"""Looks whether timm is here, without importing it: an extra that only its own models need."""

from __future__ import annotations

from qtl_core.common.extras import Extra
from qtl_core.settings.backbones import BackboneSpec

TIMM = Extra("timm", ("timm",))


def has_timm() -> bool:
    """Returns whether timm is installed."""
    return not TIMM.missing()


def check_installed(spec: BackboneSpec) -> None:
    """Refuses a model of timm where timm is not installed.

    Raises:
        UserError: It is not, with what to do.
    """
    TIMM.require(f"{spec.title} is a model of timm.")
