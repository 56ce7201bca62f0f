"""What comes with the project so that nobody waits: drawn pictures and their features, used only where they fit."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.features import shipped
from qtl_core.pictures.features.compute import compute_features, missing_pictures
from qtl_core.pictures.sources.dataset import Dataset
from qtl_core.pictures.sources.drawn import shipped as drawn_shipped
from qtl_core.pictures.sources.drawn import store
from qtl_core.pictures.sources.drawn.contents import all_pictures, file_name
from qtl_core.pictures.sources.drawn.store import drawn_jpeg, load_drawn
from qtl_core.settings.backbones import FALLBACK

SOME = [("train", "ants", 0), ("val", "bees", 82)]


@pytest.fixture
def lite0() -> ResolvedBackbone:
    """The network whose weights come with the requirements."""
    return resolve_backbone(FALLBACK)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The whole set, of which nothing is drawn."""

    def never(*key: object) -> bytes:
        pytest.fail(f"{key} is drawn although it came along")

    monkeypatch.setattr(store, "drawn_jpeg", never)
    return load_drawn()


def test_what_came_along_is_what_would_be_drawn() -> None:
    with drawn_shipped.shipped_pictures() as content:
        assert all(content(file_name(*key)) == drawn_jpeg(*key) for key in SOME)
        assert all(content(file_name(*key)) for key in all_pictures())


def test_a_damaged_archive_is_drawn_instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn_shipped.ARCHIVE.read_bytes()
    names = [file_name(*key) for key in SOME]
    first = whole.index(b"\xff\xd8")  # within the first picture, train/ants/000
    for content in (b"", b"no archive", whole[:first] + b"\0\0" + whole[first + 2 :]):
        monkeypatch.setattr(drawn_shipped, "ARCHIVE", tmp_path / "pictures.zip")
        drawn_shipped.ARCHIVE.write_bytes(content)
        with drawn_shipped.shipped_pictures() as damaged:
            assert damaged(names[0]) is None
            assert (damaged(names[1]) is not None) == (len(content) == len(whole))


def test_a_fresh_home_has_features_of_every_drawn_picture(drawn: Dataset, lite0: ResolvedBackbone) -> None:
    pictures = (*drawn.train, *drawn.val)
    assert missing_pictures(pictures, lite0) == []
    features = compute_features(pictures, lite0, device="there is none")  # so nothing can be computed
    assert features.from_store == len(pictures) == 397
    assert features.values.dtype == np.float32 and np.isfinite(features.values).all()


def test_they_are_those_that_the_network_computes(drawn: Dataset, lite0: ResolvedBackbone) -> None:
    few = (*drawn.train[:3], *drawn.val[-2:])
    came = compute_features(few, lite0)
    computed = compute_features(few, lite0, use_shipped=False)
    assert (came.from_store, computed.from_store) == (5, 0)
    assert np.abs(came.values - computed.values).max() < shipped.WITHIN
    assert computed.values.std() > 100 * shipped.WITHIN


def test_augmented_views_are_computed(drawn: Dataset, lite0: ResolvedBackbone) -> None:
    assert missing_pictures(drawn.train[:2], lite0, views=1) == list(drawn.train[:2])


def test_another_picture_other_weights_or_another_transform_find_nothing(
    drawn: Dataset, lite0: ResolvedBackbone, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = drawn.train[:1]
    assert missing_pictures(one, lite0) == []
    other_transform = replace(lite0.spec, transform=replace(lite0.spec.transform, resize=300))
    for other in (replace(lite0, weights_sha256="ab" * 32), replace(lite0, spec=other_transform)):
        assert missing_pictures(one, other) == [*one]
    with monkeypatch.context() as patch:
        patch.setattr("qtl_core.pictures.features.transforms.VERSION", 99)
        assert missing_pictures(one, lite0) == [*one]
    content = one[0].path.read_bytes()
    one[0].path.write_bytes(content[:-3] + bytes([content[-3] ^ 1]) + content[-2:])
    assert missing_pictures(one, lite0) == [*one]


def test_a_file_that_was_renamed_cut_or_damaged_is_not_used(
    drawn: Dataset, lite0: ResolvedBackbone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (whole,) = shipped.FOLDER.glob("*.npz")
    content, one = whole.read_bytes(), drawn.train[:1]
    other = replace(lite0, weights_sha256="ab" * 32)
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    shutil.copy(whole, tmp_path / f"{shipped.content_name(other)}.npz")  # under the name of other weights
    assert missing_pictures(one, other) == [*one]
    file = tmp_path / whole.name
    for damaged in (content[: len(content) // 2], content[:5000] + bytes(9) + content[5009:], b""):
        file.write_bytes(damaged)
        shipped._read.cache_clear()
        assert missing_pictures(one, lite0) == [*one]
    file.write_bytes(content)
    shipped._read.cache_clear()
    assert missing_pictures(one, lite0) == []


def test_what_is_written_is_read_again_and_replaces_what_is_outdated(
    lite0: ResolvedBackbone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    (tmp_path / f"{lite0.spec.name}-old.npz").touch()
    values = np.random.default_rng(0).normal(size=(2, lite0.spec.feature_size)).astype(np.float32)
    digests = ("01" * 32, "fe" * 32)
    file = shipped.write_shipped(lite0, digests, values)
    assert list(tmp_path.iterdir()) == [file]
    found = shipped.shipped_features(lite0, [*digests, "00" * 32])
    assert found.keys() == {*digests}
    assert all(np.array_equal(found[digest], value) for digest, value in zip(digests, values, strict=True))
