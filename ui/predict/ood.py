"""Warnings on an answer, in plain words: the picture is unlike everything in training, or shows nothing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.evaluation.ood import OodFlag, OodReport, flag_message
from qtl_core.export.tables import ood_label
from qtl_core.inference.requests import Answer, TrainedModel
from ui.base.errors import as_plain_text

ICON = ":material/help:"


def show_ood_warnings(answers: Sequence[Answer], model: TrainedModel, whose: str = "") -> None:
    """Shows how many of the pictures are flagged, and why nothing can be said where that is so.

    Args:
        answers: All with an explanation, at least one.
        model: What gave them.
        whose: What to begin with where two runs answer, "" where only one does.
    """
    found = sum(answer.flag == "unlike" for answer in answers)
    if found:
        st.warning(whose + _counted("unlike", found, len(answers), model), icon=ICON)
    if (first := answers[0].ood) and first.unknown:
        st.caption(
            f"{whose}Whether a picture is unlike all it learnt from cannot be said. {as_plain_text(first.unknown)}"
        )


def show_blank(answers: Sequence[Answer], model: TrainedModel) -> None:
    """Shows how many of the pictures are hardly more than plain colour, whoever answers."""
    found = sum(answer.flag == "blank" for answer in answers)
    if found:
        st.warning(_counted("blank", found, len(answers), model), icon=ICON)


def show_ood(answer: Answer, model: TrainedModel) -> None:
    """Shows how far one picture is from what the run learnt from."""
    ood = answer.ood
    if ood is None:
        return
    if ood.flag:
        st.warning(as_plain_text(flag_message(ood.flag, model.run.prepared.classes)), icon=ICON)
    if ood.distance is not None:
        st.caption(distance_in_words(ood))


def ood_mark(answer: Answer) -> str:
    """Returns what stands before the name of a flagged picture in the gallery; "" for no flag."""
    return f"⚠ {ood_label(answer.ood)} · " if answer.ood and answer.ood.flag else ""


def distance_in_words(ood: OodReport) -> str:
    """Returns how far away a picture is beside those that are known to be of the same kind."""
    farther = f"{ood.farther or 'None'} of them {'is' if ood.farther == 1 else 'are'}"
    return (
        f"Its distance from the nearest training pictures is {ood.distance:.3f}, from 0 (alike) to 1 (nothing in "
        f"common). Of {ood.held_out} {ood.kind}, nineteen in twenty stay within {ood.limit:.3f}. {farther} "
        "as far away as this one, or farther."
    )


def _counted(flag: OodFlag, found: int, total: int, model: TrainedModel) -> str:
    words = as_plain_text(flag_message(flag, model.run.prepared.classes, several=found > 1))
    if total == 1:
        return words
    what = f"{'is' if found == 1 else 'are'} unlike everything in training"
    if flag == "blank":
        what = f"{'shows' if found == 1 else 'show'} nothing"
    return f"**{found} of {total} pictures {what}.** {words}"
