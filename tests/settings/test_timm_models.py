"""The index of timm's models against the installed timm, and their names as a setting."""

from __future__ import annotations

import subprocess
import sys

import pytest
import timm
from timm.models import get_pretrained_cfg, list_models

from qtl_core.settings import RunSettings, SettingsError
from qtl_core.settings.backbone_names import find_backbone
from qtl_core.settings.timm_models import find_timm_model, index_version, line_of, model_of, timm_names
from tests.conftest import PROJECT
from tests.helpers.made_timm import CONVNEXT, RESNET, VIT
from tools.make_timm_index import Measured, facts_of, is_usable, measured

NAMES = timm_names()


@pytest.fixture(scope="module")
def made_of_the_installed_one():
    if index_version() != f"timm {timm.__version__}":
        pytest.skip(f"the index is of {index_version()}; run tools.make_timm_index for timm {timm.__version__}")


def test_every_line_says_what_timms_configuration_says(made_of_the_installed_one):
    assert len(NAMES) > 1_000
    for name in NAMES:
        model, config = find_timm_model(f"timm/{name}"), get_pretrained_cfg(name)
        assert model == facts_of(name, config, Measured(model.features, model.parameters, model.has_maps))
        assert is_usable(config) and model_of(line_of(model)) == model


def test_what_is_left_out_is_large_or_looks_otherwise_or_gives_no_row_of_features(made_of_the_installed_one):
    architectures = {name.partition(".")[0] for name in NAMES}
    usable = {name for name in list_models(pretrained=True) if is_usable(get_pretrained_cfg(name))}
    missing = usable - set(NAMES)
    assert not {name for name in missing if name.partition(".")[0] in architectures}
    assert set(NAMES) <= usable
    small = [name for name in missing if any(part in name for part in ("tiny", "small", "nano", "resnet50."))]
    assert small == []


@pytest.mark.parametrize("name", [VIT, CONVNEXT, RESNET])
def test_what_building_showed_is_still_so(made_of_the_installed_one, name):
    model, plain = find_timm_model(name), name.removeprefix("timm/")
    found = measured(plain.partition(".")[0], get_pretrained_cfg(plain))
    assert found == Measured(model.features, model.parameters, model.has_maps)


def test_a_licence_that_timm_does_not_state_is_said_to_be_so():
    unstated = next(name for name in NAMES if not find_timm_model(f"timm/{name}").licence)
    assert find_backbone(f"timm/{unstated}").licence.endswith("timm says: not stated")
    assert find_backbone(VIT).licence.endswith("timm says: apache-2.0")


def test_a_name_is_a_setting_that_links_and_stored_runs_keep():
    settings = RunSettings().changed(backbone=VIT)
    assert settings.data.backbone == VIT
    assert RunSettings.from_dict(settings.to_dict()) == settings
    with pytest.raises(SettingsError, match=r"timm/test_vit\.r160_in1k, among others"):
        RunSettings().changed(backbone="timm/test_vit")
    for stranger in ("timm/", "timm/../../etc/passwd", "timm/no_such_model", "test_vit.r160_in1k"):
        with pytest.raises(SettingsError):
            RunSettings().changed(backbone=stranger)


def test_looking_up_a_model_imports_neither_timm_nor_torch():
    code = (
        "import sys; from qtl_core.pictures.backbones.weights_files import spec_of; "
        f"spec_of({VIT!r}); sys.exit('timm' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT).returncode == 0
