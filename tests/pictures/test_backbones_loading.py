"""Loaded backbones against independently built networks, with random weights where the real ones are not here."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import nn

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.loading import (
    batch_norms_are_folded,
    load_backbone,
    load_plain_backbone,
    pick_device,
    shared_backbone,
)
from qtl_core.pictures.backbones.networks import ARCHITECTURES
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.backbones.weights_files import find_weights
from qtl_core.settings.backbones import BACKBONES, FALLBACK
from tests.conftest import SHARED, needs_shared
from tests.helpers.made_networks import KINDS

ROUNDING = 1e-4  # of the largest feature: folding changes the order of float32 operations, nothing else


def whole_network(name):
    """The complete classifier with batch norms that have seen something, built without our code."""
    torch.manual_seed(0)
    if name == FALLBACK:
        from efficientnet_lite_pytorch import EfficientNet

        network = EfficientNet.from_name("efficientnet-lite0")
        network.load_state_dict(torch.load(find_weights(name), weights_only=True))
        return network.eval()
    from torchvision import models

    network = models.get_model(name, weights=None)
    for norm in (module for module in network.modules() if isinstance(module, nn.BatchNorm2d)):
        norm.running_mean.normal_(0, 0.1)
        norm.running_var.uniform_(0.5, 1.5)
        nn.init.uniform_(norm.weight, 0.5, 1.5)
    return network.eval()


def expected_and_found(name, network, images, features):
    """The whole network's answer, and what its own last layers make of our features."""
    if name == "squeezenet1_0":  # it classifies before it averages, so compare the averages themselves
        return network.features(images).mean(dim=(2, 3)), features
    named = ("_fc", "fc", "heads", "classifier")
    last = next(getattr(network, each) for each in named if hasattr(network, each))
    if name == "convnext_tiny":
        last = last[2]
    return network(images), last(features)


@pytest.fixture
def saved(own_home):
    """Saves a network's weights where the registry looks for them."""

    def save(name, network):
        (own_home / "weights").mkdir(exist_ok=True)
        torch.save(network.state_dict(), own_home / "weights" / f"{name}.pth")
        return resolve_backbone(name, allow_fallback=False)

    return save


def test_every_backbone_has_an_architecture():
    assert list(ARCHITECTURES) == list(BACKBONES)


@pytest.mark.parametrize("name", KINDS)
def test_features_are_what_the_networks_own_classifier_expects(name, saved):
    network, images = whole_network(name), torch.randn(2, 3, 224, 224)
    resolved = saved(name, network)
    with torch.no_grad():
        features, plain = load_backbone(resolved)(images), load_plain_backbone(resolved)(images)
        expected, found = expected_and_found(name, network, images, features)
    assert features.shape == (2, BACKBONES[name].feature_size) and features.dtype == torch.float32
    torch.testing.assert_close(features, plain, rtol=0, atol=ROUNDING * float(plain.abs().max()))
    torch.testing.assert_close(found, expected, rtol=0, atol=ROUNDING * float(expected.abs().max()))


@pytest.fixture
def lite0():
    return resolve_backbone(FALLBACK)


def test_a_frozen_backbone_has_no_batch_norms_no_gradients_and_no_training_mode(lite0):
    module, images = load_backbone(lite0), torch.randn(2, 3, 224, 224)
    before = module(images)
    module.train()
    assert not any(part.training for part in module.modules())
    assert not any(isinstance(part, nn.BatchNorm2d) for part in module.modules())
    assert not any(parameter.requires_grad for parameter in module.parameters())
    torch.testing.assert_close(module(images.requires_grad_()), before, rtol=0, atol=0)
    assert not before.requires_grad


def test_a_shared_backbone_is_loaded_once_and_that_of_other_contents_is_another(lite0):
    shared = shared_backbone(lite0)
    assert shared_backbone(replace(lite0)) is shared
    assert shared_backbone(replace(lite0, note="said")) is not shared, "a key of its own, and no less right"
    with pytest.raises(UserError, match="has changed"):
        shared_backbone(replace(lite0, weights_sha256="0" * 64))
    images = torch.randn(2, 3, 224, 224)
    torch.testing.assert_close(shared(images), load_backbone(lite0)(images), rtol=0, atol=0)


def test_a_plain_backbone_drifts_in_training_mode_and_not_otherwise(lite0):
    module, images = load_plain_backbone(lite0), torch.randn(4, 3, 224, 224)
    assert not any(parameter.requires_grad for parameter in module.parameters())
    with torch.no_grad():
        still, again = module(images), module(images)
        module.train()(images)
        drifted = module.eval()(images)
    assert torch.equal(still, again)
    assert (drifted - still).abs().max() > 0.01


def test_loading_draws_no_random_numbers(lite0):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    load_backbone(lite0)
    assert torch.equal(torch.rand(1), expected)


def test_weights_of_another_network_are_refused_by_name(lite0):
    with pytest.raises(UserError, match=r"missing: conv1\.weight.*unknown: _conv_stem\.weight"):
        load_backbone(resolve_backbone("resnet18", str(lite0.weights_path)))


def test_folded_batch_norms_are_told_from_live_ones(lite0):
    live = load_plain_backbone(lite0)
    assert not batch_norms_are_folded(live)
    assert not batch_norms_are_folded(nn.Conv2d(3, 3, 1))
    for norm in (module for module in live.modules() if isinstance(module, nn.BatchNorm2d)):
        norm.running_mean.zero_()
        norm.running_var.fill_(1)
    assert batch_norms_are_folded(live)


@needs_shared
@pytest.mark.shared
def test_the_shared_mobilenet_is_known_to_be_folded():
    resolved = resolve_backbone("mobilenet_v2", str(SHARED / "weights" / "mobilenet_v2.pth"))
    assert batch_norms_are_folded(load_plain_backbone(resolved))


def test_the_device_is_one_that_works():
    assert float(torch.ones(2, device=pick_device()).sum()) == 2
