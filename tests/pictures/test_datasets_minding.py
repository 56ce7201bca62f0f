"""What a person does about findings: pictures kept together stay in one part, what is kept stays kept, and undo."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.editing import remove, set_part, set_split, undo, undo_label
from qtl_core.pictures.datasets.minding import keep_as_they_are, keep_together, kept_as_they_are
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import SplitSettings
from tests.helpers.own_sets import noise_set


def parts(set_id: str, ids: list[int]) -> set[str]:
    return {picture.part for picture in pictures_of(set_id) if picture.id in ids}


def test_what_is_kept_together_is_in_one_part_whatever_the_split():
    made = noise_set(each=12)
    ids = [picture.id for picture in pictures_of(made.id, made.classes[0].id)][:5]
    seen = set()
    for seed in range(12):
        set_split(made.id, SplitSettings(seed=seed))
        seen.add(len(parts(made.id, ids)))
    assert seen == {1, 2} or seen == {2}, "by itself a split divides them"
    keep_together(made.id, ids)
    for seed in range(12):
        set_split(made.id, SplitSettings(seed=seed))
        assert len(parts(made.id, ids)) == 1


def test_it_can_be_undone():
    made = noise_set(each=12)
    before = pictures_of(made.id)
    keep_together(made.id, [before[0].id, before[1].id, before[2].id])
    assert undo_label(made.id) == "keeping 3 pictures together"
    undo(made.id)
    assert pictures_of(made.id) == before


def test_groups_that_meet_become_one():
    made = noise_set(each=12)
    ids = [picture.id for picture in pictures_of(made.id, made.classes[0].id)]
    keep_together(made.id, ids[:2])
    keep_together(made.id, ids[2:4])
    keep_together(made.id, [ids[1], ids[3], ids[5]])
    groups = {picture.id: picture.group for picture in pictures_of(made.id)}
    assert len({groups[each] for each in (*ids[:4], ids[5])}) == 1
    assert groups[ids[4]] == ""


def test_two_groups_that_do_not_meet_stay_two():
    made = noise_set(each=12)
    ids = [picture.id for picture in pictures_of(made.id)]
    keep_together(made.id, ids[:2])
    keep_together(made.id, ids[2:4])
    groups = {picture.id: picture.group for picture in pictures_of(made.id)}
    assert groups[ids[0]] == groups[ids[1]] != groups[ids[2]] == groups[ids[3]]


def test_parts_chosen_by_hand_give_way_to_the_first():
    made = noise_set(each=12)
    first, second, third = [picture.id for picture in pictures_of(made.id, made.classes[0].id)][:3]
    set_part(made.id, [first], "val")
    set_part(made.id, [second], "train")
    keep_together(made.id, [second, first, third])
    assert parts(made.id, [first, second, third]) == {"train"}
    undo(made.id)
    assert {picture.id: picture.chosen_part for picture in pictures_of(made.id)}[first] == "val"


def test_removed_pictures_are_left_alone():
    made = noise_set(each=12)
    ids = [picture.id for picture in pictures_of(made.id)][:3]
    remove(made.id, [ids[0]])
    keep_together(made.id, ids)
    undo(made.id)
    undo(made.id)
    assert [picture.group for picture in pictures_of(made.id) if picture.id in ids] == ["", "", ""]


def test_what_is_no_fault_is_remembered_and_can_be_taken_back():
    made = noise_set()
    assert kept_as_they_are(made.id) == frozenset()
    keep_as_they_are(made.id, ["one"])
    keep_as_they_are(made.id, ["one", "two", "three"])
    assert kept_as_they_are(made.id) == {"one", "two", "three"}
    assert undo_label(made.id) == "keeping what 3 findings named as it is"
    undo(made.id)
    assert kept_as_they_are(made.id) == {"one"}
    keep_as_they_are(made.id, ["two"])
    assert kept_as_they_are(made.id) == {"one", "two"}


def test_a_set_that_is_not_there_is_said():
    with pytest.raises(UserError, match="no data set"):
        keep_together("0" * 12, [1])
