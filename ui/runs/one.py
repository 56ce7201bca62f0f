"""One run: what a person writes on it, what can be done with it, and its result as on the Train page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from qtl_core.comparing import sides_of, title_of
from qtl_core.comparing.charts import history_chart
from qtl_core.store import RunRecord, cached_run
from qtl_core.training.view import RunView
from ui.comparison import published_for
from ui.errors import as_plain_text
from ui.kept import open_kept
from ui.replay import PACES, replay_figure
from ui.results import show_results
from ui.run_actions import continue_kept, is_open, shown_run, train_again
from ui.runs.deleting import offer_delete
from ui.runs.files import offer_chart
from ui.runs.filters import STATES
from ui.runs.labels import show_labels
from ui.runs_in_out import show_take_along
from ui.session import session

TRAIN_PAGE = "pages/train.py"
SAID = {
    "running": "It is being trained just now: what is shown is as far as it had come when this page was loaded.",
    "interrupted": "Its training was broken off, as when the computer was switched off. What was done is kept, and it "
    "can go on as if nothing had happened.",
    "failed": "It could not go on.",
}


def show_one(record: RunRecord) -> None:
    """Shows a run."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(as_plain_text(title_of(record)), anchor=False)
        st.caption(f"{STATES[record.state]} · {record.id}", width="content")
    if record.state in SAID:
        st.info(as_plain_text(" ".join(filter(None, (SAID[record.state], record.failure)))))
    show_labels(record)
    _show_actions(record)
    view = cached_run(record.id, record.version)
    if view.epochs and not view.prepared.from_elsewhere:  # a head that came in has no history
        _show_curves(record, view)
    show_results(view)


def _show_actions(record: RunRecord) -> None:
    busy = is_open(shown_run())
    with st.container(horizontal=True, key="run_actions"):
        if record.state in ("interrupted", "stopped", "failed") and record.origin != "head":
            _offer(
                "Continue to its end",
                ":material/resume:",
                continue_kept,
                record,
                busy,
                "Goes on from its last kept epoch, and ends as if it had never been broken off.",
            )
        if record.origin != "head":
            _offer(
                "Train again with exactly this",
                ":material/replay:",
                train_again,
                record,
                busy,
                "The same settings and seed from the beginning; then says whether the numbers are equal.",
            )
        _offer(
            "Open on Train",
            ":material/open_in_new:",
            open_kept,
            record,
            busy,
            "Puts it and its settings on the Train, Predict and Circuit pages; Share there gives a link to it.",
        )
        offer_delete([record])
    if busy:
        st.caption("A run of yours is under way on the Train page: another begins once it is over or stopped.")
    _show_take_along(record)


def _offer(words: str, icon: str, act: Callable[[str], None], record: RunRecord, busy: bool, help: str) -> None:
    if st.button(words, icon=icon, disabled=busy, help=help) and not session.training.is_double_click:
        act(record.id)
        st.switch_page(TRAIN_PAGE)


def _show_take_along(record: RunRecord) -> None:
    with st.expander("Take it along", icon=":material/download:", key="take_along"):
        show_take_along(record)


def _show_curves(record: RunRecord, view: RunView) -> None:
    settings = view.prepared.settings
    st.plotly_chart(
        replay_figure(view, settings, published_for(settings), PACES["At ease"]),
        key="history",
        config={"displayModeBar": False},
        alt="Accuracy and loss by epoch",
    )
    side = sides_of([(record, view)])[0]
    with st.container(horizontal=True):
        offer_chart("Curves", lambda: history_chart(side), f"curves-{record.id}")
