"""The body of the Runs page: find runs, open one, compare several, delete and bring back."""

from __future__ import annotations

import streamlit as st

from qtl_core.compare.listing import listed
from qtl_core.compare.sides import MAX_RUNS
from qtl_core.runs.store import RunRecord, list_runs
from ui.base.assets import stylesheet
from ui.runs.compare import show_comparison
from ui.runs.deleting import offer_delete, show_deleted, show_just_deleted
from ui.runs.import_field import show_import
from ui.runs.one_run import show_one
from ui.runs.table import choose_filter, choose_runs, in_the_table, offer_table_files, show_storage
from ui.session import session

NONE_YET = "No run is kept yet. Press **Start** on the Train page: every run is kept here, also one that was stopped."


def show_runs_page() -> None:
    """Shows all of the page below its title."""
    st.html(stylesheet(__file__))
    show_just_deleted()
    _show_imports()
    records = list_runs()
    if records:
        chosen = _choose(records)
        _show_chosen(chosen)
    else:
        st.info(NONE_YET)
    show_deleted()
    session.screen.write_link()


def _show_imports() -> None:
    """The field for files; a run that comes in is ticked, once, and so is the one that a link opens."""
    with st.expander("Bring in a run or a head", icon=":material/upload:", key="bring_in"):
        imported = show_import()
    for run_id in (imported, session.screen.kept_run or ""):
        if session.runs.is_new(run_id):
            session.runs.select([run_id])


def _choose(records: list[RunRecord]) -> list[RunRecord]:
    with st.container(key="runs_list"):
        wanted, order = choose_filter(records)
        shown = listed(records, wanted, order)
        show_storage(len(shown), len(records))  # here, because the table's own buttons come up above its corner
        chosen = choose_runs(records, in_the_table(shown))
        with st.container(horizontal=True):
            offer_table_files(shown)
    return chosen


def _show_chosen(chosen: list[RunRecord]) -> None:
    if len(chosen) == 1:
        show_one(chosen[0])
        return
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="chosen_head"):
        st.subheader(f"{len(chosen)} runs side by side", anchor=False)
        offer_delete(chosen)
    if len(chosen) > MAX_RUNS:
        st.info(f"Up to {MAX_RUNS} runs can be told apart in one chart: tick fewer to compare them.")
        return
    show_comparison(chosen)
