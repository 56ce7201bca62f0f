"""Classes by name: found, made, or one that nobody has named yet."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.classes_by_name import classes_by_name
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.names import MOST_CLASSES
from tests.helpers.own_sets import made_set


def names(set_id: str) -> list[str]:
    return [each.name for each in find(set_id).classes]


def test_the_classes_that_a_new_set_begins_with_take_the_names():
    new = create("Data set 1", ["Class 1", "Class 2"])
    found = classes_by_name(new.id, ["Cats", "Dogs", "Eels"], "pets.zip")
    assert names(new.id) == ["Cats", "Dogs", "Eels"]
    assert found == {each.name: each.id for each in find(new.id).classes}


def test_a_class_of_that_name_is_found_and_a_named_or_filled_one_left():
    shapes = made_set(1, 0)
    classes_by_name(shapes.id, ["CIRCLE", "other"], "pets.zip")
    assert names(shapes.id) == ["circle", "stripes", "other"]
    new = create("Data set 1", ["Class 1", "Class 2"])
    found = classes_by_name(new.id, ["Class 2", "Cats"], "pets.zip")
    assert names(new.id) == ["Cats", "Class 2"]
    assert found == {"Class 2": new.classes[1].id, "Cats": new.classes[0].id}


def test_more_than_a_set_has_are_refused_and_none_is_made():
    shapes = made_set(1, 1)
    with pytest.raises(UserError, match="would bring the data set to 52 classes"):
        classes_by_name(shapes.id, [f"other {number}" for number in range(MOST_CLASSES)], "pets.zip")
    assert names(shapes.id) == ["circle", "stripes"]
