"""From settings to rows: files by path, tables brought in, the division into parts, and what a change does."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.settings import DataSettings
from qtl_core.tables.catalogue import left_out_of, load_numbers, stamp_of_numbers
from qtl_core.tables.dividing import divided
from qtl_core.tables.kept import MOST_OF_A_VISITOR, delete_table, keep_table, kept_tables, name_of
from ui.widgets.materials import run_inputs_of

TEXT = "a,b,kind\n" + "".join(f"{n},{n % 5},{'xyz'[n % 3]}\n" for n in range(5, 35))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "plants.csv").write_text(TEXT)
    return tmp_path / "plants.csv"


def test_rows_are_named_and_each_class_is_in_both_parts(file: Path):
    numbers = load_numbers(DataSettings(source="table", table=str(file)))
    dataset = numbers.dataset
    assert (dataset.name, dataset.classes, numbers.columns) == ("plants.csv", ("x", "y", "z"), ("a", "b"))
    assert (len(dataset.train), len(dataset.val)) == (21, 9)
    for part in (dataset.train, dataset.val):
        assert {picture.label for picture in part} == {0, 1, 2}
        for picture, values in zip(part, numbers.values(part), strict=True):
            n = int(picture.path.name.removeprefix("row ")) + 4
            assert (values.tolist(), picture.label) == ([n, n % 5], n % 3)


@pytest.mark.parametrize("sizes", [(2, 2), (2, 500), (7, 3, 11), (700, 300)])
def test_the_division_is_stratified_whole_and_always_the_same(sizes: tuple[int, ...]):
    labels = np.random.default_rng(1).permutation(np.repeat(np.arange(len(sizes)), sizes))
    train, val = divided(labels)
    assert sorted((*train, *val)) == list(range(sum(sizes)))
    for label, size in enumerate(sizes):
        assert (labels[train] == label).sum() == min(max(round(0.7 * size), 1), size - 1)
    np.testing.assert_array_equal(train, divided(labels)[0])


def test_a_changed_file_is_read_again(file: Path):
    data = DataSettings(source="table", table=str(file))
    before, stamp = load_numbers(data), stamp_of_numbers(data)
    file.write_text(TEXT.replace("5,0,z\n", "5,9,z\n", 1))
    os.utime(file, ns=(1, 1))
    assert stamp_of_numbers(data) != stamp
    digests = [set(each.digests((*each.dataset.train, *each.dataset.val))) for each in (before, load_numbers(data))]
    assert len(digests[0] ^ digests[1]) == 2


def test_a_table_that_was_brought_in_is_kept_once_and_stays_its_owners(home: Path):
    first, again = (keep_table(TEXT.encode(), name, "anna") for name in ("C:\\mine\\plants.csv", "other.csv"))
    assert first == again and first.name == "plants.csv"
    assert (kept_tables("anna"), kept_tables("bob"), kept_tables()) == ([first], [], [first])
    data = DataSettings(source="table", table=first.id)
    assert load_numbers(data).dataset.name == name_of(first.id) == "plants.csv"
    assert {path.name for path in home.rglob("*") if path.is_file()} == {"content", "about.json"}
    delete_table(first.id)
    with pytest.raises(UserError, match="not on this computer any more"):
        load_numbers(data)
    assert name_of(first.id) == "a table that is gone"


def test_a_visitor_has_so_many_tables_and_no_more():
    for number in range(MOST_OF_A_VISITOR):
        keep_table(f"a,b\n{number},1\n".encode(), "t.csv", "anna")
    with pytest.raises(UserError, match="20 tables here already"):
        keep_table(b"a,b\n99,1\n", "t.csv", "anna")
    keep_table(b"a,b\n99,1\n", "t.csv", "bob")


def test_on_an_open_server_no_path_of_a_visitors_is_read(file: Path, monkeypatch: pytest.MonkeyPatch):
    table = keep_table(TEXT.encode(), "plants.csv", "anna")
    monkeypatch.setenv("QTL_OPEN", "1")
    with pytest.raises(UserError, match="open to others"):
        load_numbers(DataSettings(source="table", table=str(file)))
    assert load_numbers(DataSettings(source="table", table=table.id)).columns == ("a", "b")


@pytest.mark.parametrize("table", ["", "/no/such/file.csv", "~nobody-here/x.csv", "a\x00b", "table-" + "0" * 24, "."])
def test_a_table_that_is_not_there_is_refused(table: str):
    with pytest.raises(UserError):
        load_numbers(DataSettings(source="table", table=table))


def test_what_of_a_table_is_not_learnt_from_is_said_before_start(tmp_path):
    rows = [f"{n},{n * n},{'' if n == 4 else n % 3},{'xy'[n % 2]}" for n in range(1, 31)]
    file = tmp_path / "rows.csv"
    file.write_text("\n".join(["id,a,b,kind", *rows]), "utf-8")
    said = (
        "Not learnt from: id (it counts the rows).",
        "One row with a missing number is left out: row 4, where b is empty.",
    )
    found = run_inputs_of(DataSettings(source="table", table=str(file)))
    assert found.left_out == left_out_of(found.data) == said
