"""The parts of a set: by share, by class, by group, by hand, and the same every time."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.pictures.datasets.parts import ToDivide, divided
from qtl_core.pictures.datasets.records import SplitSettings


def alone(count, class_id=1, start=0):
    return [ToDivide(start + each, class_id, f"{class_id}-{start + each}", "", None) for each in range(count)]


def burst(count, group, class_id=1, start=0):
    return [ToDivide(start + each, class_id, f"{start + each}", group, None) for each in range(count)]


def numbers(parts):
    return Counter(parts.values())


@pytest.mark.parametrize(
    ("count", "shares", "found"),
    [
        (1, (0.3, 0.0), {"train": 1}),
        (2, (0.3, 0.0), {"train": 1, "val": 1}),
        (3, (0.3, 0.3), {"train": 1, "val": 1, "test": 1}),
        (10, (0.3, 0.0), {"train": 7, "val": 3}),
        (10, (0.2, 0.2), {"train": 6, "val": 2, "test": 2}),
        (1000, (0.15, 0.05), {"train": 800, "val": 150, "test": 50}),
    ],
)
def test_each_class_is_divided_by_the_shares(count, shares, found):
    pictures = [*alone(count), *alone(count, 2, 5000)]
    parts = divided(pictures, SplitSettings(*shares)).parts
    for class_id in (1, 2):
        of_class = {each.id: parts[each.id] for each in pictures if each.class_id == class_id}
        assert numbers(of_class) == found


def test_the_same_pictures_are_divided_the_same_way_whatever_their_order():
    pictures = [*alone(40), *burst(20, "b", start=100)]
    again = divided(list(reversed(pictures)), SplitSettings()).parts
    assert divided(pictures, SplitSettings()).parts == again
    assert divided(pictures, SplitSettings(seed=1)).parts != again


def test_one_picture_more_moves_next_to_none_of_the_others():
    before = divided(alone(200), SplitSettings()).parts
    after = divided([*alone(200), ToDivide(999, 1, "new", "", None)], SplitSettings()).parts
    assert sum(before[each] != after[each] for each in before) <= 1


def test_a_burst_is_in_one_part_also_across_classes():
    pictures = [each for number in range(6) for each in burst(10, f"b{number}", start=100 * number)]
    pictures += burst(10, "b1", class_id=2, start=2000) + alone(10, 2, 3000)
    division = divided(pictures, SplitSettings())
    for group in {each.group for each in pictures if each.group}:
        assert len({division.parts[each.id] for each in pictures if each.group == group}) == 1
    assert not division.cut
    assert set(numbers(division.parts)) == {"train", "val"}


@pytest.mark.parametrize("groups", [2, 3])
def test_few_bursts_leave_no_part_empty(groups):
    pictures = [each for number in range(groups) for each in burst(30, f"b{number}", start=100 * number)]
    for seed in range(8):
        division = divided(pictures, SplitSettings(seed=seed))
        assert numbers(division.parts)["val"] == 30
        assert not division.cut


@pytest.mark.parametrize("test_share", [0.0, 0.2])
@pytest.mark.parametrize("sizes", [(33, 23), (23, 33), (60, 5), (5, 60)])
def test_of_two_bursts_the_smaller_is_held_out(sizes, test_share):
    pictures = [*burst(sizes[0], "a"), *burst(sizes[1], "b", start=100)]
    for seed in range(6):
        parts = divided(pictures, SplitSettings(0.3, test_share, seed)).parts
        assert numbers(parts) == {"train": max(sizes), "val": min(sizes)}
    assert numbers(divided(pictures, SplitSettings(0.6)).parts)["val"] == (33 if 33 in sizes else 60)


def test_a_split_of_before_stays_as_it_was():
    pictures = [*burst(33, "a"), *burst(23, "b", start=100)]
    found = {numbers(divided(pictures, SplitSettings(seed=seed, rule=1)).parts)["val"] for seed in range(8)}
    assert found == {23, 33}


def test_a_class_of_one_burst_is_cut_and_that_is_said():
    division = divided([*burst(10, "b"), *alone(10, 2, 100)], SplitSettings())
    assert division.cut == {1}
    assert [division.parts[each] for each in range(10)] == ["train"] * 7 + ["val"] * 3


def test_what_a_person_chose_wins_and_the_rest_of_the_burst_follows():
    chosen = ToDivide(0, 1, "x", "b", "test")
    parts = divided([chosen, *burst(5, "b", start=1), *alone(10, start=50)], SplitSettings()).parts
    assert [parts[each] for each in range(6)] == ["test"] * 6
    by_hand = [ToDivide(each, 1, f"{each}", "", "val") for each in range(4)]
    assert set(divided(by_hand, SplitSettings()).parts.values()) == {"val"}


def test_parts_chosen_by_hand_count_to_the_shares():
    chosen = [ToDivide(each, 1, f"{each}", "", "val") for each in range(3)]
    parts = divided([*chosen, *alone(7, start=10)], SplitSettings()).parts
    assert numbers(parts) == {"val": 3, "train": 7}


@given(
    st.lists(
        st.tuples(st.integers(1, 3), st.sampled_from(["", "", "a", "b", "c"]), st.sampled_from([None, None, "test"])),
        max_size=40,
    ),
    st.integers(0, 5),
)
def test_every_picture_has_one_part_and_every_class_both_sides_where_it_can(drawn, seed):
    pictures = [ToDivide(at, one, f"{at}", group, chosen) for at, (one, group, chosen) in enumerate(drawn)]
    division = divided(pictures, SplitSettings(0.3, 0.2, seed))
    assert set(division.parts) == {each.id for each in pictures}
    for class_id in {each.class_id for each in pictures}:
        of_class = [each for each in pictures if each.class_id == class_id]
        if len(of_class) > 1 and not any(each.chosen or each.group for each in of_class):
            assert {"train", "val"} <= {division.parts[each.id] for each in of_class}
