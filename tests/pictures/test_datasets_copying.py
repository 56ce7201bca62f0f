"""A copy of a set: the same pictures in the same classes and parts, and from then on a set of its own."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import copying, layout
from qtl_core.pictures.datasets.copying import copy_set
from qtl_core.pictures.datasets.creating import find, list_datasets
from qtl_core.pictures.datasets.editing import recolour_class, remove, remove_class, set_note, set_part, set_split
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import SplitSettings
from tests.helpers.own_sets import made_set


def seen(set_id: str) -> list[tuple]:
    names = {klass.id: (klass.name, klass.colour) for klass in find(set_id).classes}
    return [
        (names[each.class_id], each.name, each.sha256, each.part, each.chosen_part, each.group, each.path.read_bytes())
        for each in pictures_of(set_id)
    ]


def test_it_holds_what_the_set_holds_and_belongs_to_whoever_made_it():
    record = made_set(4, 3, 2)
    remove_class(record.id, record.classes[0].id)
    recolour_class(record.id, record.classes[1].id, 5)
    set_part(record.id, [pictures_of(record.id)[0].id], "val")
    set_split(record.id, SplitSettings(0.4, 0.2, 7, 1))
    set_note(record.id, "On the table.")
    made = copy_set(record.id, owner="somebody")
    assert (made.name, made.note, made.owner) == ("Shapes (copy)", "On the table.", "somebody")
    assert made.split == SplitSettings(0.4, 0.2, 7, 1)
    assert seen(made.id) == seen(record.id) and len(seen(made.id)) == 5


def test_what_is_done_to_one_does_not_touch_the_other():
    record = made_set(2, 2)
    made = copy_set(record.id)
    before = seen(made.id)
    remove(record.id, [each.id for each in pictures_of(record.id)])
    for each in pictures_of(made.id):
        layout.picture_file(record.id, each.sha256, each.name).unlink()
    assert seen(made.id) == before and find(record.id).count == 0


def test_a_disk_without_links_gets_files(monkeypatch):
    record = made_set(2, 1)

    def refuse(*_args):
        raise OSError("no links here")

    monkeypatch.setattr(copying.os, "link", refuse)
    assert seen(copy_set(record.id).id) == seen(record.id)


def test_no_half_copy_is_left_where_there_is_no_room(monkeypatch):
    record = made_set(2, 1)
    monkeypatch.setattr(copying, "why_full", lambda *_: "Your pictures may have 1 MB, and they do.")
    with pytest.raises(UserError, match="1 MB"):
        copy_set(record.id, owner="somebody")
    assert [each.id for each in list_datasets()] == [record.id]
