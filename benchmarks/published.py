"""The recipe as its authors published it: torchvision transforms, a DataLoader, the network at every batch.

Nothing here is the app's own but the head, whose circuit PennyLane runs sample by sample, as in the demo.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import transforms

from qtl_core.network.ansatz import build_circuit
from qtl_core.network.model import DressedQuantumNet
from qtl_core.network.simulators.pennylane_reference import PennyLaneSimulator
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.settings.backbones import InputTransform

BATCH = 4


class PictureFiles(torch.utils.data.Dataset):
    """Picture files as `torchvision.datasets.ImageFolder` reads them."""

    def __init__(self, pictures: Sequence[Picture], transform: InputTransform) -> None:
        self.pictures = pictures
        self.transform = transforms.Compose(
            [
                transforms.Resize(transform.resize, transforms.InterpolationMode(transform.interpolation)),
                transforms.CenterCrop(transform.crop),
                transforms.ToTensor(),
                transforms.Normalize(transform.mean, transform.std),
            ]
        )

    def __len__(self) -> int:
        """Number of pictures."""
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Returns what the network sees of a picture, float32 (3, 224, 224), and its class."""
        picture = self.pictures[index]
        with picture.path.open("rb") as file:
            return self.transform(Image.open(file).convert("RGB")), picture.label


def loader(pictures: Sequence[Picture], transform: InputTransform, *, shuffle: bool = False) -> DataLoader:
    """Returns batches of four, read in the process that trains, as the demo does."""
    return DataLoader(PictureFiles(pictures, transform), batch_size=BATCH, shuffle=shuffle)


@torch.no_grad()
def plain_features(network: nn.Module, batches: DataLoader) -> Tensor:
    """Returns the features of all pictures of a loader, float32 (N, feature_size)."""
    return torch.cat([network(images) for images, _ in batches])


def published_network(network: nn.Module, feature_size: int, classes: int, circuit: CircuitSettings) -> nn.Module:
    """Returns the whole network: the image network, and the head with a QNode call a sample."""
    simulator = PennyLaneSimulator(build_circuit(circuit), "default.qubit", batched=False)
    return nn.Sequential(network, DressedQuantumNet(feature_size, classes, circuit, simulator=simulator))


def published_epoch(model: nn.Module, training: DataLoader, validation: DataLoader, settings: TrainingSettings) -> None:
    """Trains one epoch and validates, with the demo's two phases."""
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimiser = torch.optim.Adam(weights, lr=settings.learning_rate)
    for phase, batches in (("train", training), ("validation", validation)):
        model.train(phase == "train")  # the batch norms of the network too: see `pictures.features.published`
        for images, labels in batches:
            optimiser.zero_grad()
            with torch.set_grad_enabled(phase == "train"):
                loss = nn.functional.cross_entropy(model(images), labels)
                if phase == "train":
                    loss.backward()
                    optimiser.step()
            loss.item()
