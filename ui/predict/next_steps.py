"""Next steps after an answer: why it came about, another run, or one trained on pictures like these."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.evaluation.ood import OodReport
from ui.session import session
from ui.session.run_actions import begin_from


def show_next_steps(reports: Sequence[OodReport], run_id: str = "", *, has_circuit: bool = True) -> None:
    """Shows where to go on, below the answers; what is said first depends on how many pictures are flagged.

    Args:
        reports: What is known against the answers.
        run_id: The kept run that answered; "" for one that is not kept, which nothing can start from.
        has_circuit: Whether the head of the run that answers has one to look into.
    """
    flagged = sum(report.flag == "unlike" for report in reports)
    st.header("And now?", anchor=False)
    st.markdown(
        first_words(flagged, len(reports))
        or "Why did it say so? Open **Where it looked** and **Neighbours** above. To see what another run says, "
        "choose one under **Compare with**."
    )
    with st.container(horizontal=True, key="predict_next"):
        st.page_link("pages/train.py", label="Train your own", icon=":material/model_training:")
        if run_id and not session.screen.hides("start_from"):
            about = "Starts a new training from what this run learnt: choose other pictures, and what of it travels."
            if st.button("Teach it other pictures", icon=":material/conversion_path:", type="tertiary", help=about):
                begin_from(run_id)
                st.toast("Training starts from this run now: choose other pictures on the Train page.")
                st.switch_page("pages/train.py")
        if has_circuit:
            st.page_link("pages/circuit.py", label="Look inside the circuit", icon=":material/memory:")
        st.page_link("pages/runs.py", label="Other runs", icon=":material/list:")


def first_words(flagged: int, pictures: int) -> str:
    """Returns what is said where more than half of the pictures are far from all the run learnt from; else ""."""
    if 2 * flagged <= pictures:
        return ""
    if pictures == 1:
        return "This picture is far from all that this run learnt from: train one on pictures of its kind."
    which = "All" if flagged == pictures else "Most"
    return f"{which} of these pictures are far from all that this run learnt from: train one on pictures of their kind."
