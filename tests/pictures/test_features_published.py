"""The "as published" backbone against torchvision's own network in training mode, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import models, transforms

from qtl_core.common.errors import UserError
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.features.published import PublishedBackbone
from qtl_core.pictures.sources.dataset import Dataset
from qtl_core.pictures.sources.folder import read_folder
from qtl_core.runs.events import EpochDone
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.task import TrainingTask
from qtl_core.training.torch_engine import train_with_torch
from tests.conftest import SHARED, needs_shared
from tests.helpers.made_networks import made_backbone, noisy_pictures

# The transforms of the PennyLane demo.
AS_PUBLISHED = transforms.Compose(
    [
        transforms.Resize(256),
        transforms.CenterCrop(224),
        transforms.ToTensor(),
        transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
    ]
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Dataset:
    return read_folder(noisy_pictures(tmp_path_factory.mktemp("pictures")))


@pytest.fixture(scope="module")
def resnet(tmp_path_factory):
    return made_backbone("resnet18", tmp_path_factory.mktemp("weights"))


def made(dataset: Dataset, resolved, *, seed: int = 0, augment: bool = False, state=None) -> PublishedBackbone:
    return PublishedBackbone(dataset.train, dataset.val, resolved, classes=2, augment=augment, seed=seed, state=state)


def torchvision_s(path: Path) -> torch.nn.Module:
    """The published code's own network, whole and in training mode."""
    network = models.resnet18()
    network.load_state_dict(torch.load(path, weights_only=True))
    network.fc = torch.nn.Identity()
    return network.train()


def tensors(dataset: Dataset, indices: list[int]) -> torch.Tensor:
    return torch.stack([AS_PUBLISHED(Image.open(dataset.train[index].path)) for index in indices])


def test_training_features_and_drift_are_torchvision_s_own(dataset, resnet):
    ours, theirs = made(dataset, resnet), torchvision_s(resnet.weights_path)
    for batch in ([0, 5, 2, 7], [1, 4, 6, 3]):
        features = ours.train_batch(1, np.array(batch))
        with torch.no_grad():
            expected = theirs(tensors(dataset, batch))
        assert (features - expected).abs().max() < 1e-3
    state = ours.state()
    buffers = {name: buffer.numpy() for name, buffer in theirs.named_buffers()}
    assert state.keys() == buffers.keys()
    assert state["bn1.num_batches_tracked"] == 2
    for name, values in buffers.items():
        assert np.allclose(state[name], values, atol=1e-4), name


def test_training_mode_is_really_used(dataset, resnet):
    """A picture's features depend on the pictures beside it, which in a frozen network they do not."""
    ours = made(dataset, resnet)
    alone, beside = ours.train_batch(1, np.array([0, 1]))[0], ours.train_batch(1, np.array([0, 6]))[0]
    assert (alone - beside).abs().max() > 1e-2


def test_validation_uses_the_drifted_averages_and_moves_nothing(dataset, resnet):
    ours = made(dataset, resnet)
    before = ours.validation()
    ours.train_batch(1, np.arange(4))
    state, after = ours.state(), ours.validation()
    assert (after - before).abs().max() > 1e-3
    assert torch.equal(after, ours.validation())
    assert all(np.array_equal(state[name], values) for name, values in ours.state().items())
    assert after.shape == (6, 512)


def test_the_weights_themselves_stand_still(dataset, resnet):
    ours = made(dataset, resnet)
    before = {name: values.clone() for name, values in ours.network.named_parameters()}
    ours.train_batch(1, np.arange(4))
    assert all(torch.equal(before[name], values) for name, values in ours.network.named_parameters())
    assert not any(values.requires_grad for values in ours.network.parameters())


def test_a_source_made_from_a_state_goes_on_where_that_was(dataset, resnet):
    first = made(dataset, resnet)
    first.train_batch(1, np.arange(4))
    second = made(dataset, resnet, state=first.state())
    assert torch.equal(second.validation(), first.validation())
    assert torch.equal(second.train_batch(2, np.arange(4)), first.train_batch(2, np.arange(4)))


def test_augmented_views_change_with_the_epoch_and_the_seed_alone(dataset, resnet):
    def features(epoch: int, seed: int = 0) -> torch.Tensor:
        return made(dataset, resnet, augment=True, seed=seed).train_batch(epoch, np.array([0, 3]))

    assert torch.equal(features(1), features(1))
    assert not torch.equal(features(1), features(2))
    assert not torch.equal(features(1), features(1, seed=1))


def test_a_network_s_own_randomness_is_its_seed_s_and_touches_no_other(dataset, tmp_path):
    """EfficientNet-B0 leaves out whole layers at random while it trains (stochastic depth)."""
    resolved = made_backbone("efficientnet_b0", tmp_path)
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    features = made(dataset, resolved).train_batch(1, np.arange(4))
    assert torch.equal(torch.random.get_rng_state(), before)
    torch.manual_seed(6)
    assert torch.equal(made(dataset, resolved).train_batch(1, np.arange(4)), features)
    assert not torch.equal(made(dataset, resolved, seed=1).train_batch(1, np.arange(4)), features)


def test_an_engine_keeps_the_drift_in_its_checkpoints_and_goes_on_exactly(dataset, resnet):
    def epochs(source: PublishedBackbone, last: int, start=None) -> list[EpochDone]:
        task = TrainingTask(CircuitSettings(2, 1), TrainingSettings(epochs=last, learning_rate=0.05), source)
        return [event for event in train_with_torch(task, start, lambda: False) if isinstance(event, EpochDone)]

    unbroken = epochs(made(dataset, resnet), 2)
    begun = epochs(made(dataset, resnet), 1)[-1].checkpoint
    resumed = epochs(made(dataset, resnet, state=begun.backbone_state), 2, begun)[-1]
    assert (resumed.train_loss, resumed.val_loss) == (unbroken[-1].train_loss, unbroken[-1].val_loss)
    for name, values in unbroken[-1].checkpoint.backbone_state.items():
        assert np.array_equal(resumed.checkpoint.backbone_state[name], values), name
    best = unbroken[-1].checkpoint
    expected = unbroken[best.best_epoch - 1].checkpoint.backbone_state
    assert all(np.array_equal(best.best_backbone_state[name], values) for name, values in expected.items())


@needs_shared
@pytest.mark.shared
def test_weights_with_folded_batch_norms_are_refused(dataset):
    resolved = resolve_backbone("mobilenet_v2", str(SHARED / "weights/mobilenet_v2.pth"))
    with pytest.raises(UserError, match=r"mobilenet_v2\.pth cannot be used as published.*folded"):
        made(dataset, resolved)


def test_a_network_without_batch_norms_is_refused(dataset, tmp_path):
    with pytest.raises(UserError, match=r"SqueezeNet 1\.0 cannot be used as published.*no batch norms"):
        made(dataset, made_backbone("squeezenet1_0", tmp_path))
