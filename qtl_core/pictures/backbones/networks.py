"""The backbones, each built as a torch module that ends in its features, with the classifier taken off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from efficientnet_lite_pytorch import EfficientNet
from torch import Tensor, nn

from qtl_core.pictures.backbones.architecture import Architecture
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.settings.timm_models import PREFIX


class PooledLite0(EfficientNet):  # type: ignore[misc]  # its package has no annotations
    """EfficientNet-Lite0 that answers with its last feature maps, averaged over the picture."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Maps images (B, 3, 224, 224) to features (B, 1280)."""
        return self.extract_features(inputs).mean(dim=(2, 3))


def _lite0() -> nn.Module:
    network = PooledLite0.from_name("efficientnet-lite0")
    network._fc = nn.Identity()
    return network


def _untrained(name: str) -> Any:  # its layers' names differ from network to network
    from torchvision import models  # 1.4 s to import, and EfficientNet-Lite0 does without

    return models.get_model(name, weights=None)


def _resnet(name: str) -> nn.Module:
    network = _untrained(name)
    network.fc = nn.Identity()
    return network


def _pooled_by_itself(name: str) -> nn.Module:
    # MobileNets and EfficientNets average over the picture in forward() and only then apply `classifier`.
    network = _untrained(name)
    network.classifier = nn.Identity()
    return network


def _squeezenet(name: str) -> nn.Module:
    network = _untrained(name)
    network.classifier = nn.AdaptiveAvgPool2d(1)  # forward() flattens what this returns
    return network


def _convnext(name: str) -> nn.Module:
    network = _untrained(name)
    network.classifier = network.classifier[:2]  # its LayerNorm belongs to the features; then Flatten
    return network


def _vit(name: str) -> nn.Module:
    network = _untrained(name)
    network.heads = nn.Identity()  # forward() hands it the class token alone
    return network


def _torchvision(build: Callable[[str], nn.Module], name: str, head: str) -> tuple[str, Architecture]:
    return name, Architecture(lambda: build(name), (head,))


ARCHITECTURES: dict[str, Architecture] = dict(
    [
        _torchvision(_resnet, "resnet18", "fc."),
        _torchvision(_resnet, "resnet34", "fc."),
        _torchvision(_resnet, "resnet50", "fc."),
        _torchvision(_pooled_by_itself, "mobilenet_v2", "classifier."),
        _torchvision(_pooled_by_itself, "mobilenet_v3_small", "classifier."),
        _torchvision(_squeezenet, "squeezenet1_0", "classifier."),
        _torchvision(_pooled_by_itself, "efficientnet_b0", "classifier."),
        _torchvision(_convnext, "convnext_tiny", "classifier."),
        _torchvision(_convnext, "convnext_small", "classifier."),
        _torchvision(_convnext, "convnext_base", "classifier."),
        _torchvision(_vit, "vit_b_16", "heads."),
        _torchvision(_vit, "vit_b_32", "heads."),
        ("efficientnet_lite0", Architecture(_lite0, ("_fc.",))),
    ]
)


def architecture_of(name: str) -> Architecture:
    """Returns how the backbone called `name` is built.

    Raises:
        UserError: There is none of that name, or it is one of timm's and timm is not installed.
    """
    if name.startswith(PREFIX):
        from qtl_core.pictures.backbones.timm_networks import timm_architecture

        return timm_architecture(spec_of(name))
    return ARCHITECTURES[spec_of(name).name]
