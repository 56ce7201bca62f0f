"""Features as the published code makes them: the whole backbone in training mode at every batch.

`model.train()` puts the batch norms of the "frozen" network into training mode too, so they normalise by the
few pictures of the batch and their running averages drift from epoch to epoch. That is why the published
training accuracy (0.885) stays below the validation accuracy (0.95). Nothing can be kept, so this is slow.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.loading import batch_norms_are_folded, load_plain_backbone, pick_device
from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.pictures.decoding.open_picture import open_picture
from qtl_core.pictures.features.transforms import augmented_view, centre_view, normalised
from qtl_core.pictures.sources.dataset import Picture, labels_of
from qtl_core.runs.events import Arrays

VALIDATION_BATCH = 16  # pictures a pass: bounds the memory, changes nothing in evaluation mode


class PublishedBackbone:
    """A `FeatureSource` whose backbone's batch norms follow the batches.

    Args:
        train, val: The pictures; decoded again at every use, so that memory does not grow with their number.
        resolved: The network and its weights.
        classes: Number of classes.
        augment: Whether training pictures are randomly cropped and mirrored, anew every epoch.
        seed: What the network's own randomness (dropout, where it has any) grows from.
        state: Drifted buffers to go on from.
        test: Pictures looked at once, when training is over.

    Raises:
        UserError: The weights have no batch norms that could drift.
    """

    def __init__(
        self,
        train: Sequence[Picture],
        val: Sequence[Picture],
        resolved: ResolvedBackbone,
        *,
        classes: int,
        augment: bool,
        seed: int,
        state: Arrays | None = None,
        test: Sequence[Picture] = (),
    ) -> None:
        self.train, self.val, self.test, self.augment, self.seed = train, val, test, augment, seed
        labels = (np.array(labels_of(part), dtype=np.int64) for part in (train, val, test))
        self.train_labels, self.val_labels, self.test_labels = labels
        self.transform, self.feature_size, self.classes = resolved.spec.transform, resolved.spec.feature_size, classes
        self.device = pick_device()
        self.network = load_plain_backbone(resolved)
        _check_something_drifts(self.network, resolved)
        self._load(state or {})
        self.network.to(self.device)

    @torch.no_grad()
    def train_batch(self, epoch: int, indices: np.ndarray) -> Tensor:
        """See `FeatureSource`; moves the batch norms."""
        self.network.train()
        views = [self._training_view(self.train[index], epoch) for index in indices]
        with torch.random.fork_rng():  # dropout draws from torch's own generator, which others use too
            torch.manual_seed(_batch_seed(self.seed, epoch, indices))
            return self._features(views)

    @torch.no_grad()
    def validation(self) -> Tensor:
        """See `FeatureSource`; the batch norms stand still, at their running averages."""
        return self._of(self.val)

    @torch.no_grad()
    def test_features(self, state: Arrays) -> np.ndarray:
        """Returns the test pictures' features through the network as it was in `state`, shape (test_size, features)."""
        now = self.state()
        self._load(state)
        try:
            return self._of(self.test).numpy()
        finally:
            self._load(now)

    def _load(self, state: Arrays) -> None:
        self.network.load_state_dict({name: torch.tensor(value) for name, value in state.items()}, strict=False)

    def _of(self, pictures: Sequence[Picture]) -> Tensor:
        self.network.eval()
        batches = range(0, len(pictures), VALIDATION_BATCH)
        return torch.cat([self._features(self._centre_views(pictures, first)) for first in batches])

    def state(self) -> Arrays:
        """Returns the running averages of the batch norms."""
        return {name: buffer.cpu().numpy().copy() for name, buffer in self.network.named_buffers()}

    def _training_view(self, picture: Picture, epoch: int) -> np.ndarray:
        image = open_picture(picture.path)
        if not self.augment:
            return centre_view(image, self.transform)
        return augmented_view(image, self.transform, f"{self.seed} {picture.path.name}", epoch)

    def _centre_views(self, pictures: Sequence[Picture], first: int) -> list[np.ndarray]:
        batch = pictures[first : first + VALIDATION_BATCH]
        return [centre_view(open_picture(picture.path), self.transform) for picture in batch]

    def _features(self, views: list[np.ndarray]) -> Tensor:
        return self.network(normalised(views, self.transform, self.device)).cpu()


def _check_something_drifts(network: nn.Module, resolved: ResolvedBackbone) -> None:
    do = "Choose the truly frozen backbone, or another network."
    if not any(isinstance(module, nn.BatchNorm2d) for module in network.modules()):
        why = "It has no batch norms, so nothing in it drifts."
        raise UserError(f"{resolved.spec.title} cannot be used as published.", why, do)
    if batch_norms_are_folded(network):
        why = "Their batch norms are folded into the convolutions, so there is nothing left that drifts."
        raise UserError(f"The weights {resolved.weights_path.name} cannot be used as published.", why, do)


def _batch_seed(seed: int, epoch: int, indices: np.ndarray) -> int:
    """Returns a number that depends on nothing but the batch, so that a run that goes on repeats an unbroken one."""
    return int(np.random.SeedSequence((seed, epoch, *indices.tolist())).generate_state(1)[0])
