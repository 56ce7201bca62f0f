"""What there is against an answer, in plain words: the picture is unlike everything in training, or shows nothing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.answering import Answer, TrainedModel
from qtl_core.doubt import Doubt, Flag, flag_in_words
from qtl_core.tables import doubt_in_a_word
from ui.errors import as_plain_text

ICON = ":material/help:"


def show_doubts(answers: Sequence[Answer], model: TrainedModel, whose: str = "") -> None:
    """Shows how many of the pictures are flagged, and why nothing can be said where that is so.

    Args:
        answers: All with an explanation, at least one.
        model: What gave them.
        whose: What to begin with where two runs answer, "" where only one does.
    """
    found = sum(answer.doubt.flag == "unlike" for answer in answers)
    if found:
        st.warning(whose + _counted("unlike", found, len(answers), model), icon=ICON)
    if unknown := answers[0].doubt.unknown:
        st.caption(f"{whose}Whether a picture is unlike all it learnt from cannot be said. {as_plain_text(unknown)}")


def show_blank(answers: Sequence[Answer], model: TrainedModel) -> None:
    """Shows how many of the pictures are hardly more than plain colour, whoever answers."""
    found = sum(answer.doubt.flag == "blank" for answer in answers)
    if found:
        st.warning(_counted("blank", found, len(answers), model), icon=ICON)


def show_doubt(answer: Answer, model: TrainedModel) -> None:
    """Shows how far one picture is from what the run learnt from."""
    doubt = answer.doubt
    if doubt.flag:
        st.warning(as_plain_text(flag_in_words(doubt.flag, model.run.prepared.classes)), icon=ICON)
    if doubt.distance is not None:
        st.caption(distance_in_words(doubt))


def sign_of(answer: Answer) -> str:
    """Returns what stands before the name of a flagged picture in the gallery; "" for no flag."""
    return f"⚠ {doubt_in_a_word(answer.doubt)} · " if answer.doubt.flag else ""


def distance_in_words(doubt: Doubt) -> str:
    """Returns how far away a picture is beside those that are known to be of the same kind."""
    farther = f"{doubt.farther or 'None'} of them {'is' if doubt.farther == 1 else 'are'}"
    return (
        f"Its distance from the nearest training pictures is {doubt.distance:.3f}, from 0 (alike) to 1 (nothing in "
        f"common). Of {doubt.held_out} {doubt.kind}, nineteen in twenty stay within {doubt.limit:.3f}. {farther} "
        "as far away as this one, or farther."
    )


def _counted(flag: Flag, found: int, total: int, model: TrainedModel) -> str:
    words = as_plain_text(flag_in_words(flag, model.run.prepared.classes, several=found > 1))
    if total == 1:
        return words
    what = f"{'is' if found == 1 else 'are'} unlike everything in training"
    if flag == "blank":
        what = f"{'shows' if found == 1 else 'show'} nothing"
    return f"**{found} of {total} pictures {what}.** {words}"
