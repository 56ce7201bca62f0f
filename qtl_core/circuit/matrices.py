"""The 2x2 matrices of the one-wire gates, differentiable and for many angles at once."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def hadamard(dtype: torch.dtype, device: torch.device) -> Tensor:
    """Returns H, shape (2, 2)."""
    return torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=dtype, device=device) / math.sqrt(2)


def ry(angles: Tensor) -> Tensor:
    """Returns RY of every angle (radians): shape (..., 2, 2), real."""
    cos, sin = torch.cos(angles / 2), torch.sin(angles / 2)
    return torch.stack((cos, -sin, sin, cos), dim=-1).unflatten(-1, (2, 2))


def rot(angles: Tensor) -> Tensor:
    """Returns Rot(a, b, c) = RZ(c) RY(b) RZ(a) of every triple (radians): shape (..., 3) to (..., 2, 2), complex."""
    first, second, third = angles.unbind(-1)
    cos, sin = torch.cos(second / 2), torch.sin(second / 2)
    both, difference = _polar(cos, (first + third) / 2), _polar(sin, (first - third) / 2)
    return torch.stack((both.conj(), -difference, difference.conj(), both), dim=-1).unflatten(-1, (2, 2))


def _polar(length: Tensor, angle: Tensor) -> Tensor:
    # torch.polar's gradient has the wrong sign where the length is negative, and it is half of the time here
    return torch.complex(length * torch.cos(angle), length * torch.sin(angle))


def kron(left: Tensor, right: Tensor) -> Tensor:
    """Returns the Kronecker product over the last two dimensions; leading dimensions broadcast."""
    product = left[..., :, None, :, None] * right[..., None, :, None, :]
    return product.flatten(-2).flatten(-3, -2)
