"""The data set on screen: its classes side by side, or all pictures of one of them; beside them what is learnt."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.creating import mark_used
from qtl_core.pictures.datasets.records import ClassRecord, DatasetRecord
from ui.base.errors import show_user_error
from ui.data.auto_training import learnt_run
from ui.data.class_balance import show_class_balance
from ui.data.class_cards import show_class_cards
from ui.data.dropped_archive import show_dropped_archive
from ui.data.findings_panel import show_findings
from ui.data.gallery import show_class_pictures
from ui.data.learning import show_learning
from ui.data.live_answer import show_live_answer
from ui.data.own_sets import may_change, opened_set
from ui.data.set_header import show_set_header, show_way_back
from ui.data.split_panel import show_split
from ui.session import session


def show_editor() -> None:
    """Shows the set that the settings name; one that is not there is said, with the way back."""
    try:
        record = opened_set()
    except UserError as error:
        show_user_error(error)
        show_way_back()
        return
    if record is None:
        return
    mark_used(record.id)
    session.workshop.bench(record.id).note(record.revision)
    show_set_header(record, may_change(record))
    classes, learning = st.columns([7, 4], gap="large")
    with classes:
        if may_change(record):
            show_dropped_archive(record)
        _show_classes(record)
    with learning, st.container(key="learning_side"):
        show_learning(record, may_change(record))
        run = learnt_run(record)
        show_live_answer(record, run.id if run else "")


def _show_classes(record: DatasetRecord) -> None:
    klass = _looked_through(record)
    if klass is not None:
        show_class_pictures(record, klass, may_change(record))
        return
    show_class_cards(record, may_change(record))
    show_split(record, may_change(record))
    if record.count:
        st.subheader("Counts, and what would spoil the result", anchor=False)
        show_class_balance(record)
        show_findings(record, may_change(record))


def _looked_through(record: DatasetRecord) -> ClassRecord | None:
    where = session.workshop.looked_through
    if where is None or where[0] != record.id:
        return None
    return next((klass for klass in record.classes if klass.id == where[1]), None)
