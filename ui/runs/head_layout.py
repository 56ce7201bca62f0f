"""The choice between the two layouts of published heads, for one that is brought in and for one that is taken along."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.exchange.jobs import rows_job
from qtl_core.network.parameter_rows import DEMO, LAYOUTS, MOST_LAYERS, PAPER, counted
from ui.base import job_managers
from ui.base.streamlit_internals import UploadedFile
from ui.session import keys, session
from ui.session.refresh import refreshing

REFRESH_SECONDS = 0.4
NAMES = {PAPER: "The paper's own code", DEMO: "The PennyLane demo"}
TAKEN_ALONG = {
    DEMO: "A row of angles a layer, as the demo's code loads it.",
    PAPER: "{held} rows, of which the code of XanaduAI/quantum-transfer-learning uses {used}; the others hold zeros.",
}


def ask_layout(upload: UploadedFile, depth: int) -> None:
    """Asks for the layout once the file's rows are known, if there are more of them than layers.

    A worker looks into the file meanwhile: who presses the button before it is back gets what the rows say.
    """
    head = session.imports.file(upload.file_id)
    rows = head.rows
    if rows > depth > 0:
        st.radio(
            f"The file holds {rows} rows of angles for {counted(depth, 'layer')}. Whose code is it from?",
            [PAPER, DEMO],
            key=_key(upload),
            format_func=NAMES.get,
            persist_state="session",
            captions=[f"Uses {LAYOUTS[each].in_words(depth)}, counted from 0." for each in (PAPER, DEMO)],
            help="The paper's own code (XanaduAI/quantum-transfer-learning) holds 15 rows whatever the depth and never "
            "uses row 0. The demo holds just as many rows as layers. A head that is read one row off answers wrongly, "
            "and looks no different.",
        )
        if rows != LAYOUTS[PAPER].fewest_held and rows <= MOST_LAYERS:
            st.caption(f"If every row is a layer, set the depth to {rows}.")
    elif 0 < rows < depth:
        st.caption(f"The file holds {counted(rows, 'row')} of angles: its depth is {rows} at most.")
    if head.job is None:
        head.job = _begin(upload)
    if head.job:
        refreshing(_take_rows, REFRESH_SECONDS)(upload.file_id)


def chosen_layout(upload: UploadedFile, depth: int) -> str:
    """Returns what was chosen, or "" where there was nothing to choose."""
    asked = session.imports.file(upload.file_id).rows > depth > 0
    return st.session_state.get(_key(upload), "") if asked else ""


def choose_taken_along(depth: int) -> str:
    """Asks whose code is to load a head that is taken along, with a sentence on each."""
    paper = LAYOUTS[PAPER]
    words = {"held": paper.held(depth), "used": paper.in_words(depth)}
    return st.radio(
        "For",
        [DEMO, PAPER],
        key=keys.TAKE_ALONG_LAYOUT,
        format_func=NAMES.get,
        captions=[TAKEN_ALONG[each].format(**words) for each in (DEMO, PAPER)],
    )


def _key(upload: UploadedFile) -> str:
    """The key of the choice: another file is not taken for what the one before it was."""
    return f"{keys.IMPORT_LAYOUT}_{upload.file_id}"


def _begin(upload: UploadedFile) -> str:
    try:
        return job_managers.express_jobs().submit(rows_job(upload.getvalue(), upload.name, session.owner))
    except UserError:  # too much is under way: the file is read by its rows, as it would be from a shell
        return ""


def _take_rows(file_id: str) -> None:
    jobs, head = job_managers.express_jobs(), session.imports.file(file_id)
    snapshot = jobs.snapshot(head.job) if head.job else None
    if snapshot is not None and not snapshot.is_over:
        return
    if snapshot is not None:
        jobs.drop(snapshot.id)
        head.rows = snapshot.view.result or 0
    head.job = ""
    st.rerun()
