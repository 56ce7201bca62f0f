"""The body of the Runs page: find runs, open one, compare several, delete and bring back."""

from __future__ import annotations

import streamlit as st

from qtl_core.compare.listing import listed
from qtl_core.compare.names import names_of
from qtl_core.compare.sides import MAX_RUNS
from qtl_core.runs.store import RunRecord, list_runs
from ui.base.assets import stylesheet
from ui.runs.compare import show_comparison
from ui.runs.deleting import offer_delete, show_deleted, show_just_deleted
from ui.runs.import_field import show_import
from ui.runs.one_run import show_one
from ui.runs.table import choose_filter, choose_runs, in_the_table, offer_table_files, show_storage
from ui.session import session
from ui.widgets.kept_here import are_runs_kept, show_not_kept
from ui.widgets.study_link import show_study_link

NONE = "There is no kept run."
NONE_YET = "No run is kept yet. Press **Start** on the Train page: every run is kept here, also one that was stopped."


def show_runs_page() -> None:
    """Shows all of the page below its title."""
    st.html(stylesheet(__file__))
    show_not_kept()
    if not session.screen.hides("delete"):
        show_just_deleted()
    _show_imports()
    records = list_runs()
    if records:
        names = names_of(records)
        chosen, opened = _choose(records, names)
        if opened is None:
            _show_chosen(chosen, names)
        else:
            _show_opened(opened, chosen, names)
    else:
        st.info(NONE_YET if are_runs_kept() else NONE)
    if not session.screen.hides("delete"):
        show_deleted()
    session.screen.write_link()


def _show_imports() -> None:
    """The field for files; a run that comes in is ticked, once, and so is the one that a link opens."""
    imported = ""
    if not session.screen.hides("bring_in"):
        with st.expander("Bring in a run or a head", icon=":material/upload:", key="bring_in"):
            imported = show_import()
    for run_id in (imported, session.screen.kept_run or ""):
        if session.runs.is_new(run_id):
            session.runs.select([run_id])


def _choose(records: list[RunRecord], names: dict[str, str]) -> tuple[list[RunRecord], RunRecord | None]:
    with st.container(key="runs_list"):
        wanted, order = choose_filter(records)
        shown = listed(records, wanted, order, names)
        show_storage(len(shown), len(records))  # here, because the table's own buttons come up above its corner
        chosen, opened = choose_runs(records, in_the_table(shown), names)
        with st.container(horizontal=True, vertical_alignment="center"):
            offer_table_files(shown)
            show_study_link()
    return chosen, opened


def _show_opened(record: RunRecord, chosen: list[RunRecord], names: dict[str, str]) -> None:
    others = [each for each in chosen if each is not record]
    if others:
        words = "Back to the ticked run" if len(chosen) == 1 else f"Back to the {len(chosen)} ticked runs"
        st.button(words, icon=":material/arrow_back:", key="close_opened", on_click=session.runs.close, type="tertiary")
    show_one(record, names[record.id])


def _show_chosen(chosen: list[RunRecord], names: dict[str, str]) -> None:
    if len(chosen) == 1:
        show_one(chosen[0], names[chosen[0].id])
        return
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="bottom", key="chosen_head"):
        st.subheader(f"{len(chosen)} runs side by side", anchor=False)
        offer_delete(chosen)
    if len(chosen) > MAX_RUNS:
        st.info(f"Up to {MAX_RUNS} runs can be told apart in one chart: tick fewer to compare them.")
        return
    show_comparison(chosen, names)
