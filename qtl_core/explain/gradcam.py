"""Grad-CAM: the gradient of a target with respect to the last maps of a convolutional network.

R. R. Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, ICCV 2017,
arXiv:1610.02391, equations 1 and 2: each map counts as much as the target's mean gradient over it, and of their sum
what is positive remains.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

Targets = Callable[[Tensor], Tensor]  # features (1, features) -> targets (targets,)


def gradcam(network: nn.Module, targets: Targets, image: Tensor) -> np.ndarray | None:
    """Returns a map for every target, 0 or more, float32 (targets, rows, columns).

    Args:
        network: Maps images (1, 3, height, width) to features; any module that makes maps on the way.
        targets: What is asked about, from the features; differentiable.
        image: One image, shape (1, 3, height, width).

    Returns:
        None where the network makes no maps of more than one place.
    """
    with torch.enable_grad(), _last_maps(network) as seen:
        values = targets(network(image))
        if seen.maps is None:
            return None
        gradients = [torch.autograd.grad(value, seen.maps, retain_graph=True)[0] for value in values]
    weights = torch.stack([gradient.mean(dim=(2, 3)) for gradient in gradients])  # (targets, 1, channels)
    sums = torch.einsum("tbc,bchw->thw", weights, seen.maps.detach())
    return sums.relu().cpu().numpy()


class _Seen:
    """The maps that were made last, as a leaf of the graph that leads from them to the features."""

    maps: Tensor | None = None

    def __call__(self, module: nn.Module, inputs: tuple[object, ...], output: object) -> Tensor | None:
        if not isinstance(output, Tensor) or output.dim() != 4 or min(output.shape[2:]) == 1:
            return None  # pooled, or not maps at all
        # Every module's maps begin a new graph: in the end it goes back to the last ones, and no further.
        self.maps = output.detach().requires_grad_()
        return self.maps.clone()  # what follows may work in place, which a leaf does not allow


@contextmanager
def _last_maps(network: nn.Module) -> Iterator[_Seen]:
    seen = _Seen()
    hooks = [module.register_forward_hook(seen) for module in network.modules()]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()
