"""Tables brought in: one that cannot be read is not kept, and two of one name are told apart."""

from __future__ import annotations

import pytest

from qtl_core.common.errors import UserError
from qtl_core.tables.kept import KeptTable, kept_tables
from ui.train.table_choice import kept_and_readable, told_apart


@pytest.mark.parametrize("content", [b"", b"\x00\x01" * 99])
def test_a_table_that_cannot_be_read_is_not_kept(own_home, content):
    with pytest.raises(UserError):
        kept_and_readable(content, "rows.csv", "")
    assert kept_tables() == []
    assert kept_and_readable(b"a,kind\n1,x\n2,y\n", "rows.csv", "").id == kept_tables()[0].id


def test_two_tables_of_one_name_and_size_are_told_apart():
    """As of a file that was mended and brought in again; a list whose words are equal would give the first of them."""
    brought = {"a": 100_000.0, "b": 200_000.0, "c": 200_000.0}
    tables = [KeptTable(key, "rows.csv", 4_500, "", when) for key, when in brought.items()]
    named = told_apart([*tables, KeptTable("large", "rows.csv", 2_000_000)])
    assert len(set(named.values())) == 4
    assert named["large"] == "rows.csv (2.0 MB)"
    assert named["a"].startswith("rows.csv (4.5 KB, 02 Jan 1970")
