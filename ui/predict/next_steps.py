"""Next steps after an answer: why it came about, another run, or one trained on pictures like these."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.evaluation.ood import OodReport


def show_next_steps(reports: Sequence[OodReport], *, has_circuit: bool = True) -> None:
    """Shows where to go on, below the answers; what is said first depends on how many pictures are flagged.

    Args:
        reports: What is known against the answers.
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
