"""Next steps after a result: another question, the best setting with fresh seeds, files, and deleting."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from qtl_core.studies.answer import Answer
from qtl_core.studies.export import as_csv, as_parquet
from qtl_core.studies.notebook import bundle
from qtl_core.studies.report import report_html
from qtl_core.studies.store import StudyStore
from qtl_core.studies.study_file import file_name, write
from qtl_core.studies.winner import SEEDS
from ui.base.errors import done_here
from ui.runs.table import offer_file
from ui.session import session
from ui.study.kept import offer_delete
from ui.study.mine import may_change
from ui.study.starting import go_on


def show_next_steps(store: StudyStore, answer: Answer | None) -> None:
    """Shows them for a study that is not under way."""
    with st.container(horizontal=True, key="study_next"):
        st.button("Ask another question", icon=":material/help:", key="ask_another", on_click=close_study)
        wanted = [_offer_repeat(store, answer), offer_delete(store)]
    for action in filter(None, wanted):
        done_here(action)
    if answer is not None:
        _offer_files(store)


def _offer_repeat(store: StudyStore, answer: Answer | None) -> Callable[[], None] | None:
    """Shows the button that trains the best setting again; returns what it was pressed for, if it was."""
    if answer is None or not answer.has_best or not may_change(store):
        return None
    pressed = st.button(
        f"Repeat the best with {SEEDS} fresh seeds",
        icon=":material/replay:",
        key="repeat_best",
        help="The best of many is flattered by chance. Fresh seeds take away the luck of seeds, not that of "
        "the pictures that judge it; the settings chosen are trained with the same seeds beside it.",
    )
    return partial(go_on, store.id, repeats_best=True) if pressed else None


def close_study() -> None:
    """Leads back to all questions and studies."""
    session.screen.select(study="")


def _offer_files(store: StudyStore) -> None:
    with st.expander("Take it along", icon=":material/download:", key="study_files"):
        name = f"study-{store.id}"
        st.markdown("To read, to print, and to draw again:")
        with st.container(horizontal=True):
            offer_file("Report as a page", lambda: report_html(store), f"{name}.html", "text/html")
            offer_file("Notebook with its tables", lambda: bundle(store), f"{name}-notebook.zip", "application/zip")
        st.markdown("One line a run, for R, pandas or a spreadsheet:")
        with st.container(horizontal=True):
            offer_file("Runs as CSV", lambda: as_csv(store.plan, store.rows()), f"{name}.csv", "text/csv")
            parquet = "application/vnd.apache.parquet"
            offer_file("Runs as Parquet", lambda: as_parquet(store.plan, store.rows()), f"{name}.parquet", parquet)
        st.markdown("All of it in one file, which opens on any machine with this app and goes on where it was:")
        offer_file("The study", lambda: write(store), file_name(store), "application/zip")
