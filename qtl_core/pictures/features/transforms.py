"""From a picture to a network's input: the recipe's Resize and CenterCrop, or a random crop drawn from a seed.

The pixels are those torchvision's transforms give for a PIL image (a test compares them); doing it here keeps
worker threads free of torch and leaves pictures as bytes until a whole batch is normalised at once.
"""

from __future__ import annotations

import hashlib
import math
import random
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from qtl_core.settings.backbones import InputTransform, Interpolation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from torch import Tensor

AREA = (0.08, 1.0)  # share of the picture that a random crop covers, torchvision's default and the recipe's
ASPECT = (3 / 4, 4 / 3)  # width over height of a random crop, likewise
KERNELS: dict[Interpolation, Image.Resampling] = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
}
VERSION = 1  # raise it when pixels change, so that features kept from the old ones are not used


def transform_id(transform: InputTransform) -> str:
    """Returns a short name that differs whenever the pixels a network sees would differ."""
    views = f"augmented: area {AREA}, aspect {ASPECT}, flip 0.5, seeded by picture and view"
    sizes = f"mean={transform.mean}, std={transform.std}, resize={transform.resize}, crop={transform.crop}"
    kernel = f"{transform.interpolation} antialias"  # once there was bilinear alone: what is kept of it keeps its name
    return hashlib.sha256(f"{VERSION} InputTransform({sizes}) {kernel}; {views}".encode()).hexdigest()[:8]


def centre_view(image: Image.Image, transform: InputTransform) -> np.ndarray:
    """Returns the recipe's view of an RGB picture: uint8, (crop, crop, 3)."""
    width, height = image.size
    short = min(width, height)
    size = (int(transform.resize * width / short), int(transform.resize * height / short))
    resized = image.resize(size, KERNELS[transform.interpolation])
    left, top = (round((side - transform.crop) / 2) for side in size)
    return np.asarray(resized.crop((left, top, left + transform.crop, top + transform.crop)))


def augmented_view(image: Image.Image, transform: InputTransform, picture_sha256: str, view: int) -> np.ndarray:
    """Returns augmented view number `view` (RandomResizedCrop, RandomHorizontalFlip): uint8, (crop, crop, 3).

    The same picture and number give the same view, on every machine and in any order.
    """
    draw = random.Random(f"{picture_sha256} {view}")
    cut = image.crop(random_box(image.size, draw))
    resized = cut.resize((transform.crop, transform.crop), KERNELS[transform.interpolation])
    flipped = draw.random() < 0.5
    return np.asarray(resized.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if flipped else resized)


def random_box(size: tuple[int, int], draw: random.Random) -> tuple[int, int, int, int]:
    """Draws the box (left, top, right, bottom) of a RandomResizedCrop as torchvision's `get_params` does."""
    width, height = size
    for _ in range(10):
        area = width * height * draw.uniform(*AREA)
        aspect = math.exp(draw.uniform(math.log(ASPECT[0]), math.log(ASPECT[1])))
        w, h = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
        if 0 < w <= width and 0 < h <= height:
            left, top = draw.randint(0, width - w), draw.randint(0, height - h)
            return left, top, left + w, top + h
    return _widest_box(width, height)


def _widest_box(width: int, height: int) -> tuple[int, int, int, int]:
    # A picture so long and thin that no draw fits: the middle of it, as near to its shape as allowed.
    aspect = min(max(width / height, ASPECT[0]), ASPECT[1])
    w, h = min(width, round(height * aspect)), min(height, round(width / aspect))
    left, top = (width - w) // 2, (height - h) // 2
    return left, top, left + w, top + h


def normalised(views: Sequence[np.ndarray], transform: InputTransform, device: str | torch.device = "cpu") -> Tensor:
    """Turns B views, uint8 (224, 224, 3), into the network's input: float32 (B, 3, 224, 224) on `device`."""
    import torch

    pixels = torch.from_numpy(np.stack(views)).to(device).permute(0, 3, 1, 2)  # (B, 3, H, W), channels last in memory
    mean = torch.tensor(transform.mean, device=device).view(3, 1, 1)
    std = torch.tensor(transform.std, device=device).view(3, 1, 1)
    return pixels.float().div_(255).sub_(mean).div_(std)  # in place: new memory would take as long as the arithmetic
