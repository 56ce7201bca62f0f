"""Warnings on an answer: how far a picture is from what a run learnt from, or that it shows nothing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.evaluation.ood import OodReport
from qtl_core.evaluation.ood_words import distance_in_words, flag_message, flags_message
from qtl_core.export.tables import ood_label
from qtl_core.inference.requests import Answer
from ui.base.errors import as_plain_text

ICON = ":material/help:"


def show_ood_warnings(answers: Sequence[Answer], whose: str = "") -> None:
    """Shows how many of several pictures are flagged; of one alone, its reasons say so.

    Args:
        answers: All with an explanation, at least one.
        whose: What to begin with where two runs answer, "" where only one does.
    """
    reports = [answer.ood for answer in answers if answer.ood]
    if len(answers) > 1:
        for message in flags_message(reports):
            st.warning(whose + _bold_alone(message), icon=ICON)
    if (first := answers[0].ood) and first.unknown:
        st.caption(
            f"{whose}Whether a picture is unlike all it learnt from cannot be said. {as_plain_text(first.unknown)}"
        )


def show_ood(report: OodReport | None) -> None:
    """Shows how far one picture is from what the run learnt from."""
    if report is None:
        return
    if report.flag:
        st.warning(as_plain_text(flag_message(report)), icon=ICON)
    if report.distance is not None and report.flag != "unlike":  # its flag says the same figures
        st.caption(as_plain_text(distance_in_words(report)))


def ood_mark(answer: Answer) -> str:
    """Returns what stands before the name of a flagged picture in the gallery; "" for no flag."""
    return f"⚠ {ood_label(answer.ood)} · " if answer.ood and answer.ood.flag else ""


def _bold_alone(message: str) -> str:
    """Keeps class names from being read as Markdown, and the counts in front bold."""
    _, bold, rest = message.split("**", 2)
    return f"**{bold}**{as_plain_text(rest)}"
