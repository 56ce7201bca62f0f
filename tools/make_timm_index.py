"""Writes what the installed timm says of its image models to a small file, which pages search without importing timm.

    python -m tools.make_timm_index

Of every architecture one network is built without memory and one picture followed through it, a quarter of an hour in
all. Left out are those whose own way to look at a picture is not this project's (a square cut out of the middle),
and those whose weights file would be larger than any that is read.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import timm
import torch
from timm.data import resolve_data_config
from timm.models import PretrainedCfg, get_pretrained_cfg, list_models

from qtl_core.settings.backbones import InputTransform
from qtl_core.settings.timm_models import HUB, INDEX, TimmModel, line_of
from qtl_core.state_dicts.refusals import MOST_NUMBERS


@dataclass(frozen=True)
class Measured:
    """One architecture, as building it shows it.

    Attributes:
        features: How many numbers it makes of a picture.
        parameters: How many numbers it holds.
        has_maps: Whether its last layer before pooling is maps of the picture, channels first.
    """

    features: int
    parameters: int
    has_maps: bool


def main() -> None:
    """Writes the file."""
    found = sorted(models(), key=lambda model: model.name)
    INDEX.write_text("".join(f"{line}\n" for line in (f"timm {timm.__version__}", *map(line_of, found))), "utf-8")
    print(f"{len(found):,} models of timm {timm.__version__}, {INDEX.stat().st_size / 1e3:.0f} kB: {INDEX}")


def models() -> Iterator[TimmModel]:
    """Yields every model with published weights that can be used here."""
    known: dict[str, Measured | None] = {}
    for name in list_models(pretrained=True):
        config, architecture = get_pretrained_cfg(name), name.partition(".")[0]
        if not is_usable(config):
            continue
        if architecture not in known:
            known[architecture] = measured(architecture, config)
        if (found := known[architecture]) and found.parameters <= MOST_NUMBERS:
            yield facts_of(name, config, found)


def is_usable(config: PretrainedCfg) -> bool:
    """Returns whether its pictures are coloured squares cut out of the middle."""
    channels, height, width = config.input_size
    return channels == 3 and height == width and config.crop_mode == "center"


def facts_of(name: str, config: PretrainedCfg, found: Measured) -> TimmModel:
    """Returns what timm's configuration says of a model, beside what building it has shown."""
    data = resolve_data_config(pretrained_cfg=config.to_dict())
    crop = data["input_size"][-1]
    resize = math.floor(crop / data["crop_pct"])
    transform = InputTransform(tuple(data["mean"]), tuple(data["std"]), resize, crop, data["interpolation"])
    licence = "" if config.license in (None, "unknown") else config.license
    source = HUB + config.hf_hub_id if config.hf_hub_id else config.url or ""
    return TimmModel(name, found.features, found.parameters, licence, source, found.has_maps, transform)


@torch.no_grad()
def measured(architecture: str, config: PretrainedCfg) -> Measured | None:
    """Returns what building it shows, or None where it answers with something else than one row of features."""
    try:
        with torch.device("meta"):
            network = timm.create_model(architecture, pretrained=False, num_classes=0).eval()
            pictures = torch.zeros(2, *config.input_size)
            maps, features = network.forward_features(pictures), network(pictures)
    except Exception as error:  # a thousand authors' code: whatever fails here cannot be offered
        print(f"{architecture} is left out: {type(error).__name__}: {error}")
        return None
    if not isinstance(features, torch.Tensor) or features.dim() != 2:
        print(f"{architecture} is left out: it makes no single row of features")
        return None
    size = sum(values.numel() for values in network.parameters())
    return Measured(features.shape[1], size, is_maps(maps, network.num_features))


def is_maps(last: object, channels: int) -> bool:
    """Returns whether what a network makes last is maps of more than one place, channels first."""
    return isinstance(last, torch.Tensor) and last.dim() == 4 and last.shape[1] == channels and min(last.shape[2:]) > 1


if __name__ == "__main__":
    main()
