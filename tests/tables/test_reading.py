"""Tables as people have them are read; what cannot be is refused in words, and what is left out is said."""

from __future__ import annotations

import gzip
import io
import zipfile

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.tables.reading import Table, read_raw, read_table

ROWS = [(5.1, 3.5, "setosa"), (4.9, 3.0, "setosa"), (6.3, 2.5, "virginica"), (5.8, 2.7, "virginica")]
VALUES = np.array([row[:2] for row in ROWS])


def written(separator: str = ",", *, header: bool = True, comma: bool = False, end: str = "\n") -> str:
    """The four rows as text."""
    rows = [[str(length), str(width)] for length, width, _ in ROWS]
    cells = [[cell.replace(".", "," if comma else ".") for cell in row] for row in rows]
    lines = [separator.join((*row, kind)) for row, (_, _, kind) in zip(cells, ROWS, strict=True)]
    return end.join(([separator.join(("length", "width", "kind"))] if header else []) + lines) + end


def table_of(content: bytes | str, **asked: str) -> Table:
    return read_table(read_raw(content if isinstance(content, bytes) else content.encode()), **asked)


def saved(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_headers_and_line_ends(separator: str, header: bool, end: str):
    table = table_of(written(separator, header=header, end=end))
    np.testing.assert_array_equal(table.values, VALUES)
    assert table.classes == ("setosa", "virginica")
    assert table.labels.tolist() == [0, 0, 1, 1]
    assert table.columns == (("length", "width") if header else ("column 1", "column 2"))
    assert table.row_numbers.tolist() == [1, 2, 3, 4]
    assert not table.notes and not table.left_out


@pytest.mark.parametrize("separator", [";", "\t", "|"])
@pytest.mark.parametrize("header", [True, False])
def test_decimal_commas(separator: str, header: bool):
    np.testing.assert_array_equal(table_of(written(separator, header=header, comma=True)).values, VALUES)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(encoding: str):
    text = "größe;breite;art\n" + "\n".join(f"{a};{b};{c}ä" for a, b, c in ROWS)
    table = table_of(text.encode(encoding))
    assert (table.columns, table.classes) == (("größe", "breite"), ("setosaä", "virginicaä"))


def test_quotes_remarks_excels_line_and_blank_lines():
    text = 'sep=;\n\n"a;b";"c"\n1;"x, y"\n\n2;"x, y"\n3;z\n4;z\n'
    table = table_of(text)
    assert (table.columns, table.classes, table.values[:, 0].tolist()) == (("a;b",), ("x, y", "z"), [1, 2, 3, 4])
    assert table_of("# made by us\n" + written()).columns == ("length", "width")


def test_a_label_is_named_or_counted_from_1_or_from_the_last():
    text = "kind,a,b\n1,2,9\n1,3,8\n0,4,7\n0,5,6\n"
    for label in ("kind", "KIND", "1", "-3"):
        table = table_of(text, label=label)
        assert (table.label, table.columns, table.classes) == ("kind", ("a", "b"), ("0", "1"))
    for label in ("sort", "0", "4", "-4", "b,a"):
        with pytest.raises(UserError, match="no column"):
            table_of(text, label=label)


def test_columns_are_chosen_by_name_or_number_and_the_label_is_never_one():
    text = 'a,"b,c",d,kind\n1,2,9,x\n2,3,8,x\n3,4,7,y\n4,5,5,y\n'
    assert table_of(text, columns='"b,c",1').columns == ("b,c", "a")
    assert table_of(text, columns="kind, d").columns == ("d",)
    with pytest.raises(UserError, match="no column 'e'"):
        table_of(text, columns="e")


def test_what_is_left_out_is_said():
    lines = ["id,day,note,same,gaps,a,kind"]
    lines += [f"{n},2024-01-{n:02},good {n},7,{'' if n % 2 else n},{n * n},{'xy'[n % 2]}" for n in range(1, 11)]
    lines[3] = lines[3].replace(",9,", ",?,")  # a missing number
    lines[5] = lines[5][:-1]  # no class
    lines.append("1,2")  # too short
    table = table_of("\n".join(lines))
    assert table.columns == ("a",)
    assert dict(table.left_out) == {
        "id": "it counts the rows",
        "day": "it holds dates or times",
        "note": "it holds text",
        "same": "it is the same in every row",
        "gaps": "50% of its cells hold no number",
    }
    assert table.row_numbers.tolist() == [1, 2, 4, 6, 7, 8, 9, 10]
    assert [note.split(" ")[0] for note in table.notes] == ["1", "One", "One"]
    assert table.notes[-1] == "One row with a missing number is left out: row 3, where a holds “?”."


def test_a_column_that_counts_rows_is_used_where_it_is_asked_for():
    text = "id,a,kind\n" + "".join(f"{n},{n % 3},{'xy'[n % 2]}\n" for n in range(8))
    assert table_of(text).columns == ("a",)
    assert table_of(text, columns="id").columns == ("id",)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["10", "9", "10", "9"], ("9", "10")),
        (["1.0", "0.5", "1.0", "0.5"], ("0.5", "1.0")),
        (["+", "-", "+", "-"], ("+", "-")),
        (["none", "yes", "none", "yes"], ("none", "yes")),
        (["True", "False", "True", "False"], ("False", "True")),
        (["  ant ", "bee", "ant", "bee"], ("ant", "bee")),
        (["", "a", "b", "a"], None),
        (["a", "a", "a", "a"], None),
    ],
)
def test_any_label_values(labels: list[str], classes: tuple[str, ...] | None):
    text = "x,kind\n" + "".join(f"{n * n},{label}\n" for n, label in enumerate(labels))
    if classes is None:
        with pytest.raises(UserError, match="fewer than two classes") if labels[0] else pytest.raises(UserError):
            table_of(text + ("9,a\n" if labels[0] else ""), label="kind")
    else:
        assert table_of(text).classes == classes


def test_a_thousand_classes_are_learnt_and_a_measurement_is_no_label():
    rows = "".join(f"{n},{n % 7},{n % 1000}\n" for n in range(2000))
    assert len(table_of("a,b,kind\n" + rows).classes) == 1000
    with pytest.raises(UserError, match="different values"):
        table_of("a,b\n" + "".join(f"{n % 7},{n / 3:.4f}\n" for n in range(100)))


def test_parquet_says_itself_what_its_cells_are():
    file = io.BytesIO()
    columns = {"a": [1, 2, None, 4, 5], "b": [True, False, True, True, False], "kind": ["x", "y", "x", "y", "x"]}
    pyarrow.parquet.write_table(pyarrow.table(columns), file)
    table = table_of(file.getvalue())
    assert (table.columns, table.classes) == (("a", "b"), ("x", "y"))
    np.testing.assert_array_equal(table.values, [[1, 1], [2, 0], [4, 1], [5, 0]])
    with pytest.raises(UserError, match="cannot be read"):
        table_of(file.getvalue()[:60])


def test_parquets_lists_and_groups_are_not_called_text():
    file, kinds = io.BytesIO(), ["x", "y"] * 3
    columns = {"a": [1, 2, 3, 4, 5, 7], "some": [[n, n] for n in range(6)], "group": [{"u": n} for n in range(6)]}
    pyarrow.parquet.write_table(pyarrow.table({**columns, "word": list("pqrstu"), "kind": kinds}), file)
    table, nested = table_of(file.getvalue()), "its cells are lists or groups of values, not single numbers"
    assert table.columns == ("a",)
    assert dict(table.left_out) == {"some": nested, "group": nested, "word": "it holds text"}
    with pytest.raises(UserError, match=r"The column some names no classes.*lists or groups"):
        table_of(file.getvalue(), label="some")


@pytest.mark.parametrize("name", ["y", "Target", "labels"])
def test_arrays_of_numpy(name: str):
    table = table_of(saved(**{"X": VALUES, name: np.array([0, 0, 1, 1]), "odd": np.zeros(3)}))
    np.testing.assert_array_equal(table.values, VALUES)
    assert (table.columns, table.label, table.classes) == (("X0", "X1"), name, ("0", "1"))
    assert any("odd" in note for note in table.notes)


def test_one_array_has_its_label_in_a_column():
    file = io.BytesIO()
    np.save(file, np.column_stack((VALUES, [0, 0, 1, 1])))
    assert table_of(file.getvalue()).classes == ("0", "1")
    assert table_of(gzip.compress(written().encode())).columns == ("length", "width")


def test_what_could_run_code_or_fill_memory_is_refused():
    with pytest.raises(UserError, match="Python objects"):
        table_of(saved(x=np.array([{}, {}], dtype=object), y=np.array([0, 1])))
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 2)})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("x.npy", header.getvalue())
    with pytest.raises(UserError, match="rows"):
        table_of(file.getvalue())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"# nothing\n", "empty"),
        (b"a\n1\n2\n", "one column"),
        (b"a,kind\n", "no rows"),
        (b"\x00\x01\x02\x03" * 9, "zero bytes"),
        (b"name,kind\nanna,x\nbob,y\nanna,x\nbob,y\n", "No column of numbers"),
        (b"PK\x03\x04 xl/workbook.xml", "workbook"),
        (b"PK\x03\x04 broken", "cannot be read"),
        (b"a,kind\n" + b"1,x\n" * 200_001, "200,001 rows"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(content: bytes, said: str):
    with pytest.raises(UserError, match=said):
        table_of(content)


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_a_table_or_refused(content: bytes):
    try:
        table = table_of(content)
    except UserError:
        return
    assert np.isfinite(table.values).all() and len(table.values) == len(table.labels) == len(table.row_numbers)


@given(st.text(alphabet='0123456789.,;\t|-ab"\n xé?', max_size=300))
def test_whatever_text_comes_it_is_a_table_or_refused(content: str):
    try:
        table = table_of(content)
    except UserError:
        return
    assert np.isfinite(table.values).all() and 2 <= len(table.classes) <= len(table.labels)
