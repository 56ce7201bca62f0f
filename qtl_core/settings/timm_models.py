"""The image models of timm by name, from a small file that `tools/make_timm_index.py` writes; timm is not imported.

A page searches more than a thousand names at every look, and timm alone takes seconds to import. What is said of a run
that somebody trained elsewhere must be right on a machine without timm, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import get_args

from qtl_core.settings.backbones import InputTransform, Interpolation

INDEX = Path(__file__).with_name("timm_models.tsv")
HUB = "hub:"  # before a model's name on the Hugging Face hub
PREFIX = "timm/"  # before a model's name, in settings and on the command line


@dataclass(frozen=True)
class TimmModel:
    """One model, as timm describes it.

    Attributes:
        name: Architecture and version of the weights, with a dot between, as timm calls it.
        features: How many numbers it makes of a picture.
        parameters: How many numbers it holds.
        licence: What timm says of the weights' licence, or "" where it does not.
        source: Where the weights can be had: "hub:" and a model's name on the Hugging Face hub, an address, or "".
        has_maps: Whether its last layer before pooling is maps of the picture.
        transform: What is done to a picture before the model sees it.
    """

    name: str
    features: int
    parameters: int
    licence: str
    source: str
    has_maps: bool
    transform: InputTransform


def line_of(model: TimmModel) -> str:
    """Returns a model as a line of the file."""
    seen = model.transform
    sizes = (seen.resize, seen.crop, seen.interpolation, *map(_listed, (seen.mean, seen.std)))
    facts = (model.name, model.features, model.parameters, model.licence, model.source, int(model.has_maps), *sizes)
    return "\t".join(map(str, facts))


def _listed(numbers: tuple[float, float, float]) -> str:
    return ",".join(map(repr, numbers))


def model_of(line: str) -> TimmModel:
    """Returns the model that a line of the file describes."""
    name, features, parameters, licence, source, has_maps, *seen = line.split("\t")
    return TimmModel(name, int(features), int(parameters), licence, source, has_maps == "1", _transform(*seen))


def _transform(resize: str, crop: str, kernel: str, mean: str, std: str) -> InputTransform:
    interpolation = next(each for each in get_args(Interpolation) if each == kernel)
    return InputTransform(_numbers(mean), _numbers(std), int(resize), int(crop), interpolation)


def _numbers(listed: str) -> tuple[float, float, float]:
    red, green, blue = map(float, listed.split(","))
    return red, green, blue


@lru_cache(maxsize=1)
def _lines() -> tuple[str, Mapping[str, str]]:
    """Returns which timm the file is of, and its lines by model; a line is taken apart when it is asked for."""
    version, *lines = INDEX.read_text("utf-8").splitlines()
    return version, {line.partition("\t")[0]: line for line in lines}


def index_version() -> str:
    """Returns which timm the file was made of: "timm 1.0.31"."""
    return _lines()[0]


def timm_names() -> tuple[str, ...]:
    """Returns the names of all models, without the prefix, in order."""
    return tuple(_lines()[1])


def find_timm_model(name: str) -> TimmModel | None:
    """Returns the model that "timm/NAME" names, or None if there is none."""
    line = _lines()[1].get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    return model_of(line) if line else None
