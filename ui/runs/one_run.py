"""One run: what a person writes on it, what can be done with it, and its result as on the Train page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from qtl_core.compare.charts import history_chart
from qtl_core.compare.sides import sides_of
from qtl_core.runs.store import RunRecord, annotate, cached_run, rename, set_tags, star
from qtl_core.runs.store.records import MOST_TAGS, NAME_LENGTH, NOTE_LENGTH
from qtl_core.runs.view import PreparedRun
from ui.base.errors import as_name, as_plain_text, guarded
from ui.base.wording import cut_name
from ui.results.panel import show_results
from ui.results.published_comparison import published_for
from ui.results.replay import PACES, replay_figure
from ui.runs.deleting import offer_delete
from ui.runs.export_panel import show_take_along
from ui.runs.table import STATES, offer_chart
from ui.session import keys, session
from ui.session.kept_runs import open_kept
from ui.session.run_actions import continue_kept, is_open, shown_run, train_again
from ui.widgets.glossary import help_of


def show_labels(record: RunRecord) -> None:
    """Shows the fields, filled with what is written on the run."""
    named = {kind: keys.run_label_key(kind, record.id) for kind in ("name", "tags", "star", "note")}
    values = {"name": record.name, "tags": list(record.tags), "star": record.starred, "note": record.note}
    for kind, key in named.items():
        st.session_state[key] = values[kind]  # what another page or window wrote is shown as well
    with st.container(horizontal=True, vertical_alignment="bottom", key="run_labels"):
        st.text_input(
            "Name",
            key=named["name"],
            help=f"Up to {NAME_LENGTH} characters; what is longer is cut.",
            placeholder="What you call it",
            on_change=guarded()(_keep_name),
            args=(record.id,),
        )
        st.multiselect(
            "Tags",
            list(record.tags),
            key=named["tags"],
            accept_new_options=True,
            max_selections=MOST_TAGS,
            placeholder="Type a word and press Enter",
            on_change=guarded()(_keep_tags),
            args=(record.id,),
        )
        st.toggle("Star", key=named["star"], on_change=guarded()(_keep_star), args=(record.id,), width="content")
    st.text_area(
        "Note",
        key=named["note"],
        max_chars=NOTE_LENGTH,
        height=90,
        placeholder="What you want to remember of it",
        on_change=guarded()(_keep_note),
        args=(record.id,),
    )


def _keep_name(run_id: str) -> None:
    rename(run_id, cut_name(st.session_state[keys.run_label_key("name", run_id)]))


def _keep_note(run_id: str) -> None:
    annotate(run_id, st.session_state[keys.run_label_key("note", run_id)])


def _keep_tags(run_id: str) -> None:
    set_tags(run_id, st.session_state[keys.run_label_key("tags", run_id)])


def _keep_star(run_id: str) -> None:
    star(run_id, st.session_state[keys.run_label_key("star", run_id)])


TRAIN_PAGE = "pages/train.py"
SAID = {
    "running": "It is being trained just now: what is shown is as far as it had come when this page was loaded.",
    "interrupted": "Its training was broken off, as when the computer was switched off. What was done is kept, and it "
    "can go on as if nothing had happened.",
    "failed": "It could not go on.",
}


def show_one(record: RunRecord, name: str) -> None:
    """Shows a run; `name` is what the list calls it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.subheader(as_name(name), anchor=False, help=help_of("qubit", "epoch", "seed"))
        st.caption(f"{STATES[record.state]} · {record.id}", width="content")
    if record.state in SAID:
        st.info(as_plain_text(" ".join(filter(None, (SAID[record.state], record.failure)))))
    if not session.screen.hides("labels"):
        show_labels(record)
    _show_actions(record)
    view = cached_run(record.id, record.version)
    if view.epochs and not view.prepared.from_elsewhere:  # a head that came in has no history
        _show_curves(record, view, name)
    show_results(view, on_train=False)


def _show_actions(record: RunRecord) -> None:
    busy = is_open(shown_run())
    with st.container(horizontal=True, key="run_actions"):
        if record.state in ("interrupted", "stopped", "paused", "failed") and record.origin != "head":
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


def _show_curves(record: RunRecord, view: PreparedRun, name: str) -> None:
    settings = view.prepared.settings
    st.plotly_chart(
        replay_figure(view, settings, published_for(settings), PACES["At ease"]),
        key="history",
        config={"displayModeBar": False},
        alt="Accuracy and loss by epoch",
    )
    side = sides_of([(record, view)], {record.id: name})[0]
    with st.container(horizontal=True):
        offer_chart("Curves", lambda: history_chart(side), f"curves-{record.id}")
