"""Edits of a set, each taken back as it was done."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import editing
from qtl_core.pictures.datasets.adding import add_picture
from qtl_core.pictures.datasets.creating import find, revision_of
from qtl_core.pictures.datasets.layout import set_file
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import SplitSettings
from tests.helpers.own_sets import noise_set


@pytest.fixture
def pets():
    return noise_set()


def state_of(set_id):
    found = find(set_id)
    return found.name, found.note, found.classes, found.split, pictures_of(set_id)


EDITS = {
    "removing 2 pictures": lambda set_id: editing.remove(set_id, [1, 2]),
    "removing 1 picture": lambda set_id: editing.remove(set_id, [12]),
    "moving 3 pictures to dogs": lambda set_id: editing.move(set_id, [3, 4, 5], 2),
    "choosing the part of 2 pictures": lambda set_id: editing.set_part(set_id, [6, 7], "test"),
    "renaming cats to kittens": lambda set_id: editing.rename_class(set_id, 1, "kittens"),
    "changing the colour of cats": lambda set_id: editing.recolour_class(set_id, 1, 5),
    "removing cats with its pictures": lambda set_id: editing.remove_class(set_id, 1),
    "renaming the data set to animals": lambda set_id: editing.rename(set_id, "animals"),
    "changing the note": lambda set_id: editing.set_note(set_id, "a note"),
    "dividing the pictures in another way": lambda set_id: editing.set_split(set_id, SplitSettings(0.5, 0.2, 7)),
}

BEGUN = ["6 pictures added to dogs", "6 pictures added to cats"]  # how the set came to be, the last first


@pytest.mark.parametrize("label", EDITS)
def test_every_edit_is_seen_and_taken_back(pets, label):
    before, revision = state_of(pets.id), revision_of(pets.id)
    EDITS[label](pets.id)
    assert state_of(pets.id) != before
    assert revision_of(pets.id) > revision
    assert editing.undo_label(pets.id) == label
    assert editing.undo(pets.id) == label
    assert state_of(pets.id) == before
    assert editing.undo_label(pets.id) == BEGUN[0]


def test_all_edits_are_taken_back_one_by_one(pets):
    states = []
    for do in EDITS.values():
        states.append(state_of(pets.id))
        do(pets.id)
    while states:
        assert editing.undo(pets.id)
        assert state_of(pets.id) == states.pop()
    assert [editing.undo(pets.id) for _ in range(3)] == [*BEGUN, ""]
    assert not pictures_of(pets.id)


def test_what_changes_nothing_is_nothing_to_take_back(pets):
    editing.move(pets.id, [1, 2], 1)
    editing.remove(pets.id, [999])
    editing.set_note(pets.id, "")
    assert editing.undo_label(pets.id) == BEGUN[0]


def forget_last(set_id):
    """Takes the addition of just before out of the history, as earlier versions did not write additions down."""
    with closing(sqlite3.connect(set_file(set_id))) as connection, connection:
        connection.execute("DELETE FROM history WHERE id = (SELECT max(id) FROM history)")


def test_a_removed_picture_that_came_again_is_there_once(pets):
    picture = pictures_of(pets.id)[0]
    content = picture.path.read_bytes()
    editing.remove(pets.id, [picture.id])
    again = add_picture(pets.id, 2, content, "again.png").picture
    forget_last(pets.id)
    editing.undo(pets.id)
    assert [each.id for each in pictures_of(pets.id) if each.sha256 == picture.sha256] == [again.id]


def test_a_class_that_comes_back_beside_one_of_its_name_is_told_apart(pets):
    editing.remove_class(pets.id, 1)
    editing.add_class(pets.id, "Cats")
    forget_last(pets.id)
    editing.undo(pets.id)
    assert [each.name for each in find(pets.id).classes] == ["cats 2", "dogs", "Cats"]


def test_a_class_gets_the_first_free_colour_and_a_name_of_its_own(pets):
    editing.recolour_class(pets.id, 2, 4)
    added = editing.add_class(pets.id, " nothing of the kind ")
    assert (added.name, added.colour, added.count) == ("nothing of the kind", 1, 0)
    with pytest.raises(UserError, match="already"):
        editing.add_class(pets.id, "CATS")
    with pytest.raises(UserError, match="already"):
        editing.rename_class(pets.id, 1, "dogs")
    editing.rename_class(pets.id, 1, "Cats")  # its own name, written otherwise


def test_fifty_classes_and_no_more(pets):
    for number in range(48):
        editing.add_class(pets.id, f"class {number}")
    with pytest.raises(UserError, match="50 classes"):
        editing.add_class(pets.id, "one more")


@pytest.mark.parametrize(
    "do",
    [
        lambda set_id: editing.rename_class(set_id, 9, "x"),
        lambda set_id: editing.remove_class(set_id, 9),
        lambda set_id: editing.move(set_id, [1], 9),
        lambda set_id: editing.set_part(set_id, [1], "other"),
        lambda set_id: editing.recolour_class(set_id, 1, 99),
        lambda set_id: editing.rename(set_id, " "),
        lambda set_id: editing.set_note(set_id, "x" * 3000),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(pets, do):
    before = state_of(pets.id)
    with pytest.raises(UserError):
        do(pets.id)
    assert state_of(pets.id) == before


@pytest.mark.parametrize("split", [(0.0, 0.0, 0), (0.7, 0.0, 0), (0.5, 0.5, 0), (0.3, -0.1, 0), (0.3, 0.0, -1)])
def test_shares_leave_something_in_every_part(split):
    with pytest.raises(UserError):
        SplitSettings(*split)
