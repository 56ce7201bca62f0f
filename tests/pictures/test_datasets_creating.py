"""Data sets as wholes: names, identifiers, deleting and taking it back."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets import editing, layout, limits
from qtl_core.pictures.datasets.creating import (
    create,
    delete,
    find,
    find_by_id,
    list_datasets,
    listing,
    mark_used,
    revision_of,
    undelete,
)
from qtl_core.pictures.datasets.opening import let_go, reading
from qtl_core.pictures.datasets.records import SplitSettings
from qtl_core.pictures.datasets.schema import UnknownDataset
from qtl_core.pictures.datasets.undoing import undo
from tests.helpers.own_sets import noise_set


def test_a_set_is_found_by_its_identifier_and_by_its_name(own_home):
    made = create("  My   pets ", ["cats", "dogs"], owner="me", note="of the class")
    assert (made.name, made.note, made.owner, made.count) == ("My pets", "of the class", "me", 0)
    assert [(each.name, each.colour) for each in made.classes] == [("cats", 0), ("dogs", 1)]
    assert find(made.id) == find("My pets") == made
    assert layout.set_file(made.id).is_file()
    assert [folder.name for folder in (own_home / "own_data").iterdir()] == [made.id]


def test_a_name_of_two_sets_asks_which_one():
    one, other = create("pets"), create("pets", owner="me")
    with pytest.raises(UserError, match=f"{other.id}") as told:
        find("pets")
    assert one.id in str(told.value)
    assert find("pets", owner="me") == other


@pytest.mark.parametrize("name", ["nothing", "0123456789ab", "../../etc", ""])
def test_what_is_not_there_is_said(name):
    with pytest.raises(UnknownDataset, match="There is no data set"):
        find(name)


def test_the_sets_of_one_owner_are_listed_those_used_last_first(monkeypatch):
    clock = iter(range(1000, 100_000, 1000))
    monkeypatch.setattr("time.time", lambda: float(next(clock)))
    first, second, mine = create("first"), create("second"), create("third", owner="me")
    assert [each.id for each in list_datasets()] == [mine.id, second.id, first.id]
    assert [each.id for each in list_datasets("me")] == [mine.id]
    mark_used(first.id)
    assert list_datasets()[0].id == first.id
    assert revision_of(first.id) == first.revision  # nothing that people see has changed


def test_a_deleted_set_is_gone_until_it_is_taken_back():
    made = noise_set()
    delete(made.id)
    assert list_datasets() == ()
    assert [each.id for each in list_datasets(deleted=True)] == [made.id]
    with pytest.raises(UnknownDataset):
        find(made.id)
    with pytest.raises(UnknownDataset):
        delete(made.id)
    assert undelete(made.id).classes == made.classes


def test_a_set_whose_file_is_damaged_hides_no_other_one():
    good, bad = create("good"), create("bad")
    layout.set_file(bad.id).write_bytes(b"no database" * 500)
    for part in layout.set_folder(bad.id).glob("set.sqlite-*"):
        part.unlink()
    assert [each.id for each in list_datasets()] == [good.id]
    with pytest.raises(UserError, match="damaged"):
        find(bad.id)


def test_a_set_of_a_newer_version_is_left_as_it_is():
    made = create("pets")
    with sqlite3.connect(layout.set_file(made.id)) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    from qtl_core.pictures.datasets.opening import let_go

    let_go(made.id)
    with pytest.raises(UserError, match="newer version"):
        find(made.id)


def test_a_set_of_before_goes_on_being_divided_by_its_first_rule():
    made = create("pets")
    assert made.split.rule == 2
    let_go(made.id)
    with closing(sqlite3.connect(layout.set_file(made.id))) as connection:
        connection.execute("ALTER TABLE dataset DROP COLUMN split_rule")
        connection.execute("PRAGMA user_version = 4")
        connection.commit()
    assert find(made.id).split == SplitSettings(rule=1)
    editing.set_split(made.id, SplitSettings(0.4))
    assert find(made.id).split == SplitSettings(0.4, rule=2)
    undo(made.id)
    assert find(made.id).split == SplitSettings(rule=1)


def test_one_visitor_has_so_many_sets_and_a_person_alone_any_number(monkeypatch):
    monkeypatch.setenv("QTL_OWN_VISITOR_SETS", "2")
    for _ in range(2):
        create("mine", owner="me")
    with pytest.raises(UserError, match="2 data sets already"):
        create("mine", owner="me")
    delete(list_datasets("me")[0].id)
    create("mine", owner="me")  # a deleted one does not count, from that moment on
    monkeypatch.setenv("QTL_OWN_VISITOR_SETS", "1")
    with pytest.raises(UserError, match="1 data set already"):
        create("mine", owner="me")
    for _ in range(3):
        create("ours")
    assert create("hers", owner="she").owner == "she"


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (["a", "A"], "already"),
        (["caf\u00e9", "cafe\u0301"], "already"),
        (["a/b"], "cannot be the name"),
        ([".hidden"], "cannot be the name"),
        (["a\\b"], "cannot be the name"),
        (["a\0b"], "cannot be the name"),
        (["x" * 61], "61 characters"),
        ([" "], "needs a name"),
        (["\u200b"], "can be seen"),
        (["\u3164"], "can be seen"),
        (["\u034f\u2800"], "can be seen"),
        (["cat", "cat\u200b"], "already"),
        (["cat", "\u202eCat\u00ad"], "already"),
        ([str(number) for number in range(51)], "51 classes"),
    ],
)
def test_classes_are_named_so_that_folders_can_be(classes, said):
    with pytest.raises(UserError, match=said):
        create("pets", classes)
    assert list_datasets() == ()


def test_what_takes_an_identifier_finds_nothing_by_a_name():
    made = create("Pets")
    assert find_by_id(made.id) == made
    with pytest.raises(UnknownDataset):
        find_by_id("Pets")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE dataset SET name = CAST(x'ff00fe' AS TEXT)",
        "UPDATE dataset SET used = 'x'",
        "UPDATE dataset SET name = x'00'",
        "UPDATE dataset SET val_share = 'x', seed = 'y'",
        "ALTER TABLE dataset RENAME COLUMN seed TO other",
        "DROP TABLE pictures",
        "UPDATE classes SET name = x'00'",
    ],
)
def test_a_set_with_values_that_nobody_wrote_troubles_only_its_owner(damage):
    whole, hurt = create("whole", ["a"], owner="me" * 32), create("hurt", ["a"], owner="me" * 32)
    connection = sqlite3.connect(layout.set_file(hurt.id))
    connection.execute(damage)
    connection.commit()
    connection.close()
    assert listing("me" * 32).records == (whole,)
    assert listing("me" * 32).unreadable == listing().unreadable == (hurt.id,)
    assert listing("other").unreadable == ()
    with pytest.raises(UserError):
        find_by_id(hurt.id)


def test_a_file_of_other_bytes_is_said_in_words():
    made = create("hurt", ["a"])
    let_go(made.id)
    content = bytearray(layout.set_file(made.id).read_bytes())
    content[200:] = content[200:].replace(b"CREATE TABLE", b"CRE\xff\xfe TABLE")  # SQLite quotes it in its message
    layout.set_file(made.id).write_bytes(content)
    with pytest.raises(UserError, match="cannot be used"):
        find_by_id(made.id)
    assert listing().unreadable == (made.id,)


def test_sets_that_cannot_be_read_are_not_asked_again(monkeypatch):
    made, hurt = create("whole"), create("hurt")
    let_go(hurt.id)
    layout.set_file(hurt.id).write_bytes(b"garbage" * 1000)
    asked = []
    monkeypatch.setattr(
        limits, "reading", lambda set_id, *rest, **more: asked.append(set_id) or reading(set_id, *rest, **more)
    )
    monkeypatch.setattr(limits, "LOOK_SECONDS", -1.0)
    for _ in range(3):
        assert limits.why_full(made.id, 1) == ""
    assert sorted(asked) == sorted([made.id, hurt.id])
    editing.rename(made.id, "other")
    limits.why_full(made.id, 1)
    assert asked[2:] == [made.id]


def test_joined_signs_are_names():
    names = ["\U0001f468\u200d\U0001f469", "\u2764\ufe0f", "\u0645\u06cc\u200c\u062e"]
    assert [each.name for each in create("signs", names).classes] == names
