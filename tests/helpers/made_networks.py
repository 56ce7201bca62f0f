"""Weights of networks nobody trained: random, but with batch norms that look as if they had seen pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision import models

from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.settings import RunSettings
from qtl_core.settings.backbones import BACKBONES

LIKE_OTHERS = {"convnext_small", "convnext_base", "vit_b_16"}  # large, and made of what a smaller one is made of
KINDS = [name for name in BACKBONES if name not in LIKE_OTHERS]


def made_weights(name: str, folder: Path) -> Path:
    """Writes folder/<name>.pth, a state dict with torchvision's own names, the same every time; returns it."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = models.get_model(name, weights=None)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):  # untouched, they would pass for folded ones
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    folder.mkdir(parents=True, exist_ok=True)
    torch.save(network.state_dict(), folder / f"{name}.pth")
    return folder / f"{name}.pth"


def made_backbone(name: str, folder: Path) -> ResolvedBackbone:
    """The backbone `name` with made weights."""
    assert name in BACKBONES
    return resolve_backbone(name, str(made_weights(name, folder)))


def noisy_pictures(folder: Path, train: int = 4, val: int = 3, side: int = 40) -> Path:
    """Writes folder/{train,val}/{ants,bees}/*.png, all different: ants are darker than bees."""
    rng = np.random.default_rng(7)
    for split, each in (("train", train), ("val", val)):
        for label, name in enumerate(("ants", "bees")):
            place = folder / split / name
            place.mkdir(parents=True)
            for number in range(each):
                pixels = rng.integers(0, 140, (side, side, 3)) + 110 * label
                Image.fromarray(pixels.astype(np.uint8)).save(place / f"{name}_{number}.png")
    return folder


def damage_inside(picture: Path) -> Path:
    """Overwrites the middle of a picture file: both ends look well, and only decoding finds out."""
    content = bytearray(picture.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 200] = bytes(200)
    picture.write_bytes(bytes(content))
    return picture


def quick_settings(folder: Path, **changes: object) -> RunSettings:
    """Returns settings of a run by torch on noisy pictures and the smallest network, both written below `folder`."""
    network = "mobilenet_v3_small"
    return RunSettings().changed(
        source="folder",
        folder=str(noisy_pictures(folder / "pictures")),
        backbone=network,
        engine="torch",
        weights=str(made_weights(network, folder)),
        **changes,
    )
