"""What cannot be divided is said before Start, without a picture being read."""

from __future__ import annotations

import pytest

from qtl_core.pictures.sources.part_counts import part_counts
from qtl_core.settings import DataSettings
from qtl_core.training.parts import why_no_parts
from tests.helpers.made_runs import made_pictures
from tests.helpers.own_sets import noise_set


def folder(place, **changes) -> DataSettings:
    return DataSettings(**{"source": "folder", "folder": str(place), **changes})


def test_a_folder_that_can_be_divided_has_nothing_against_it(tmp_path):
    place = made_pictures(tmp_path, each=4)
    assert why_no_parts(folder(place)) is None
    assert why_no_parts(folder(place, test_share=0.3, per_class=4)) is None


def test_more_a_class_than_there_are_are_refused_with_their_number(tmp_path):
    place = made_pictures(tmp_path, each=4)
    found = why_no_parts(folder(place, per_class=5))
    assert found.what == "There are fewer than 5 pictures of the class ants." and "at most 4" in found.do
    asked = folder(place, per_class=4, test_share=0.3, test_from="training")
    assert "It has 3 training pictures." in str(why_no_parts(asked))


@pytest.mark.parametrize("part", ["training", "validation"])
def test_a_class_of_one_picture_cannot_give_any_for_the_test(tmp_path, part):
    place = made_pictures(tmp_path, each=1)
    found = why_no_parts(folder(place, test_share=0.3, test_from=part))
    assert "the class ants would be empty" in found.what and f"one {part} picture" in found.why


def test_a_part_of_its_own_needs_no_share(tmp_path):
    place = made_pictures(tmp_path, ("train", "val", "test"), each=1)
    assert part_counts(folder(place)).has_test
    assert why_no_parts(folder(place, test_share=0.3)) is None


def test_a_folder_without_parts_keeps_one_of_each_class_on_either_side(tmp_path):
    place = made_pictures(tmp_path, ("all",), each=6) / "all"
    assert part_counts(folder(place)).train == {"ants": 5, "bees": 5}
    assert why_no_parts(folder(place, per_class=6)) is not None
    assert why_no_parts(folder(place, per_class=5)) is None


def test_a_folder_that_is_not_there_is_refused_elsewhere(tmp_path):
    assert why_no_parts(folder(tmp_path / "nowhere", per_class=5)) is None


def test_a_set_made_here_is_counted_by_its_parts():
    pets = noise_set("Pets", each=10)
    asked = DataSettings(source="dataset", dataset=pets.id)
    counts = part_counts(asked)
    assert counts.train == {"cats": 7, "dogs": 7} and counts.val == {"cats": 3, "dogs": 3} and not counts.has_test
    assert why_no_parts(DataSettings(source="dataset", dataset=pets.id, per_class=8)) is not None


def test_points_are_counted_too():
    assert why_no_parts(DataSettings(source="points", points=100, per_class=10)) is None
    assert "points of the class" in str(why_no_parts(DataSettings(source="points", points=100, per_class=90)))


def test_folds_that_cannot_be_are_refused(tmp_path):
    place = made_pictures(tmp_path, each=4)
    assert why_no_parts(folder(place, divided_into=4, held_out=4, per_class=6)) is None
    assert "no fold 3 of 2" in str(why_no_parts(folder(place, divided_into=2, held_out=3)))
    assert "too few pictures for 9 folds" in str(why_no_parts(folder(place, divided_into=9)))
    assert "at most 6" in str(why_no_parts(folder(place, divided_into=4, per_class=7)))
