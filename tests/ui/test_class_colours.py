"""The colours of a run's classes are those that were given in its data set, wherever they are drawn."""

from __future__ import annotations

from pathlib import Path

from qtl_core.pictures.datasets.creating import delete
from qtl_core.pictures.datasets.editing import recolour_class, rename_class
from qtl_core.settings import RunSettings
from tests.helpers.made_runs import made_run
from tests.helpers.own_sets import made_set
from ui.base.class_colours import colours_of
from ui.base.theme import class_colour


def test_a_class_of_ones_own_keeps_the_colour_it_was_given_and_any_other_has_the_usual_one():
    made = made_set(1, 1)
    circle, stripes = made.classes
    recolour_class(made.id, circle.id, 4)
    rename_class(made.id, circle.id, "bees")
    recolour_class(made.id, stripes.id, 2)
    settings = RunSettings().changed(source="dataset", dataset=made.id)
    prepared = made_run(Path("/nowhere"), (3,), settings=settings).prepared
    assert prepared.classes == ("ants", "bees")
    assert colours_of(prepared) == (class_colour(0), class_colour(4))
    delete(made.id)
    assert colours_of(prepared) == (class_colour(0), class_colour(1))
    assert colours_of(made_run(Path("/nowhere"), (3,)).prepared) == (class_colour(0), class_colour(1))
