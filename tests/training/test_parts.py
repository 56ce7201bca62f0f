"""The test part and draws of so many pictures a class: who is in which part, and what a seed changes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.sources.dataset import Dataset, Picture
from qtl_core.settings import DataSettings
from qtl_core.training.parts import drawn, set_aside, with_parts

CLASSES = ("ants", "bees")


def pictures(split, counts=(20, 30), group=lambda name: ""):
    names = [(label, f"{split}{number}.jpg") for label, count in enumerate(counts) for number in range(count)]
    return tuple(Picture(Path(CLASSES[label]) / name, label, split, group(name)) for label, name in names)


def made(**changes):
    return replace(Dataset("d", "folder", CLASSES, pictures("train"), pictures("val")), **changes)


def places(part):
    return {each.path for each in part}


def test_without_a_share_nothing_is_set_aside():
    assert with_parts(made(), DataSettings(), 0) == made()


@pytest.mark.parametrize(("part", "other"), [("validation", "train"), ("training", "val")])
def test_each_class_gives_its_share_of_the_part_that_is_named(part, other):
    before = made()
    after = with_parts(before, DataSettings(test_share=0.3, test_from=part), 0)
    assert [sum(each.label == label for each in after.test) for label in (0, 1)] == [6, 9]
    assert getattr(after, other) == getattr(before, other)
    taken = "val" if part == "validation" else "train"
    assert places(after.test) | places(getattr(after, taken)) == places(getattr(before, taken))
    assert not places(after.test) & places(getattr(after, taken))
    assert {each.split for each in after.test} == {"test"}
    assert f"15 of 50 {part} pictures are set aside" in after.notes[-1]


def test_the_test_part_is_the_same_for_every_seed_and_wherever_the_pictures_lie():
    asked = DataSettings(test_share=0.3)
    first, second = (with_parts(made(), asked, seed).test for seed in (0, 7))
    moved = tuple(replace(each, path=Path("/elsewhere") / each.path) for each in pictures("val"))
    assert first == second
    assert [each.path.name for each in with_parts(made(val=moved), asked, 3).test] == [each.path.name for each in first]


def test_more_pictures_move_next_to_none_of_the_others():
    few, many = (with_parts(made(val=pictures("val", (n, n))), DataSettings(test_share=0.3), 0) for n in (100, 101))
    assert len(places(few.test) - places(many.test)) <= 2


def test_what_belongs_together_is_not_divided():
    bursts = pictures("val", (30, 30), group=lambda name: f"burst {len(name) % 3} {name[3]}")
    after = with_parts(made(val=bursts), DataSettings(test_share=0.3), 0)
    assert after.test and not {each.group for each in after.test} & {each.group for each in after.val}


def test_a_class_that_is_one_burst_is_cut_and_that_is_said():
    burst = pictures("val", (10, 10), group=lambda name: "")
    burst = tuple(replace(each, group="one") if each.label == 0 else each for each in burst)
    after = with_parts(made(val=burst), DataSettings(test_share=0.3), 0)
    assert [sum(each.label == label for each in after.test) for label in (0, 1)] == [3, 3]
    assert "All validation pictures of ants belong together" in after.notes[-1] and "flatters" in after.notes[-1]


def test_a_part_of_its_own_is_used_as_it_is():
    own = pictures("test", (4, 5))
    after = with_parts(made(test=own), DataSettings(test_share=0.3), 0)
    assert (after.test, after.val, after.train) == (own, pictures("val"), pictures("train"))
    assert "9 test pictures are the set's own" in after.notes[-1]
    assert with_parts(made(test=own), DataSettings(), 0).notes == ()


@pytest.mark.parametrize("part", ["validation", "training"])
def test_a_class_that_would_be_left_empty_is_refused_by_name(part):
    asked = DataSettings(test_share=0.3, test_from=part)
    counts = {"val" if part == "validation" else "train": pictures("val", (5, 1))}
    with pytest.raises(UserError, match="the class bees would be empty") as caught:
        with_parts(made(**counts), asked, 0)
    assert f"one {part} picture" in caught.value.why and "set its share to 0" in caught.value.do


def test_a_small_share_still_tests_every_class():
    after = with_parts(made(val=pictures("val", (3, 2))), DataSettings(test_share=0.01), 0)
    assert [sum(each.label == label for each in after.test) for label in (0, 1)] == [1, 1]


@pytest.mark.parametrize("per_class", [1, 5, 20])
def test_so_many_of_each_class_are_learnt_from(per_class):
    after = with_parts(made(), DataSettings(per_class=per_class), 3)
    assert [sum(each.label == label for each in after.train) for label in (0, 1)] == [per_class] * 2
    assert after.train == tuple(each for each in made().train if each in after.train), "in their order"
    assert after.val == made().val


def test_another_seed_draws_others_and_fewer_are_among_more():
    def chosen(per_class, seed):
        return places(with_parts(made(), DataSettings(per_class=per_class), seed).train)

    assert chosen(5, 0) != chosen(5, 1)
    assert chosen(5, 0) < chosen(10, 0) < chosen(20, 0)


def test_more_than_there_are_is_refused_with_the_class_and_its_count():
    with pytest.raises(UserError, match="fewer than 21 pictures of the class ants") as caught:
        with_parts(made(), DataSettings(per_class=21), 0)
    assert caught.value.why == "It has 20 training pictures." and "at most 20" in caught.value.do


def test_what_is_tested_cannot_be_drawn():
    asked = DataSettings(per_class=14, test_share=0.3, test_from="training")
    after = with_parts(made(), asked, 0)
    assert len(after.train) == 28 and not places(after.train) & places(after.test)
    with pytest.raises(UserError, match="fewer than 15"):
        with_parts(made(), replace(asked, per_class=15), 0)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=60), st.integers(1, 20), st.integers(0, 2**31 - 1))
def test_draws_are_nested_sorted_and_stratified(labels, per_class, seed):
    known = np.array(labels)
    fewer, more = drawn(known, per_class, seed), drawn(known, per_class + 1, seed)
    assert set(fewer) <= set(more) and list(more) == sorted(set(more))
    assert np.array_equal(np.bincount(known[fewer]), np.minimum(np.bincount(known), per_class))
    assert np.array_equal(drawn(known, 0, seed), np.arange(len(known)))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["", "", "a", "b"])), min_size=8, max_size=40),
    st.floats(0.01, 0.5),
)
def test_a_test_part_has_every_class_or_is_refused(examples, share):
    labels, groups = zip(*examples, strict=True)
    names = [str(number) for number in range(len(examples))]
    try:
        is_test = set_aside(labels, names, share, ("x", "y", "z"), groups).is_test
    except UserError:
        return
    for label in range(3):
        here = is_test[np.array(labels) == label]
        assert here.any() and not here.all()


def test_every_picture_judges_in_one_fold_and_is_learnt_from_in_all_others():
    asked, every = DataSettings(divided_into=5), places((*made().train, *made().val))
    found = [with_parts(made(), replace(asked, held_out=number), 0) for number in range(1, 6)]
    assert all(places(each.train) | places(each.val) == every for each in found)
    assert sorted(path for each in found for path in places(each.val)) == sorted(every)
    assert {each.split for each in found[0].train} == {"train"} and {each.split for each in found[0].val} == {"val"}
    assert found[2].notes[-1].startswith("Training and validation pictures are divided into 5 folds: number 3 judges")
    assert with_parts(made(), replace(asked, held_out=2), 7).val == found[1].val, "whatever the seed"


def test_a_fold_leaves_the_test_part_alone_and_its_rest_is_drawn_from():
    asked = DataSettings(divided_into=4, test_share=0.3, per_class=6)
    found = with_parts(made(), asked, 0)
    assert places(found.test) == places(with_parts(made(), DataSettings(test_share=0.3), 0).test)
    assert [sum(each.label == label for each in found.train) for label in (0, 1)] == [6, 6]
    assert not places(found.test) & places((*found.train, *found.val))


@pytest.mark.parametrize(
    ("folds", "held_out", "said"),
    [
        (1, 1, "nothing to learn from"),
        (3, 4, "no fold 4 of 3"),
        (20, 1, "ants has too few pictures for 20 folds"),
    ],
)
def test_a_fold_that_cannot_be_is_refused(folds, held_out, said):
    with pytest.raises(UserError, match=said):
        with_parts(
            made(train=pictures("train", (9, 30)), val=pictures("val", (5, 30))),
            DataSettings(divided_into=folds, held_out=held_out),
            0,
        )
