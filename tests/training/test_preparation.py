"""From settings to features: what stands in for what is said, what cannot be read is listed, the rest is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress
from qtl_core.pictures.backbones import weights_files
from qtl_core.pictures.backbones.loading import pick_device
from qtl_core.pictures.sources import catalogue
from qtl_core.pictures.sources.folder import read_folder
from qtl_core.settings import RunSettings
from qtl_core.training.preparation import Preparation, prepare
from tests.helpers.made_networks import damage_inside, made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights(NETWORK, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def pictures(tmp_path) -> Path:
    return noisy_pictures(tmp_path / "pictures")


@pytest.fixture
def no_network(monkeypatch, tmp_path):
    """Every download is refused at once, and nothing lies where other programs keep weights."""
    for name in ("QTL_WEIGHTS_URL", "QTL_PHOTOS_URL"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(weights_files, "_failed", {})


@pytest.fixture
def drawn_quickly(monkeypatch, pictures):
    """A few pictures in place of drawing 397, which has tests of its own."""
    load = catalogue.load_dataset
    monkeypatch.setattr(
        catalogue,
        "load_dataset",
        lambda data, **rest: read_folder(pictures) if data.source == "drawn" else load(data, **rest),
    )


def settings(pictures: Path, weights: Path | str, **changes) -> RunSettings:
    own = {"source": "folder", "folder": str(pictures), "backbone": NETWORK, "weights": str(weights)}
    return RunSettings().changed(**{**own, **changes})


def prepared(asked: RunSettings, **options) -> Preparation:
    return prepare(asked, options.pop("report", lambda _: None), options.pop("should_stop", lambda: False), **options)


# What is told


def test_everything_there_is_to_know_is_told(pictures, weights):
    asked = settings(pictures, weights)
    found = prepared(asked)
    told = found.prepared
    assert told.settings == told.asked == asked
    assert (told.classes, told.train_size, told.val_size) == (("ants", "bees"), 8, 6)
    assert told.val_labels == (0, 0, 0, 1, 1, 1)
    assert [Path(file).name for file in told.val_files] == [
        f"{name}_{n}.png" for name in ("ants", "bees") for n in range(3)
    ]
    assert (told.feature_size, told.parameters) == (576, 577 * 4 + 24 + 10)
    assert (told.backbone_title, told.notes, told.passed_over) == ("MobileNetV3 Small", (), ())
    assert told.seconds_features > 0
    assert found.source.validation().shape == (6, 576)
    assert found.source.train_batch(1, np.arange(8)).shape == (8, 576)


def test_the_second_time_the_features_are_there_already(pictures, weights):
    first, second = (prepared(settings(pictures, weights)) for _ in range(2))
    assert (first.prepared.features_kept, second.prepared.features_kept) == (0, 14)
    assert (first.prepared.device, second.prepared.device) == (pick_device(), "")
    assert np.array_equal(first.source.validation().numpy(), second.source.validation().numpy())


def test_progress_names_what_is_done_and_ends_full(pictures, weights):
    reports: list[Progress] = []
    prepared(settings(pictures, weights), report=reports.append)
    last = {report.stage: report for report in reports}
    assert any("training pictures with MobileNetV3 Small" in stage for stage in last)
    assert all(report.done == report.total > 0 for report in last.values())


@pytest.mark.parametrize("mode", ["frozen", "published"])
def test_a_stop_is_felt(pictures, weights, mode):
    with pytest.raises(StoppedByUser):
        prepared(settings(pictures, weights, backbone_mode=mode), should_stop=lambda: True)


def test_augmented_views_are_kept_and_drawn_from(pictures, weights):
    source = prepared(settings(pictures, weights, augmentation=True, views=3)).source
    assert source.train.shape == (8, 3, 576)
    assert np.isfinite(source.train).all()
    assert source.validation().shape == (6, 576), "validation pictures are never augmented"


# What stands in for what


@pytest.mark.usefixtures("no_network", "drawn_quickly")
def test_drawn_pictures_and_another_network_stand_in_and_say_so():
    told = prepared(RunSettings()).prepared
    assert (told.asked.data.source, told.asked.data.backbone) == ("photos", "resnet18")
    assert (told.settings.data.source, told.settings.data.backbone) == ("drawn", "efficientnet_lite0")
    assert told.settings.circuit == told.asked.circuit
    said = " ".join(told.notes)
    assert "photos of ants and bees are not on this computer" in said
    assert "Drawn pictures of ants and bees are used instead" in said
    assert "weights of ResNet-18 are not on this machine" in said
    assert "EfficientNet-Lite0" in said
    assert "resnet18.pth" in said, "how to get it"


@pytest.mark.usefixtures("no_network", "drawn_quickly")
def test_in_strict_mode_nothing_stands_in(pictures, weights):
    with pytest.raises(UserError, match="photos of ants and bees are not on this computer"):
        prepared(settings(pictures, weights, source="photos"), allow_fallback=False)
    with pytest.raises(UserError, match="weights of ResNet-18 are not on this machine"):
        prepared(settings(pictures, "", backbone="resnet18"), allow_fallback=False)


@pytest.mark.usefixtures("drawn_quickly")
def test_nothing_stands_in_for_a_folder_or_a_file_of_one_s_own(pictures, weights, tmp_path):
    with pytest.raises(UserError, match="nowhere"):
        prepared(settings(tmp_path / "nowhere", weights))
    with pytest.raises(UserError, match=r"no_such\.pth"):
        prepared(settings(pictures, tmp_path / "no_such.pth"))
    with pytest.raises(UserError, match="does not fit"):
        prepared(settings(pictures, weights, backbone="squeezenet1_0"))


# Pictures that cannot be read


@pytest.mark.parametrize("mode", ["frozen", "published"])
def test_damaged_pictures_are_passed_over_and_listed(pictures, weights, mode):
    gif = pictures / "train/ants/not_an_ant.gif"
    Image.new("P", (5, 5)).save(gif)
    damaged = [damage_inside(pictures / "train/ants/ants_1.png"), damage_inside(pictures / "val/bees/bees_0.png")]
    found = prepared(settings(pictures, weights, backbone_mode=mode))
    told = found.prepared
    assert (told.train_size, told.val_size, told.val_labels) == (7, 5, (0, 0, 0, 1, 1))
    reasons = dict(told.passed_over)
    assert set(reasons) == {str(gif), *map(str, damaged)}
    assert "GIF" in reasons[str(gif)]
    assert all(reasons[str(path)] == "It is damaged or cut short." for path in damaged)
    assert str(damaged[1]) not in told.val_files
    assert np.isfinite(found.source.validation().numpy()).all()
    assert np.isfinite(found.source.train_batch(1, np.arange(7)).numpy()).all()


@pytest.mark.parametrize("mode", ["frozen", "published"])
@pytest.mark.parametrize(("split", "words"), [("train", "training"), ("val", "validation")])
def test_a_class_left_without_pictures_is_refused(pictures, weights, mode, split, words):
    damage_inside(pictures / "train/ants/ants_0.png")  # of the other class, which is not meant
    for picture in (pictures / split / "bees").iterdir():
        damage_inside(picture)
    with pytest.raises(UserError, match=f"None of the {words} pictures of the class bees can be read.") as caught:
        prepared(settings(pictures, weights, backbone_mode=mode))
    assert caught.value.why == "It is damaged or cut short."


def test_three_classes(pictures, weights):
    for split in ("train", "val"):
        shutil.copytree(pictures / split / "ants", pictures / split / "wasps")
    told = prepared(settings(pictures, weights)).prepared
    assert told.classes == ("ants", "bees", "wasps")
    assert told.parameters == 577 * 4 + 24 + 15


def test_published_mode_gives_a_live_source_that_takes_a_state(pictures, weights):
    asked = settings(pictures, weights, backbone_mode="published")
    source = prepared(asked).source
    source.train_batch(1, np.arange(4))
    resumed = prepared(asked, backbone_state=source.state()).source
    assert all(np.array_equal(values, resumed.state()[name]) for name, values in source.state().items())
    assert not np.array_equal(source.validation().numpy(), prepared(asked).source.validation().numpy())
