"""The table of runs in which they are ticked: what is searched, filtered and ordered by, and files of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from qtl_core.common.moments import moment
from qtl_core.compare.files import interval_of, run_rows, runs_json
from qtl_core.compare.listing import ORDERS, Filter, accuracy_of, ansatz_of, choices_of, data_of
from qtl_core.compare.sides import value_in_words
from qtl_core.drawing.charts.chart import Chart
from qtl_core.drawing.charts.painters import chart_png, chart_svg
from qtl_core.evaluation.metrics import percent
from qtl_core.export.tables import to_csv
from qtl_core.runs.store import RunRecord, storage
from ui.base.wording import megabytes
from ui.session import keys, session
from ui.widgets.glossary import help_of


def offer_chart(title: str, make: Callable[[], Chart], name: str) -> None:
    """Offers a chart as SVG and as PNG."""
    offer_file(f"{title} as SVG", lambda: chart_svg(make()), f"{name}.svg", "image/svg+xml")
    offer_file(f"{title} as PNG", lambda: chart_png(make()), f"{name}.png", "image/png")


def offer_file(title: str, write: Callable[[], str | bytes], file: str, mime: str) -> None:
    """Offers one file."""
    st.download_button(
        title,
        write,
        file_name=file,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=f"offer_{file}",
        type="tertiary",
    )


STATES = {
    "running": "in training",
    "interrupted": "interrupted",
    "finished": "finished",
    "stopped": "stopped",
    "paused": "paused",
    "failed": "failed",
}
LONGEST_SEARCH = 200  # characters
_KEYS = {
    "states": (keys.RUNS_STATES, "State"),
    "data": (keys.RUNS_DATA, "Data"),
    "backbones": (keys.RUNS_BACKBONES, "Image network"),
    "tags": (keys.RUNS_TAGS, "Tags"),
}


def choose_filter(records: Sequence[RunRecord]) -> tuple[Filter, str]:
    """Shows the search field, the filters and the order; returns what they say."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="runs_filters"):
        words = st.text_input(
            "Search",
            key=keys.RUNS_SEARCH,
            placeholder="name, note, tag, ring, 6, …",
            persist_state="session",
            max_chars=LONGEST_SEARCH,
            help="Finds runs in which all these words occur: in name, note, tags, data, network or settings.",
        )
        order = st.selectbox(
            "Order",
            list(ORDERS),
            key=keys.RUNS_ORDER,
            persist_state="session",
            width=220,
            help="The order of the table; a click on the head of a column sorts it as well.\n\n" + help_of("accuracy"),
        )
        with st.popover("Filter", icon=":material/filter_list:"):
            few, starred = _choose_few(records), _choose_starred()
    return Filter(words=words or "", starred=starred, **few), order


def _choose_few(records: Sequence[RunRecord]) -> dict[str, tuple[str, ...]]:
    choices = choices_of(records)
    return {name: _some(*_KEYS[name], choices[name], name == "states") for name in _KEYS}


def _some(key: str, label: str, options: list[str], of_states: bool) -> tuple[str, ...]:
    known = [option for option in st.session_state.get(key) or () if option in options]
    if known != list(st.session_state.get(key) or ()):
        st.session_state[key] = known  # the last run with one of them is gone
    words: Callable[[str], str] = STATES.__getitem__ if of_states else str
    return tuple(st.multiselect(label, options, key=key, format_func=words, persist_state="session", placeholder="All"))


def _choose_starred() -> bool:
    return st.toggle("Only those with a star", key=keys.RUNS_STARRED, persist_state="session")


FIRST = 500  # runs in the table until all are asked for: a browser takes a second for thousands of rows
HEIGHT = 420  # pixels: eleven rows, so that what is ticked is in sight below
NUMBER = st.column_config.NumberColumn
ONE_LINE, TWO_LINES = 35, 66  # pixels; Streamlit wraps cells in rows of more than 4rem
LETTERS = 42  # of a name on one line of its column
COLUMNS: dict[str, Any] = {
    "Name": st.column_config.TextColumn(
        width=246, help="What you called it; or its pictures, what is not as usual, and what tells it from others."
    ),
    "Accuracy": NUMBER(format="%.1f%%", help="Best validation accuracy.", width=76),  # with the name a phone's width
    "★": st.column_config.TextColumn(width=40, help="Runs that were marked with a star."),
    "Between": st.column_config.TextColumn(help="The 95% interval: how far off so few pictures may be.", width=125),
    "Right": st.column_config.TextColumn(help="Validation pictures right at its best epoch.", width=95),
    "Loss": NUMBER(format="%.3f", help="Validation loss at its best epoch.", width=65),
    "Time": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", help="When it was begun.", width=150),
    "State": st.column_config.TextColumn(width=95),
    "Data": st.column_config.TextColumn(width=160),
    "Image network": st.column_config.TextColumn(width=140),
    "Head": st.column_config.TextColumn(help="What turns features into classes, and learns.", width=140),
    "Qubits": NUMBER(help="Of a circuit; a head without one has none.", width=65),
    "Depth": NUMBER(help="Layers of a circuit; a head without one has none.", width=60),
    "Ansatz": st.column_config.TextColumn(help="Which qubits are tied together, and which turn is trained.", width=110),
    "Learning rate": NUMBER(format="%g", width=100),
    "Epochs": st.column_config.TextColumn(help="Epochs done, and wanted where they are not all done.", width=75),
    "Duration": st.column_config.NumberColumn(format="%.2f s", help="Time of training.", width=85),
    "Tags": st.column_config.ListColumn(width=140),
    "Note": st.column_config.TextColumn(width=220),
    "Size": st.column_config.NumberColumn(format="bytes", help="On disk.", width=75),
}


def choose_runs(
    records: Sequence[RunRecord], shown: Sequence[RunRecord], names: Mapping[str, str]
) -> tuple[list[RunRecord], RunRecord | None]:
    """Shows the table.

    Args:
        records: All runs.
        shown: Those in the table.
        names: What each is called.

    Returns:
        The ticked runs, also those that a filter hides just now; and the one whose row was clicked, if that came last.
    """
    known, ids = {record.id: record for record in records}, [record.id for record in shown]
    before = [run_id for run_id in session.runs.chosen if run_id in known]
    ticked = _table(shown, ids, before, names) if shown else []
    if not shown:
        st.info("No run is like that. Search for something else, or take filters away.")
    here = set(ids)
    chosen = [run_id for run_id in before if run_id not in here or run_id in ticked]
    chosen += [run_id for run_id in ticked if run_id not in chosen]
    session.runs.chosen = tuple(chosen)
    if session.runs.opened not in known:
        session.runs.close()  # it was deleted meanwhile
    _show_hidden(sum(run_id not in here for run_id in chosen))
    return [known[run_id] for run_id in chosen], known.get(session.runs.opened)


def in_the_table(shown: Sequence[RunRecord]) -> Sequence[RunRecord]:
    """Returns the first of many runs, with a switch for all of them."""
    if len(shown) <= FIRST:
        return shown
    everything = st.toggle(
        f"All {len(shown):,} in one table",
        key=keys.RUNS_ALL,
        persist_state="session",
        help=f"The first {FIRST} in this order are in the table; searching and the files below take in all of them.",
    )
    if not everything:
        st.caption(f"The table holds the first {FIRST} in this order.")
    return shown if everything else shown[:FIRST]


def show_storage(shown: int, count: int) -> None:
    """Says how many runs there are and what they take."""
    found = storage()
    some = f"{shown:,} of {count:,} runs" if shown != count else "1 run" if count == 1 else f"{count:,} runs"
    deleted = f", deleted ones {megabytes(found.deleted_bytes)}" if found.deleted_bytes else ""
    free = f"{found.free_bytes / 1e9:,.1f} GB"
    st.caption(f"{some}. All take {megabytes(found.bytes)} of the disk{deleted}; {free} are free.", width="stretch")


def offer_table_files(shown: Sequence[RunRecord]) -> None:
    """Offers what the table shows as files, which are made when they are asked for."""
    if not shown:
        return
    offer_file("Table as CSV", lambda: to_csv(run_rows(shown)), "runs.csv", "text/csv")
    offer_file("Table as JSON", lambda: runs_json(shown), "runs.json", "application/json")


def table_of(records: Sequence[RunRecord], names: Mapping[str, str]) -> pd.DataFrame:
    """Returns runs as the table shows them; a name is a cell of text, which no browser reads as anything else."""
    return pd.DataFrame([_row(record, names[record.id]) for record in records], columns=list(COLUMNS))


def row_height_for(names: Iterable[str]) -> int:
    """Returns the height of a row, pixels: that of two lines where a name does not fit on one."""
    return TWO_LINES if max(map(len, names)) > LETTERS else ONE_LINE


def _table(shown: Sequence[RunRecord], ids: list[str], chosen: list[str], names: Mapping[str, str]) -> list[str]:
    places = {run_id: row for row, run_id in enumerate(ids)}
    rows = [places[run_id] for run_id in chosen if run_id in places]
    key, row_height = session.runs.table_key(ids), row_height_for(names[run_id] for run_id in ids)
    event = st.dataframe(
        table_of(shown, names),
        key=key,
        hide_index=True,
        height=min(HEIGHT, row_height * len(ids) + 38),
        row_height=row_height,
        column_config=COLUMNS,
        on_select="rerun",
        selection_mode=["multi-row", "single-cell"],
        selection_default={"selection": {"rows": rows}},
        placeholder="",
        alt="All kept runs; click one to open it, tick several to compare them; by keyboard Enter opens, Shift and "
        "Space tick",
    )
    ticked = [ids[row] for row in event.selection.rows if row < len(ids)]
    cells = [row for row, _ in event.selection.get("cells", ()) if row < len(ids)]
    session.runs.note_click((key, cells[0]) if cells else None, ids[cells[0]] if cells else "", ticked)
    return ticked


def _show_hidden(count: int) -> None:
    if count:
        with st.container(horizontal=True, vertical_alignment="center"):
            runs = "1 ticked run is" if count == 1 else f"{count} ticked runs are"
            st.caption(f"{runs} not among those shown.", width="content")
            st.button("Tick none", on_click=session.runs.select, args=((),), type="tertiary")


def _row(record: RunRecord, name: str) -> tuple[Any, ...]:
    settings, interval, accuracy = record.settings, interval_of(record), accuracy_of(record)
    wanted = settings.training.epochs
    measured, is_told = interval is not None, record.train_size > 0  # of a head from elsewhere, no training is known
    circuit = settings.circuit if settings.model.spec.has_circuit else None
    done = str(record.epochs) if record.epochs == wanted else f"{record.epochs} of {wanted}"
    return (
        name,
        None if accuracy is None else 100 * accuracy,
        "★" if record.starred else "",
        f"{percent(interval[0])} – {percent(interval[1])}" if interval else "",
        f"{record.right} of {record.val_size}" if measured else "",
        record.best_val_loss if measured else None,
        moment(record.created),
        STATES[record.state],
        data_of(record),
        record.backbone_title,
        value_in_words("head", settings.model.head).split(" (")[0],
        circuit and circuit.qubits,
        circuit and circuit.depth,
        ansatz_of(record) if circuit else "",
        settings.training.learning_rate if is_told else None,
        done if is_told else "",
        record.seconds if is_told else None,
        list(record.tags),
        record.note.split("\n")[0][:200],
        record.size,
    )
