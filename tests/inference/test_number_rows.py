"""Rows in tables as people bring them: found by the run's names, in order only without names, else refused in words."""

from __future__ import annotations

import io

import numpy as np
import pytest

from qtl_core.common.errors import UserError
from qtl_core.inference.number_rows import order_words, rows_of
from qtl_core.tables.reading import read_raw

NAMES = ("length", "width")


def npz(**arrays: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


PLANE, COLUMN = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, 3])


@pytest.mark.parametrize(
    ("content", "in_order"),
    [
        (b"length,width\n1,2\n3,4\n", False),
        (b"width;kind;Length\n2;a;1\n4;b;3\n", False),
        (b"1,2\n3,4\n", True),
        (npz(rows=PLANE), True),
        (npz(rows=PLANE, label=np.array([0, 1])), True),
        (npz(width=COLUMN + 1, length=COLUMN), False),
    ],
)
def test_columns_are_found_by_name_and_without_names_in_order(content: bytes, in_order: bool):
    raw = read_raw(content)
    np.testing.assert_array_equal(rows_of(raw, NAMES), PLANE)
    assert bool(order_words(raw, NAMES)) == in_order


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,2\n3,4\n", "no columns length, width here, only a, b"),
        (b"length,b\n1,2\n3,4\n", "no column width here, only length, b"),
        (b"Length,LENGTH,width\n1,2,3\n", "no column length here"),
        (b"1,2,3\n3,4,5\n", "3 columns without names, and the run reads 2"),
        (npz(a=COLUMN, b=COLUMN), "only a, b"),
    ],
)
def test_other_columns_are_refused_with_what_is_missing_and_what_is_there(content: bytes, words: str):
    with pytest.raises(UserError) as refused:
        rows_of(read_raw(content), NAMES)
    assert words in refused.value.what
    assert "length, width" in refused.value.why
    assert refused.value.do


def test_a_run_of_a_table_without_names_reads_places():
    raw = read_raw(b"a,7,1\nb,8,2\nc,9,3\n")
    np.testing.assert_array_equal(rows_of(raw, ("column 2", "column 3")), [[7, 1], [8, 2], [9, 3]])
    np.testing.assert_array_equal(rows_of(read_raw(b"7,1\n8,2\n"), ("column 2", "column 3")), [[7, 1], [8, 2]])
