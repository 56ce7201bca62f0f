"""The facts of the registry against torchvision's own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from qtl_core.settings.backbones import BACKBONES, DEFAULT, FALLBACK
from tests.conftest import PROJECT

TORCHVISION = [name for name, spec in BACKBONES.items() if spec.url]


def test_the_registry_names_its_default_and_its_fallback():
    assert DEFAULT in BACKBONES and FALLBACK in BACKBONES
    assert [spec.name for spec in BACKBONES.values()] == list(BACKBONES)
    assert [name for name in BACKBONES if name != FALLBACK] == TORCHVISION


@pytest.mark.parametrize("name", TORCHVISION)
def test_facts_agree_with_torchvisions_weight_enum(name):
    from torchvision import models

    weights, spec = models.get_model_weights(name)["IMAGENET1K_V1"], BACKBONES[name]
    preset = weights.transforms()
    assert spec.url == weights.url
    assert spec.size_mb == pytest.approx(weights.meta["_file_size"], abs=0.06)
    assert (list(spec.transform.mean), list(spec.transform.std)) == (preset.mean, preset.std)
    assert [spec.transform.crop] == preset.crop_size
    assert spec.transform.resize == 256  # the recipe's for every network, also where torchvision prefers another


@pytest.mark.parametrize("name", BACKBONES)
def test_the_hash_in_the_file_name_is_eight_hexadecimal_digits(name):
    assert len(BACKBONES[name].sha256_prefix) == 8
    int(BACKBONES[name].sha256_prefix, base=16)


@pytest.mark.parametrize(
    "package",
    ["qtl_core.settings.backbones", "qtl_core.pictures.backbones.resolve", "qtl_core.pictures.features.compute"],
)
def test_importing_it_does_not_import_torch(package):
    code = f"import sys, {package}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0
