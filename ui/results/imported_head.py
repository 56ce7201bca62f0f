"""Results of a head that was trained elsewhere: what it is made of, and how well it was measured to do here."""

from __future__ import annotations

import streamlit as st

from qtl_core.evaluation.metrics import Evaluation, evaluation_of
from qtl_core.runs.view import TrainedRun
from qtl_core.settings.head_words import head_in_words
from ui.base.class_colours import colours_of
from ui.base.errors import as_plain_text, guarded
from ui.base.wording import noun_of
from ui.results.confusion import show_confusion
from ui.results.gallery import show_gallery
from ui.session import keys
from ui.widgets.status import show_skipped_files

UNMEASURED = (
    "How many pictures it gets right is not known here: there were no validation pictures of its classes, or no "
    "weights of its image network, when it came in. Once the weights are here, it answers on the Predict page."
)


def show_head_results(view: TrainedRun) -> None:
    """Shows the results of a head's run; there is no history, so no curve and no word on how it learnt."""
    prepared = view.prepared
    made = head_in_words(prepared.settings, prepared.feature_size, len(prepared.classes))
    if not prepared.is_measured:
        st.subheader("A head from elsewhere", anchor=False)
        st.markdown(UNMEASURED)
    else:
        evaluation, noun = evaluation_of(view), noun_of(view)
        st.subheader(evaluation.count_in_words(noun), anchor=False)
        st.markdown(f"Measured here, on validation {noun} of this machine: {evaluation.share_in_words()}.")
        if by_class := evaluation.by_class_in_words():
            st.markdown(as_plain_text(by_class))
    st.caption(
        f"{made[0].upper()}{made[1:]}, {prepared.parameters:,} trained numbers; outputs: "
        f"{as_plain_text(', '.join(prepared.classes))}; behind {as_plain_text(prepared.backbone_title)}."
    )
    if prepared.is_measured:
        _parts(view, evaluation, noun)
        show_skipped_files(prepared.passed_over)


# A fragment: leafing through pictures must not run the whole page again.
@st.fragment
@guarded()
def _parts(view: TrainedRun, evaluation: Evaluation, noun: str) -> None:
    names = "What is taken for what", f"All validation {noun}"
    matrix, gallery = st.tabs(names, key=keys.HEAD_TABS, on_change="rerun")
    drawn, colours = view.prepared.settings.data.source == "drawn", colours_of(view.prepared)
    with matrix:
        show_confusion(evaluation, noun, drawn=drawn, colours=colours)
    if gallery.open:
        with gallery:
            show_gallery(evaluation, noun, drawn=drawn, colours=colours)
