"""Features ahead of training: only of new pictures, in parts that end in time, and what cannot be read is told once."""

from __future__ import annotations

import pytest

from qtl_core.common.progress import Progress
from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.features import ahead
from qtl_core.pictures.features.ahead import AheadRequest, FeaturesAhead, run_features_ahead_job
from qtl_core.settings import DataSettings
from tests.helpers.own_sets import made_set, picture

DATA = DataSettings(backbone="efficientnet_lite0")


def part(set_id: str, unreadable: tuple[str, ...] = ()) -> FeaturesAhead:
    said: list[FeaturesAhead | Progress] = []
    run_features_ahead_job(AheadRequest(set_id, find(set_id).revision, DATA, unreadable), said.append, lambda: False)
    assert isinstance(said[-1], FeaturesAhead)
    return said[-1]


@pytest.fixture
def computed(monkeypatch) -> list[str]:
    """The names of the pictures that went through the network."""
    names: list[str] = []
    really = ahead.compute_features

    def noted(pictures, *args, **kwargs):
        names.extend(each.path.name for each in pictures)
        return really(pictures, *args, **kwargs)

    monkeypatch.setattr(ahead, "compute_features", noted)
    return names


def test_only_new_pictures_go_through_the_network(computed):
    record = made_set(3, 2)
    first = part(record.id)
    assert (first.known, first.total, first.left) == (5, 5, 0) and len(computed) == 5
    add_picture(record.id, record.classes[0].id, picture(2, 5), "new.jpg")
    second = part(record.id)
    assert (second.known, second.total, second.left) == (6, 6, 0)
    assert second.revision == find(record.id).revision > first.revision
    assert computed[5:] == ["new.jpg"]
    assert len(list((layout.set_folder(record.id) / "thumbnails").glob("*.jpg"))) == 6


def test_a_part_ends_in_time_and_the_next_goes_on(computed, monkeypatch):
    monkeypatch.setattr(ahead, "AT_ONCE", 2)
    monkeypatch.setattr(ahead, "PART_SECONDS", -1.0)
    record = made_set(2, 0)
    found = part(record.id)
    assert (found.known, found.left, computed) == (0, 2, [])
    monkeypatch.setattr(ahead, "PART_SECONDS", 60.0)
    assert part(record.id).left == 0


def test_a_picture_that_cannot_be_read_is_told_and_not_tried_again(computed):
    record = made_set(1, 1)
    bad = pictures_of(record.id)[0]
    bad.path.write_bytes(bad.path.read_bytes()[:400])
    found = part(record.id)
    assert (found.known, found.unreadable, found.left) == (1, (bad.sha256,), 0)
    assert part(record.id, found.unreadable) == found
    assert len(computed) == 2
