"""Views of pictures against torchvision's own transforms, pixel by pixel."""

from __future__ import annotations

import random

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import transforms as tv
from torchvision.transforms import functional as tvf

from qtl_core.pictures.features.transforms import (
    augmented_view,
    centre_view,
    normalised,
    random_box,
    transform_id,
)
from qtl_core.settings.backbones import BACKBONES, InputTransform
from tests.helpers.picture_tensors import picture_tensor

RECIPE = InputTransform()
BICUBIC = InputTransform(interpolation="bicubic")
SIZES = [(500, 375), (375, 500), (256, 256), (301, 997), (80, 60), (257, 256), (1000, 51), (224, 1)]


def noise(size, seed=0):
    width, height = size
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["resnet18", "efficientnet_lite0"])
def test_the_input_is_that_of_the_recipes_transforms(name, size):
    spec, image = BACKBONES[name], noise(size)
    recipe = tv.Compose(
        [tv.Resize(256), tv.CenterCrop(224), tv.ToTensor(), tv.Normalize(spec.transform.mean, spec.transform.std)]
    )
    torch.testing.assert_close(picture_tensor(image, spec), recipe(image), rtol=0, atol=1e-6)


def test_a_batch_is_normalised_like_its_pictures_one_by_one():
    images = [noise((300, 300), seed) for seed in range(3)]
    batch = normalised([centre_view(image, RECIPE) for image in images], RECIPE)
    alone = torch.stack([picture_tensor(image, BACKBONES["resnet18"]) for image in images])
    assert batch.is_contiguous(memory_format=torch.channels_last)
    assert torch.equal(batch, alone)


def test_an_augmented_view_is_fixed_by_picture_and_number():
    image = noise((320, 240))
    views = {key: augmented_view(image, RECIPE, *key) for key in [("a", 1), ("a", 2), ("b", 1)]}
    assert np.array_equal(views["a", 1], augmented_view(image, RECIPE, "a", 1))
    assert len({view.tobytes() for view in views.values()}) == 3
    assert all(view.shape == (224, 224, 3) and view.dtype == np.uint8 for view in views.values())


def test_an_augmented_view_is_torchvisions_crop_of_its_box_flipped_every_other_time():
    image, flips = noise((320, 240)), 0
    for view in range(40):
        left, top, right, bottom = random_box(image.size, random.Random(f"a {view}"))
        crop = np.asarray(tvf.resized_crop(image, top, left, bottom - top, right - left, [224, 224]))
        found = augmented_view(image, RECIPE, "a", view)
        flipped = np.array_equal(found, crop[:, ::-1])
        assert flipped or np.array_equal(found, crop)
        flips += flipped
    assert 10 <= flips <= 30  # 20 expected, standard deviation 3.2


@pytest.mark.parametrize("size", [(500, 375), (120, 400)])
def test_boxes_are_spread_as_torchvisions(size):
    draw, image, count = random.Random(0), Image.new("RGB", size), 3000
    torch.manual_seed(0)
    ours = np.array([random_box(size, draw) for _ in range(count)], dtype=float)
    theirs = [tv.RandomResizedCrop.get_params(image, [0.08, 1.0], [3 / 4, 4 / 3]) for _ in range(count)]
    theirs = np.array([(left, top, left + w, top + h) for top, left, h, w in theirs], dtype=float)
    error = np.sqrt((ours.var(0) + theirs.var(0)) / count)
    assert np.all(np.abs(ours.mean(0) - theirs.mean(0)) < 4 * error)
    np.testing.assert_allclose(ours.std(0), theirs.std(0), rtol=0.1)


@pytest.mark.parametrize("size", [(2000, 20), (20, 2000), (1000, 30)])
def test_the_middle_of_a_strip_is_taken_where_no_box_fits(size):
    strip = random_box(size, random.Random(0))
    top, left, h, w = tv.RandomResizedCrop.get_params(Image.new("RGB", size), [0.08, 1.0], [3 / 4, 4 / 3])
    assert strip == (left, top, left + w, top + h)


def test_the_id_tells_transforms_apart():
    others = [InputTransform(mean=(0.5, 0.5, 0.5)), InputTransform(resize=255), InputTransform(crop=192), BICUBIC]
    assert len({transform_id(transform) for transform in (RECIPE, *others)}) == 5
    assert transform_id(RECIPE) == transform_id(BACKBONES["resnet50"].transform)


def test_kept_features_of_the_bilinear_kernel_keep_the_name_they_had_when_there_was_no_other():
    assert transform_id(RECIPE) == "4950d080"


@pytest.mark.parametrize("size", SIZES)
def test_the_bicubic_view_is_torchvisions_to_the_bit(size):
    image = noise(size)
    recipe = tv.Compose([tv.Resize(256, tv.InterpolationMode.BICUBIC), tv.CenterCrop(224)])
    assert np.array_equal(centre_view(image, BICUBIC), np.asarray(recipe(image)))


def test_an_augmented_view_is_resized_by_the_same_kernel():
    image = noise((400, 300))
    assert not np.array_equal(augmented_view(image, BICUBIC, "a", 1), augmented_view(image, RECIPE, "a", 1))
