"""The body of the Studies page: ask, or look at the study that is open."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.studies.store import StudyStore
from ui.base.assets import stylesheet
from ui.session import session
from ui.study.asking import show_asking
from ui.study.import_field import show_brought_in, show_import
from ui.study.kept import show_just_deleted, show_kept
from ui.study.one_study import show_study
from ui.study.starting import stop_measuring

GONE = "The study that this link names is not kept on this server."


def show_studies() -> None:
    """Shows all of the page below its title."""
    st.html(stylesheet(__file__))
    show_just_deleted()
    show_brought_in()
    store = _opened()
    if store is None:
        show_asking()
        show_kept()
        if not session.screen.hides("bring_in"):
            with st.expander("Bring in a study", icon=":material/upload:", key="bring_in_a_study"):
                show_import()
    else:
        stop_measuring()  # of the questions, which are off the screen
        show_study(store)
    session.screen.write_link()


def _opened() -> StudyStore | None:
    study_id = session.screen.selected.study
    if not study_id:
        return None
    try:
        return StudyStore(study_id)
    except UserError:
        session.screen.select(study="")
        if not session.studies.just_deleted:
            st.info(GONE)
        return None
