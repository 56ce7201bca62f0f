"""Ready-made pictures come into a class: as many as wanted, none twice, and only those that are here."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress
from qtl_core.pictures.datasets.creating import find
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.undoing import undo_label
from qtl_core.pictures.sources.ready_made import Filled, FillRequest, likely_for, ready_classes, run_fill_job
from tests.conftest import SHARED, needs_shared
from tests.helpers.own_sets import made_set


def fill(record, ready: str, count: int, klass: int = 0) -> tuple[Filled, list[Progress]]:
    said: list[Filled | Progress] = []
    run_fill_job(FillRequest(record.id, record.classes[klass].id, ready, count), said.append, lambda: False)
    assert isinstance(said[-1], Filled)
    return said[-1], said[:-1]


def test_as_many_as_wanted_come_in_and_say_that_they_are_ready_made():
    record = made_set(0, 0)
    filled, progress = fill(record, "neither", 3)
    assert filled == Filled(3) and [each.done for each in progress] == [1, 2, 3]
    found = pictures_of(record.id)
    assert [each.class_id for each in found] == [record.classes[0].id] * 3
    assert {each.origin for each in found} == {"ready-made: neither"}
    assert {each.part for each in found} == {"train", "val"}
    assert undo_label(record.id) == f"3 pictures added to {record.classes[0].name}"


def test_those_that_are_there_are_not_added_again_but_the_next_ones():
    record = made_set(0, 0)
    fill(record, "drawn_ants", 2)
    assert fill(record, "drawn_ants", 2)[0] == Filled(2)
    assert len({each.sha256 for each in pictures_of(record.id)}) == find(record.id).count == 4


def test_where_all_are_in_it_is_said_why_there_are_fewer(monkeypatch):
    monkeypatch.setattr("qtl_core.pictures.sources.ready_made.NEITHER_COUNT", 2)
    record = made_set(0, 0)
    filled = fill(record, "neither", 5)[0]
    assert filled.added == 2
    assert "there already" in fill(record, "neither", 5, klass=1)[0].reason


def test_a_stop_keeps_what_came_in():
    record, said = made_set(0, 0), []
    with pytest.raises(StoppedByUser):
        run_fill_job(FillRequest(record.id, record.classes[0].id, "drawn_bees", 9), said.append, lambda: len(said) == 2)
    assert find(record.id).count == 2


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("bees", "drawn_bees"),
        (" Bees ", "drawn_bees"),
        ("ants", "drawn_ants"),
        ("nothing of the kind", "neither"),
        ("Class 2", "drawn_ants"),
    ],
)
def test_a_class_is_offered_what_it_is_called(name, found):
    assert likely_for(name, ready_classes()).key == found


def test_photos_are_offered_where_they_are_and_only_there():
    assert {each.key for each in ready_classes()} == {"drawn_ants", "drawn_bees", "neither"}
    with pytest.raises(UserError, match="not on this computer"):
        fill(made_set(0, 0), "photos_ants", 1)
    with pytest.raises(UserError, match="no ready-made pictures"):
        fill(made_set(0, 0), "wasps", 1)


@needs_shared
def test_photos_come_in_under_their_own_names(monkeypatch):
    monkeypatch.setenv("QTL_SHARED", str(SHARED))
    record = made_set(0, 0)
    assert "photos_bees" in {each.key for each in ready_classes()}
    assert fill(record, "photos_bees", 2)[0] == Filled(2)
    assert all(
        (SHARED / "datasets/hymenoptera_data/train/bees" / each.name).exists() for each in pictures_of(record.id)
    )
