"""The registry of frozen image networks, where their weights come from, and how they are loaded.

This package imports no torch until `qtl_core.backbones.loading` is imported. To add a network see `specs.py`.
"""

from qtl_core.backbones.files import BackboneStatus, backbone_status, download_weights, find_weights, spec_of
from qtl_core.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.backbones.specs import BACKBONES, DEFAULT, FALLBACK, BackboneSpec, InputTransform

__all__ = [
    "BACKBONES",
    "DEFAULT",
    "FALLBACK",
    "BackboneSpec",
    "BackboneStatus",
    "InputTransform",
    "ResolvedBackbone",
    "backbone_status",
    "download_weights",
    "find_weights",
    "resolve_backbone",
    "spec_of",
]
