"""A table to learn from: a file brought in, or one named by its path; its label and its columns chosen."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.common.moments import moment
from qtl_core.tables.catalogue import raw_table
from qtl_core.tables.kept import KeptTable, delete_table, is_kept, keep_table, kept_tables
from qtl_core.tables.raw import MOST_BYTES, RawTable
from qtl_core.tables.reading import find_label
from qtl_core.tables.usual_training import following
from ui.base.errors import as_plain_text, guarded, show_user_error
from ui.base.trust import is_closed_to_paths
from ui.session import keys, session
from ui.session.visitor import owner
from ui.widgets.settings_controls import labelled, show_field

KINDS = ("csv", "tsv", "txt", "data", "parquet", "npz", "npy", "gz")
LARGEST_MB = 64
MOST_OFFERED = 300  # columns in a list; of more, those learnt from are typed


def show_table_choice() -> None:
    """Shows how to bring a table in, which one is learnt from, and what of it."""
    _show_upload()
    _show_kept(kept_tables(owner() if is_closed_to_paths() else None))
    if not is_closed_to_paths() and not is_kept(session.screen.settings.data.table):  # that one has its name above
        show_field("table")
    if not session.screen.settings.data.table:
        return
    try:
        raw = raw_table(session.screen.settings.data.table)
    except UserError:
        return  # said where the run's inputs are
    _show_label(raw)
    _show_columns(raw)


def _show_upload() -> None:
    st.file_uploader(
        "Bring in a table: CSV, TSV, Parquet, .npz or .npy, with a column that says the class",
        type=list(KINDS),
        max_upload_size=min(LARGEST_MB, MOST_BYTES // 1_000_000),
        key=keys.TABLE_FILE,
        on_change=guarded()(_take_upload),
    )
    if words := st.session_state.pop(keys.TABLE_REFUSED, None):
        show_user_error(UserError(*words))


def _take_upload() -> None:
    upload = st.session_state.get(keys.TABLE_FILE)
    if upload is None:
        return
    try:
        choose_table(kept_and_readable(upload.getvalue(), upload.name, owner()).id)
    except UserError as error:
        st.session_state[keys.TABLE_REFUSED] = error.what, error.why, error.do


def kept_and_readable(content: bytes, name: str, whose: str) -> KeptTable:
    """Keeps a table that can be read.

    Raises:
        UserError: It cannot be read, and is not kept; or as `keep_table` does.
    """
    table = keep_table(content, name, whose)
    try:
        raw_table(table.id)
    except UserError:
        delete_table(table.id)
        raise
    return table


def choose_table(table: str) -> None:
    """Chooses a table as it is usually learnt: its last column the class, all others, standardised."""
    settings = session.screen.settings
    wanted = settings.changed(source="table", table=table, label="-1", columns="", standardise=True)
    session.screen.choose_settings(following(settings, wanted))


def _show_kept(tables: list[KeptTable]) -> None:
    if not tables:
        return
    named = told_apart(tables)
    chosen = session.screen.settings.data.table
    options = ["", *named]
    key = keys.TABLE_KEPT
    now = chosen if chosen in named else ""
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            "Tables brought in",
            options,
            options.index(now),
            format_func=lambda each: as_plain_text(named.get(each, "None of these")),
            key=key,
            on_change=_take_kept,
        )
        if now:
            st.button("Remove", icon=":material/delete:", on_click=guarded()(_remove), args=(now,))


def told_apart(tables: Sequence[KeptTable]) -> dict[str, str]:
    """Returns what each table is called in a list, by its identifier: no two the same, or a list would mix them up."""
    plain = {table.id: f"{table.name} ({kilobytes(table.size)})" for table in tables}
    times = Counter(plain.values())
    named: dict[str, str] = {}
    for table in sorted(tables, key=lambda each: each.brought):
        words = plain[table.id]
        if times[words] > 1:
            words = f"{table.name} ({kilobytes(table.size)}, {moment(table.brought):%d %b %Y, %H:%M:%S})"
        again = sum(each.startswith(words) for each in named.values())
        named[table.id] = f"{words} · {again + 1}" if again else words
    return {table.id: named[table.id] for table in tables}


def kilobytes(size: int) -> str:
    """Returns a size in words: of a small table, its kilobytes."""
    return f"{size / 1e3:.1f} KB" if size < 1e6 else f"{size / 1e6:.1f} MB"


def _take_kept() -> None:
    if table := st.session_state[keys.TABLE_KEPT]:
        choose_table(table)
    else:
        session.screen.choose("table", "")


def _remove(table: str) -> None:
    delete_table(table)
    session.screen.choose("table", "")


def _show_label(raw: RawTable) -> None:
    try:
        now = raw.names[find_label(raw, session.screen.settings.data.label)]
    except UserError:
        now = None
    key = keys.TABLE_LABEL
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.selectbox(
        labelled("Label column", "The column that says the class of each row."),
        raw.names,
        None if now is None else raw.names.index(now),
        key=key,
        on_change=lambda: session.screen.choose("label", st.session_state[key] or "-1"),
    )


def _show_columns(raw: RawTable) -> None:
    if len(raw.names) > MOST_OFFERED:
        show_field("columns")
        return
    now = _chosen(raw)
    key = keys.TABLE_COLUMNS
    if st.session_state.get(key) != now:
        st.session_state[key] = now
    st.multiselect(
        labelled("Columns", "Those that are learnt from; empty for all that hold numbers."),
        raw.names,
        now,
        key=key,
        placeholder="All",
        on_change=lambda: session.screen.choose("columns", _written(st.session_state[key])),
    )


def _chosen(raw: RawTable) -> list[str]:
    said = session.screen.settings.data.columns
    named = next(csv.reader([said], skipinitialspace=True)) if said.strip() else []
    return [name for name in named if name in raw.names]


def _written(names: list[str]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(names)
    return text.getvalue().strip() if names else ""
