"""The list of kept studies: name, when, how many runs, what came out; and deleting, which can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from qtl_core.common.moments import moment
from qtl_core.studies.answer import SENTENCE
from qtl_core.studies.jobs import OVER
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.store import DELETED_DAYS, StudyStore, StudySummary, delete_study, restore_study
from ui.base.errors import as_name, guarded
from ui.session import session
from ui.study.mine import may_change, my_studies
from ui.study.planned import COUNTED_HERE
from ui.study.starting import is_trained_here

HEIGHT = 320
KEPT_COUNTS = 500


def show_kept() -> None:
    """Shows the list; a click on a row opens the study."""
    found = my_studies()
    if not found:
        return
    st.subheader("Your studies" if len(found) > 1 else "Your study", anchor=False)
    event = st.dataframe(
        [_row(each) for each in found],
        hide_index=True,
        on_select="rerun",
        selection_mode=["single-row", "single-cell"],
        key=f"studies_{len(found)}_{found[0].id}_{session.studies.round}",
        height=min(HEIGHT, 35 * len(found) + 38),
        width="stretch",
        column_config={
            "Study": st.column_config.TextColumn(width=260),
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=150),
            "Runs": st.column_config.TextColumn(width=130),
            "What came out": st.column_config.TextColumn(width=520),
        },
        alt="Kept studies; choose one to open it",
    )
    clicked = [*event.selection.rows, *(row for row, _ in event.selection.get("cells", ()))]
    rows = [row for row in clicked if row < len(found)]
    if rows:
        session.studies.round += 1  # the table begins anew, with nothing ticked
        session.screen.select(study=found[rows[0]].id)
        st.rerun()


def _row(each: StudySummary) -> dict[str, object]:
    store = StudyStore(each.id)
    running = is_trained_here(each.id) or store.is_locked()
    planned = each.done if store.fact(OVER) else _planned(each.id, each.plan.size, each.plan)
    counted = f"{each.done:,}" if each.done >= planned else f"{each.done:,} of {planned:,}"
    return {
        "Study": each.plan.name,
        "When": moment(each.created),
        "Runs": f"{counted}{', in training' if running else ''}",
        "What came out": store.fact(SENTENCE) or "",
    }


@st.cache_data(max_entries=KEPT_COUNTS, show_spinner=False)
def _planned(study_id: str, size: int, _plan: StudyPlan) -> int:
    """Returns how many runs there are to be; of many as counted with those that are the same, as keys take seconds."""
    return _plan.planned if size <= COUNTED_HERE else size


def offer_delete(store: StudyStore) -> Callable[[], None] | None:
    """Shows the button that deletes a study, unless the page is a lesson's or the study another's.

    Returns:
        What it was pressed for; None where it was not.
    """
    if session.screen.hides("delete") or not may_change(store):
        return None
    about = f"Takes it off the list. For {DELETED_DAYS} days it can be brought back."
    pressed = st.button("Delete", icon=":material/delete:", key="delete_study", help=about)
    return partial(_delete, store) if pressed else None


def show_just_deleted() -> None:
    """Offers to take the last deletion back."""
    if (deleted := session.studies.just_deleted) and not session.screen.hides("delete"):
        study_id, name = deleted
        with st.container(horizontal=True, vertical_alignment="center", key="just_deleted"):
            st.markdown(f"The study “{as_name(name)}” was deleted.", width="content")
            st.button("Undo", icon=":material/undo:", on_click=guarded()(_bring_back), args=(study_id,))


def _delete(store: StudyStore) -> None:
    delete_study(store)
    session.studies.just_deleted = store.id, store.plan.name
    session.screen.select(study="")


def _bring_back(study_id: str) -> None:
    restore_study(study_id)
    session.studies.just_deleted = None
    session.screen.select(study=study_id)
