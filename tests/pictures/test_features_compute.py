"""Pictures to features with the network that is always there, EfficientNet-Lite0."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.backbones.loading import load_backbone, load_plain_backbone
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.features.compute import compute_features
from qtl_core.pictures.features.transforms import augmented_view, normalised
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.settings.backbones import FALLBACK
from tests.conftest import SHARED, needs_shared
from tests.helpers.picture_tensors import picture_tensor

ROUNDING = 1e-4


@pytest.fixture(scope="module")
def lite0():
    return resolve_backbone(FALLBACK)


@pytest.fixture(scope="module")
def plain(lite0):
    return load_plain_backbone(lite0)


@pytest.fixture
def pictures(tmp_path):
    """Six PNGs of different shapes, each a few coloured patches."""
    for number in range(6):
        patches = np.random.default_rng(number).integers(0, 256, (4, 3 + number, 3), dtype=np.uint8)
        image = Image.fromarray(patches).resize((200 + 40 * number, 300), Image.Resampling.BICUBIC)
        image.save(tmp_path / f"{number}.png")
    return [Picture(path, 0, "train") for path in sorted(tmp_path.glob("*.png"))]


def images(pictures):
    return [Image.open(picture.path).convert("RGB") for picture in pictures]


def expected(pictures, plain, spec):
    with torch.no_grad():
        return plain(torch.stack([picture_tensor(image, spec) for image in images(pictures)])).numpy()


def test_features_are_those_of_the_plain_network_in_the_order_given(pictures, lite0, plain):
    found = compute_features(pictures[::-1], lite0)
    np.testing.assert_allclose(found.values[::-1], expected(pictures, plain, lite0.spec), atol=ROUNDING)
    assert found.values.dtype == np.float32 and found.augmented is None
    assert found.readable.all() and found.unreadable == () and found.notes == () and found.from_store == 0
    assert found.resolved == lite0


def test_a_second_time_all_are_read_and_the_weights_are_not_even_opened(pictures, lite0):
    first = compute_features(pictures, lite0)
    lost = replace(lite0, weights_path=pictures[0].path / "gone")
    second = compute_features(pictures, lost)
    assert second.from_store == 6
    assert np.array_equal(first.values, second.values)


def test_kept_features_follow_the_bytes_not_the_name(pictures, lite0, plain):
    compute_features(pictures[:2], lite0)
    pictures[0].path.replace(pictures[1].path)
    pictures[2].path.rename(pictures[0].path)
    found = compute_features(pictures[:2], lite0)
    assert found.from_store == 1
    np.testing.assert_allclose(found.values, expected(pictures[:2], plain, lite0.spec), atol=ROUNDING)


def test_augmented_views_are_the_stated_ones_whatever_was_kept_before(pictures, lite0, plain):
    compute_features(pictures[:3], lite0, views=1)
    found = compute_features(pictures, lite0, views=3)
    assert found.from_store == 6 and found.augmented.shape == (6, 3, 1280)
    np.testing.assert_allclose(found.values, expected(pictures, plain, lite0.spec), atol=ROUNDING)
    for picture, image, vectors in zip(pictures, images(pictures), found.augmented, strict=True):
        digest = hashlib.sha256(picture.path.read_bytes()).hexdigest()
        views = [augmented_view(image, lite0.spec.transform, digest, number) for number in (1, 2, 3)]
        with torch.no_grad():
            np.testing.assert_allclose(vectors, plain(normalised(views, lite0.spec.transform)), atol=ROUNDING)


def test_copies_of_a_picture_are_computed_once_and_given_to_all(pictures, lite0):
    steps = []
    found = compute_features([pictures[0]] * 3, lite0, progress=lambda *step: steps.append(step))
    assert steps[-1] == (1, 1)
    assert np.array_equal(found.values[0], found.values[2])


def test_pictures_that_cannot_be_read_are_listed_and_the_rest_is_computed(pictures, lite0):
    whole = compute_features(pictures, lite0).values
    cut, empty, gone = (picture.path for picture in pictures[:3])
    cut.write_bytes(cut.read_bytes()[:-3000])
    empty.write_bytes(b"")
    gone.unlink()
    found = compute_features(pictures, lite0, views=1)
    assert found.readable.tolist() == [False] * 3 + [True] * 3
    assert [entry.path for entry in found.unreadable] == [cut, empty, gone]
    assert all(entry.reason.endswith(".") for entry in found.unreadable)
    assert np.isnan(found.values[:3]).all() and np.isnan(found.augmented[:3]).all()
    assert np.array_equal(found.values[3:], whole[3:]) and np.isfinite(found.augmented[3:]).all()


def test_no_pictures_give_no_features(lite0):
    found = compute_features([], lite0, views=2)
    assert found.values.shape == (0, 1280) and found.augmented.shape == (0, 2, 1280) and found.readable.shape == (0,)


def test_progress_only_grows_and_ends_at_the_total(pictures, lite0):
    steps = []
    pictures[0].path.write_bytes(b"no picture")
    compute_features(pictures, lite0, views=1, progress=lambda *step: steps.append(step))
    assert steps[0] == (0, 12) and steps[-1] == (12, 12)
    assert steps == sorted(steps) and len(steps) > 3


def test_a_stop_keeps_what_was_done(pictures, lite0):
    reached = []
    with pytest.raises(StoppedByUser):
        compute_features(
            pictures, lite0, progress=lambda done, _: reached.append(done), should_stop=lambda: reached[-1:] == [4]
        )
    assert compute_features(pictures, lite0).from_store == 4


def test_the_number_of_threads_of_torch_is_left_as_it_was(pictures, lite0):
    before = torch.get_num_threads()
    compute_features(pictures, lite0)
    assert torch.get_num_threads() == before


def test_where_nothing_can_be_kept_features_are_computed_all_the_same(pictures, lite0, plain, monkeypatch):
    monkeypatch.setenv("QTL_HOME", str(pictures[0].path / "below a file"))
    found = compute_features(pictures, lite0)
    np.testing.assert_allclose(found.values, expected(pictures, plain, lite0.spec), atol=ROUNDING)
    assert len(found.notes) == 1 and "not kept" in found.notes[0]


def test_weights_that_do_not_fit_are_an_error_not_a_note(pictures, lite0):
    with pytest.raises(UserError, match="does not fit"):
        compute_features(pictures, resolve_backbone("resnet18", str(lite0.weights_path)))


def test_pictures_in_memory_have_the_same_features(pictures, lite0):
    found = load_backbone(lite0)(torch.stack([picture_tensor(image, lite0.spec) for image in images(pictures)]))
    np.testing.assert_allclose(found, compute_features(pictures, lite0).values, atol=ROUNDING)


@needs_shared
@pytest.mark.shared
def test_real_photos_through_real_weights_are_as_torchvision_has_them():
    from torchvision import datasets, models, transforms

    weights = SHARED / "weights" / "mobilenet_v2.pth"
    recipe = [transforms.Resize(256), transforms.CenterCrop(224), transforms.ToTensor()]
    normalise = transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
    photos = datasets.ImageFolder(
        str(SHARED / "datasets/hymenoptera_data/val"), transforms.Compose([*recipe, normalise])
    )
    network = models.mobilenet_v2()
    network.load_state_dict(torch.load(weights, weights_only=True))
    network.classifier = torch.nn.Identity()
    chosen = range(0, len(photos), 25)
    with torch.no_grad():
        reference = network.eval()(torch.stack([photos[index][0] for index in chosen])).numpy()
    pictures = [Picture(Path(photos.samples[index][0]), 0, "val") for index in chosen]
    found = compute_features(pictures, resolve_backbone("mobilenet_v2", str(weights)))
    np.testing.assert_allclose(found.values, reference, atol=ROUNDING)
