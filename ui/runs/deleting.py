"""Deleting, which can be taken back: at once, or later from the list of what was deleted."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.common.moments import moment
from qtl_core.compare.names import names_of
from qtl_core.runs.store import RunRecord, delete, list_runs, purge, undelete
from qtl_core.runs.store.editing import KEPT_DAYS
from ui.base.errors import guarded
from ui.base.wording import megabytes
from ui.session import keys, session

MOST_SHOWN = 200  # of the deleted runs, the last ones


def offer_delete(records: Sequence[RunRecord]) -> None:
    """Shows the button that deletes these runs, unless the page is a lesson's."""
    if session.screen.hides("delete"):
        return
    words = "Delete" if len(records) == 1 else f"Delete these {len(records)}"
    st.button(
        words,
        icon=":material/delete:",
        key="delete_runs",
        on_click=guarded()(_delete),
        args=([record.id for record in records],),
        help=f"Takes them off the list. For {KEPT_DAYS} days they can be brought back.",
    )


def show_just_deleted() -> None:
    """Offers to take the last deletion back."""
    run_ids = session.runs.just_deleted
    if run_ids:
        with st.container(horizontal=True, vertical_alignment="center", key="just_deleted"):
            st.markdown(
                "1 run was deleted." if len(run_ids) == 1 else f"{len(run_ids)} runs were deleted.", width="content"
            )
            st.button("Undo", icon=":material/undo:", on_click=guarded()(_bring_back), args=(run_ids,))


def show_deleted() -> None:
    """Lists what was deleted, to be brought back or removed for good."""
    records = sorted(list_runs(deleted=True), key=lambda record: record.deleted or 0.0, reverse=True)
    if not records:
        return
    count = "1 deleted run" if len(records) == 1 else f"{len(records):,} deleted runs"
    with st.expander(count, icon=":material/delete:", key="deleted_runs"):
        st.markdown(
            f"They take {megabytes(sum(record.size for record in records))}, and are removed for good "
            f"{KEPT_DAYS} days after they were deleted."
        )
        shown, names = records[:MOST_SHOWN], names_of(records)
        event = st.dataframe(
            [_row(record, names[record.id]) for record in shown],
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key=session.runs.table_key(["deleted", *(record.id for record in shown)]),
            alt="Deleted runs",
            height=min(300, 35 * len(shown) + 38),
        )
        ticked = [shown[row].id for row in event.selection.rows if row < len(shown)]
        _show_choices(ticked, [record.id for record in records])


def _show_choices(ticked: list[str], everything: list[str]) -> None:
    which = ticked or everything
    words = "all" if not ticked else "the ticked one" if len(ticked) == 1 else f"the {len(ticked)} ticked"
    with st.container(horizontal=True):
        st.button(f"Bring {words} back", icon=":material/undo:", on_click=guarded()(_bring_back), args=(which,))
        with st.popover(f"Remove {words} for good", icon=":material/delete_forever:"):
            count = "this run" if len(which) == 1 else f"these {len(which):,} runs"
            st.markdown(f"Nothing brings {count} back afterwards.")
            st.button(
                f"Yes, remove {count} for good",
                type="primary",
                key=keys.RUNS_FORGET,
                on_click=guarded()(_purge),
                args=(which,),
            )


def _row(record: RunRecord, name: str) -> dict[str, object]:
    right = f"{record.right} of {record.val_size}" if record.right is not None and record.val_size else ""
    deleted = moment(record.deleted or 0.0)
    return {"Name": name, "Deleted": deleted, "Right": right, "Size": megabytes(record.size)}


def _delete(run_ids: list[str]) -> None:
    delete(run_ids)
    session.runs.just_deleted = tuple(run_ids)
    session.runs.select([run_id for run_id in session.runs.chosen if run_id not in run_ids])


def _bring_back(run_ids: Sequence[str]) -> None:
    undelete(run_ids)
    session.runs.just_deleted = ()


def _purge(run_ids: Sequence[str]) -> None:
    purge(run_ids)
    session.runs.just_deleted = ()
