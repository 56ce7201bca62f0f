"""Additions are steps that are taken back, in order with the edits, and what came together goes together."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from qtl_core.pictures.datasets import undoing
from qtl_core.pictures.datasets.adding import Incoming, add_many, add_picture
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.editing import add_class, move, remove, rename_class
from qtl_core.pictures.datasets.layout import set_file
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.undoing import Batch, undo, undo_label
from tests.helpers.own_sets import noise_picture


@pytest.fixture
def pets():
    return create("pets", ["Class 1", "Class 2"]).id


def put(set_id, seeds, class_id=1, **how):
    for seed in seeds:
        assert add_picture(set_id, class_id, noise_picture(seed), f"{seed}.png", **how).picture


def undone(set_id):
    """All that is taken back, the last first."""
    return list(iter(lambda: undo(set_id), ""))


def test_pictures_added_after_a_renaming_are_taken_back_before_it(pets):
    rename_class(pets, 2, "Dogs")
    rename_class(pets, 1, "Cats")
    put(pets, range(30))
    assert undo_label(pets) == "30 pictures added to Cats"
    assert undo(pets) == "30 pictures added to Cats"
    assert not pictures_of(pets)
    assert undone(pets) == ["renaming Class 1 to Cats", "renaming Class 2 to Dogs"]
    assert [each.name for each in find(pets).classes] == ["Class 1", "Class 2"]


def test_what_is_taken_back_keeps_its_row_and_can_come_again(pets):
    put(pets, [1, 2])
    undo(pets)
    with closing(sqlite3.connect(set_file(pets))) as connection:
        assert connection.execute("SELECT count(*) FROM pictures WHERE removed IS NOT NULL").fetchone() == (2,)
    put(pets, [1])
    assert undone(pets) == ["1 picture added to Class 1"]


def test_a_pause_a_burst_another_way_and_another_class_are_steps_of_their_own(pets, monkeypatch):
    put(pets, [1, 2, 3])
    with monkeypatch.context() as later:
        later.setattr(undoing, "TOGETHER_SECONDS", 0.0)
        put(pets, [4])
    put(pets, [5, 6], group="burst-a", origin="camera")
    put(pets, [7, 8, 9], group="burst-b", origin="camera")
    put(pets, [10], origin="phone")
    put(pets, [11, 12], class_id=2)
    so_many = [2, 1, 3, 2, 1, 3]
    assert [int(words.split()[0]) for words in undone(pets)] == so_many


def test_two_classes_that_are_filled_at_the_same_time_are_two_steps(pets):
    for number in range(5):
        put(pets, [number], class_id=1)
        put(pets, [100 + number], class_id=2)
    assert undone(pets) == ["5 pictures added to Class 2", "5 pictures added to Class 1"]


def test_nothing_is_added_to_a_step_before_an_edit(pets):
    put(pets, [1, 2])
    remove(pets, [1])
    put(pets, [3])
    move(pets, [3], 2)
    put(pets, [4])
    said = ["1 picture added to Class 1", "moving 1 picture to Class 2", "1 picture added to Class 1"]
    assert undone(pets) == [*said, "removing 1 picture", "2 pictures added to Class 1"]
    assert not pictures_of(pets)


def test_a_class_that_was_added_goes_again_and_comes_again(pets):
    put(pets, [1])
    added = add_class(pets, "Birds")
    put(pets, [2], class_id=added.id)
    assert undone(pets)[:2] == ["1 picture added to Birds", "adding the class Birds"]
    assert [each.name for each in find(pets).classes] == ["Class 1", "Class 2"]
    assert add_class(pets, "Birds").name == "Birds"


def test_a_batch_is_one_step_however_long_it_takes(pets, monkeypatch):
    monkeypatch.setattr(undoing, "TOGETHER_SECONDS", 0.0)
    batch = Batch("archive-1", "taken over from pets.zip", is_one=True)
    birds = add_class(pets, "Birds", batch)
    assert undo_label(pets) == "what was taken over from pets.zip"
    classes = [1, 2, birds.id] * 10
    many = [Incoming(class_id, noise_picture(seed), f"{seed}.png") for seed, class_id in enumerate(classes)]
    add_many(pets, many, batch=batch)
    assert undone(pets) == ["30 pictures taken over from pets.zip"]
    assert [(each.name, each.count) for each in find(pets).classes] == [("Class 1", 0), ("Class 2", 0)]


def test_a_removed_picture_that_came_again_goes_before_the_first_one_comes_back(pets):
    put(pets, [1])
    remove(pets, [1])
    put(pets, [1], class_id=2)
    assert undo(pets) == "1 picture added to Class 2"
    assert not pictures_of(pets)
    assert undo(pets) == "removing 1 picture"
    assert [(each.id, each.class_id) for each in pictures_of(pets)] == [(1, 1)]


def test_a_copy_of_what_is_there_is_no_step(pets):
    put(pets, [1])
    assert add_picture(pets, 1, noise_picture(1), "again.png").reason
    assert undone(pets) == ["1 picture added to Class 1"]


def test_the_history_of_an_earlier_version_is_still_taken_back(pets):
    put(pets, [1])
    with closing(sqlite3.connect(set_file(pets))) as connection, connection:
        steps = '[["classes", "name", {"1": "Cats"}]]'
        connection.execute("INSERT INTO history (label, steps) VALUES ('rename a class to Class 1', ?)", (steps,))
    assert undo(pets) == "rename a class to Class 1"
    assert find(pets).classes[0].name == "Cats"
