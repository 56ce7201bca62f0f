"""Loads a backbone as a torch module that maps images to features: frozen, its batch normalisation folded, or plain."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from qtl_core.pictures.backbones.architecture import Architecture
from qtl_core.pictures.backbones.fit_weights import fit, read_state_dict
from qtl_core.pictures.backbones.networks import architecture_of
from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.state_dicts.tensors import StoredTensor

SHARED = 2  # backbones that a process keeps loaded, some 15 to 100 MB each


def fold_batch_norms(network: nn.Module) -> nn.Module:
    """Folds every batch norm of a frozen network in evaluation mode, in place, and returns the network.

    A batch norm is taken to follow the convolution defined just before it in the same module. That holds for all
    registered backbones; `tests/pictures/test_backbones_loading.py` compares each with its unfolded self.
    """
    before: tuple[str, nn.Conv2d] | None = None
    for name, child in list(network.named_children()):
        if isinstance(child, nn.BatchNorm2d) and before is not None:
            setattr(network, before[0], fuse_conv_bn_eval(before[1], child))
            setattr(network, name, nn.Identity())
        before = (name, child) if isinstance(child, nn.Conv2d) else None
        fold_batch_norms(child)
    return network


def batch_norms_are_folded(network: nn.Module) -> bool:
    """Says whether a network has batch norms and all of them carry no statistics (mean 0, variance 1).

    Such weights were folded before they were saved. In training mode they would compute something else altogether.
    """
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    return bool(norms) and all(_holds(norm.running_mean, 0) and _holds(norm.running_var, 1) for norm in norms)


def _holds(statistics: Tensor | None, value: float) -> bool:
    return statistics is not None and bool((statistics == value).all())


class FrozenBackbone(nn.Module):
    """A backbone that cannot change: no gradients, and always in evaluation mode.

    Batch norms are folded and memory is laid out channels last; features differ from the plain module's by rounding
    alone (below 1e-4). On two cores that makes 1.5 to 2.5 times the pictures a second. bfloat16 would
    double it again but moves features by a tenth: too much to keep them for exact.

    Args:
        network: The network.
        folds: Whether every batch norm in it follows the convolution defined just before it.
    """

    def __init__(self, network: nn.Module, *, folds: bool = True) -> None:
        super().__init__()
        plain = network.eval()
        self.network = (fold_batch_norms(plain) if folds else plain).to(memory_format=torch.channels_last)

    def train(self, mode: bool = True) -> FrozenBackbone:
        """Stays in evaluation mode whatever is asked: in the published code batch norms drift here."""
        return super().train(False)

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """Maps images (B, 3, side, side) to features (B, feature_size), float32."""
        return self.network(images.contiguous(memory_format=torch.channels_last))


def pick_device() -> str:
    """Returns "cuda" or "mps" where there is such a GPU, else "cpu"."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def load_backbone(resolved: ResolvedBackbone, device: str = "cpu") -> FrozenBackbone:
    """Loads the backbone for computing features.

    Raises:
        UserError: The weights file cannot be read or does not fit.
    """
    folds = not architecture_of(resolved.spec.name).is_timms
    return FrozenBackbone(load_plain_backbone(resolved), folds=folds).to(device)


@lru_cache(maxsize=SHARED)
def shared_backbone(resolved: ResolvedBackbone, device: str = "cpu") -> FrozenBackbone:
    """Returns the backbone that this process has loaded already, or loads it: for all who only compute features.

    Loading takes a tenth of a second and more, which parts of a few pictures, and runs with the same network, would
    each pay again. Weights of another content are another backbone.

    Raises:
        UserError: The weights file cannot be read or does not fit.
    """
    return load_backbone(resolved, device)


def load_plain_backbone(resolved: ResolvedBackbone) -> nn.Module:
    """Loads the backbone as published, on the CPU: no gradients, but `.train()` lets its batch norms drift.

    For the "as published" training mode. Dropout and stochastic depth, where a network has them, act in
    training mode as well. Weights that are `batch_norms_are_folded` are of no use in that mode.

    Raises:
        UserError: The weights file cannot be read or does not fit.
    """
    architecture = architecture_of(resolved.spec.name)
    state = read_state_dict(resolved.weights_path, resolved.weights_sha256)
    network = architecture.unfilled()
    _fill(network, architecture, state, resolved.weights_path)
    return network.requires_grad_(False).eval()


def _fill(network: nn.Module, architecture: Architecture, state: Mapping[str, StoredTensor], path: Path) -> None:
    if not architecture.is_timms:
        return fit(network, state, architecture.head, path)
    from qtl_core.pictures.backbones.timm_weights import fit_to_timms

    return fit_to_timms(network, state, architecture.head, path)
