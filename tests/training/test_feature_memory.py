"""The pictures and features of a run that is over: the same again, from memory or disk, or a word on why not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.settings import RunSettings
from qtl_core.training import feature_memory
from qtl_core.training.feature_memory import NotComputedYet, cached_preparation, restore_preparation
from qtl_core.training.preparation import prepare
from tests.helpers.made_networks import damage_inside, made_weights, noisy_pictures

NETWORK = "mobilenet_v3_small"  # the quickest


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights(NETWORK, tmp_path_factory.mktemp("weights"))


@pytest.fixture
def pictures(tmp_path) -> Path:
    return noisy_pictures(tmp_path / "pictures")


@pytest.fixture
def settings(pictures, weights, monkeypatch) -> RunSettings:
    monkeypatch.setattr(feature_memory, "_cache", type(feature_memory._cache)())
    own = {"source": "folder", "folder": str(pictures), "backbone": NETWORK, "weights": str(weights)}
    return RunSettings().changed(**own)


def prepared(settings: RunSettings):
    return prepare(settings, lambda _: None, never_stop)


def test_a_run_s_features_are_those_it_was_trained_on_and_a_picture_s_own_where_it_was_augmented(settings):
    frozen = prepared(settings)
    again = restore_preparation(frozen.prepared, never_stop, "Refused.")
    assert np.array_equal(again.source.train, frozen.source.train)
    augmented = prepared(settings.changed(augmentation=True, views=2))
    assert augmented.source.train.ndim == 3
    assert np.array_equal(
        restore_preparation(augmented.prepared, never_stop, "Refused.").source.train, frozen.source.train
    )


@pytest.mark.parametrize("change", [{"weights_sha256": "0" * 64}, {"train_size": 9}, {"classes": ("ants", "wasps")}])
def test_other_pictures_or_weights_are_refused(settings, change):
    told = prepared(settings).prepared
    with pytest.raises(UserError, match=r"Refused.*no longer those it was trained with"):
        restore_preparation(replace(told, **change), never_stop, "Refused.")


def test_pictures_that_moved_with_their_folder_are_the_same_and_others_are_not(settings):
    told = prepared(settings).prepared
    elsewhere = tuple("/before/" + "/".join(Path(file).parts[-3:]) for file in told.val_files)
    again = restore_preparation(replace(told, val_files=elsewhere), never_stop, "Refused.")
    assert again.prepared.val_files == told.val_files, "as they are found now"
    other = (*told.val_files[:-1], str(Path(told.val_files[-1]).with_name("other.jpg")))
    with pytest.raises(UserError, match="no longer those it was trained with"):
        restore_preparation(replace(told, val_files=other), never_stop, "Refused.")


def test_pictures_or_weights_that_are_gone_are_said_without_a_path(settings, tmp_path):
    told = prepared(settings).prepared
    for name in ("folder", "weights"):
        moved = replace(told, settings=told.settings.changed(**{name: str(tmp_path / "gone")}))
        with pytest.raises(UserError, match=r"^Refused\..*cannot be read where they were") as caught:
            restore_preparation(moved, never_stop, "Refused.")
        assert str(tmp_path) not in str(caught.value)


def test_a_head_from_elsewhere_has_no_pictures_here(settings):
    told = replace(prepared(settings).prepared, train_size=0)
    with pytest.raises(UserError, match=r"Refused.*trained elsewhere"):
        restore_preparation(told, never_stop, "Refused.")


def test_features_that_are_not_kept_yet_are_not_computed(settings):
    with pytest.raises(NotComputedYet, match="features of 14 pictures are not computed yet"):
        cached_preparation(settings, never_stop)


def test_what_is_in_memory_is_taken_until_the_pictures_change(settings, pictures):
    prepared(settings)
    first = cached_preparation(settings, never_stop)
    other = cached_preparation(settings.changed(qubits=5, seed=7), never_stop)
    assert other.source.train is first.source.train
    assert (other.source.seed, other.prepared.settings.circuit.qubits) == (7, 5)
    assert other.prepared.parameters == 577 * 5 + 30 + 12
    damage_inside(pictures / "train/ants/ants_0.png")
    fewer = cached_preparation(settings, never_stop)
    assert (first.prepared.train_size, fewer.prepared.train_size) == (8, 7)


def test_of_what_is_in_memory_the_oldest_goes_first(settings):
    for views in (0, 2, 3):
        asked = settings.changed(augmentation=bool(views), views=views or 2)
        prepared(asked)
        cached_preparation(asked, never_stop)
    assert [views for _, views, _ in feature_memory._cache] == [2, 3]
    cached_preparation(settings.changed(augmentation=True, views=2), never_stop)
    assert [views for _, views, _ in feature_memory._cache] == [3, 2]
