"""Folds batch normalisation into the convolution before it: the same function, fewer passes over memory."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


def fold_batch_norms(network: nn.Module) -> nn.Module:
    """Folds every batch norm of a frozen network in evaluation mode, in place, and returns the network.

    A batch norm is taken to follow the convolution defined just before it in the same module. That holds for all
    backbones here; `tests/core/test_backbones_loading.py` compares each with its unfolded self.
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
