"""Which network and which weights file a run uses."""

from __future__ import annotations

import hashlib

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.backbones.weights_files import find_weights
from qtl_core.settings.backbones import BACKBONES, FALLBACK


@pytest.fixture(autouse=True)
def own_hub(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


@pytest.fixture
def weights(own_home):
    (own_home / "weights").mkdir()
    path = own_home / "weights" / "resnet18.pth"
    path.write_bytes(b"one")
    return path


def test_weights_that_are_there_are_used_without_a_word(weights):
    resolved = resolve_backbone("resnet18")
    assert (resolved.spec, resolved.weights_path, resolved.note) == (BACKBONES["resnet18"], weights, "")
    assert resolved.weights_sha256 == hashlib.sha256(b"one").hexdigest()


def test_a_file_that_changes_gets_another_hash(weights):
    before = resolve_backbone("resnet18")
    weights.write_bytes(b"two, longer")
    assert resolve_backbone("resnet18").weights_sha256 == hashlib.sha256(b"two, longer").hexdigest()
    assert before.weights_sha256 != resolve_backbone("resnet18").weights_sha256


def test_missing_weights_fall_back_out_loud():
    resolved = resolve_backbone("resnet50")
    assert resolved.spec.name == FALLBACK and resolved.weights_path == find_weights(FALLBACK)
    for said in ("ResNet-50", "EfficientNet-Lite0", BACKBONES["resnet50"].file_name, "resnet50.pth"):
        assert said in resolved.note


def test_missing_weights_without_a_fallback_are_an_error_that_says_what_to_do():
    with pytest.raises(UserError, match="ResNet-50 are not on this machine") as caught:
        resolve_backbone("resnet50", allow_fallback=False)
    assert "resnet50.pth" in caught.value.do


def test_a_file_of_ones_own_goes_before_the_published_one(weights, tmp_path):
    own = tmp_path / "mine.pth"
    own.write_bytes(b"mine")
    assert resolve_backbone("resnet18", str(own)).weights_path == own


@pytest.mark.parametrize("there", [False, True])
def test_a_named_file_that_is_not_there_never_falls_back(there, tmp_path):
    path = tmp_path / "mine.pth"
    if there:
        path.mkdir()
    with pytest.raises(UserError, match=r"mine\.pth"):
        resolve_backbone("resnet18", str(path))


def test_an_unknown_name_is_refused_with_the_known_ones():
    with pytest.raises(UserError, match=r"resnet99.*resnet18, resnet34"):
        resolve_backbone("resnet99")
