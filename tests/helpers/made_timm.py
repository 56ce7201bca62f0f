"""Weights of timm's smallest models, which nobody trained, and runs that learnt through them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import timm
import torch
from safetensors.torch import save_file

from qtl_core.network.initial_weights import initial_weights
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from tests.helpers.made_runs import CLASSES, made_run

VIT, CONVNEXT, RESNET = (f"timm/test_{kind}.r160_in1k" for kind in ("vit", "convnext", "resnet"))


def timms(name: str, **options: object) -> torch.nn.Module:
    """The whole model as timm builds it, with batch norms that look as if they had seen pictures."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = timm.create_model(name.removeprefix("timm/"), pretrained=False, **options)
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    return network.eval()


def timms_file(name: str, folder: Path, **options: object) -> Path:
    """Writes the weights as the hub offers them, a safetensors file with the classifier in it."""
    file = folder / f"{name.removeprefix('timm/')}.safetensors"
    save_file(timms(name, **options).state_dict(), file)
    return file


def timms_run(name: str, sha256: str, weights: str = "") -> TrainedRun:
    """A run with a random head behind a model of timm."""
    settings = RunSettings().changed(backbone=name, depth=1, weights=weights)
    view: RunView = made_run(Path("pictures"), settings=settings)
    size, last = spec_of(name).feature_size, view.epochs[-1]
    head = initial_weights(size, len(CLASSES), settings.circuit, 1.0, 0)
    checkpoint = replace(last.checkpoint, best_epoch=last.epoch, best_weights=head)
    prepared = replace(view.prepared, feature_size=size, weights_sha256=sha256, backbone_title=spec_of(name).title)
    return TrainedRun.of(
        replace(view, prepared=prepared, epochs=(*view.epochs[:-1], replace(last, checkpoint=checkpoint)))
    )
