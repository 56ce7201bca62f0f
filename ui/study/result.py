"""The result of a study: its sentence first, then what that does not show, then every comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs.messages import ErrorMessage
from qtl_core.studies.answer import Answer, answer_job, kept_answer
from qtl_core.studies.axes import axis_spec
from qtl_core.studies.comparisons import Comparison
from qtl_core.studies.naming import difference_words
from qtl_core.studies.plan import BASE
from qtl_core.studies.rows import MEASURES
from qtl_core.studies.store import StudyStore
from qtl_core.studies.words import comparison_words, value_words
from ui.base.errors import as_plain_text, show_user_error
from ui.session import keys, session
from ui.study.answers import newest, show_waiting
from ui.study.charts_panel import show_charts
from ui.study.clicked_run import show_clicked_run
from ui.widgets.glossary import help_of

MOST_ROWS = 500
FEW = 12  # comparisons that stand open
HEIGHT = 420
DIGITS = {"p, corrected": "%.4f", "p": "%.4f", "Cliff's delta": "%.2f"}


@dataclass(frozen=True)
class Found:
    """The state of an answer.

    Attributes:
        answer: The newest that is there, or None.
        waits_for: The job that works out the first one, or "".
        error: Why there is none: what, why and what to do; or None.
    """

    answer: Answer | None = None
    waits_for: str = ""
    error: ErrorMessage | None = None


def newest_answer(store: StudyStore, done: int) -> Found:
    """Returns what came out of so many runs, or of those before while that is being worked out."""
    if not done:
        return Found()
    measure = session.studies.measure.get(store.id, "")
    if not measure and (kept := kept_answer(store, done)):
        return Found(kept)
    key = "answer", store.id, done, measure, store.is_spent  # a spent budget makes a verdict of the same runs
    make = partial(answer_job, store.id, measure, session.owner)
    snapshot = newest(f"{store.id} answer", key, make, same=measure)
    if snapshot is None or not snapshot.is_over:
        return Found(waits_for=snapshot.id if snapshot else "")
    return Found(snapshot.view.result, error=snapshot.view.error)


def show_result(store: StudyStore, found: Found, *, live: bool) -> None:
    """Shows an answer once it is there."""
    if found.waits_for:
        show_waiting(found.waits_for, "Working out what came of it …", live=live)
    if found.error:
        show_user_error(UserError(*found.error))
    if found.answer is not None:
        show_answer(store, found.answer, live=live)
        show_charts(store, found.answer, live=live)
        show_clicked_run(store)


def show_answer(store: StudyStore, answer: Answer, *, live: bool) -> None:
    """Shows an answer."""
    begin = f"After {answer.done:,} runs: " if live else ""
    words = help_of("paired test", "p-value", "Holm correction", "validation", "seed")
    if answer.plain:
        st.markdown(f"**{as_plain_text(begin + answer.plain)}**")
        st.markdown(as_plain_text(answer.sentence), help=words)
    else:
        st.markdown(f"**{as_plain_text(begin + answer.sentence)}**", help=words)
    st.caption(as_plain_text(answer.limits))
    if len(answer.measures) > 1 and not live:
        _choose_measure(store.id, answer)
    if answer.comparisons:
        _show_comparisons(store, answer, live=live)


def _choose_measure(study_id: str, answer: Answer) -> None:
    chosen = st.selectbox(
        "Measured by",
        answer.measures,
        answer.measures.index(answer.measure),
        format_func=lambda name: f"{MEASURES[name][0].upper()}{MEASURES[name][1:]}",
        key=f"{keys.STUDY_MEASURE}_{study_id}_{answer.measure}",
        width=420,
        help=help_of("validation", "accuracy", "loss"),
    )
    if chosen != answer.measure:
        session.studies.measure[study_id] = chosen
        st.rerun()


def _show_comparisons(store: StudyStore, answer: Answer, *, live: bool) -> None:
    ordered = sorted(answer.comparisons, key=lambda each: (not each.counts, -abs(each.difference)))
    title = f"All {len(ordered):,} comparisons" if len(ordered) > 1 else "The comparison"
    few = len(ordered) <= FEW
    with st.expander(title, icon=":material/rule:", expanded=few, key=f"study_comparisons_{few}"):
        st.dataframe(
            [_row(store, each, answer.measure, live=live or answer.under_way) for each in ordered[:MOST_ROWS]],
            hide_index=True,
            width="stretch",
            height=min(HEIGHT, 35 * min(len(ordered), MOST_ROWS) + 38),
            column_config={name: st.column_config.NumberColumn(format=form) for name, form in DIGITS.items()},
        )
        if len(ordered) > MOST_ROWS:
            st.caption(f"The first {MOST_ROWS} of them are shown; the files below hold every run.")


def _luck_words(each: Comparison, *, live: bool) -> str:
    """Returns the verdict: none while runs are to come, as whoever stops when it looks good finds what is not there."""
    if live:
        return "at the end"
    if each.is_torn:
        return "ranks and mean disagree"
    return "may be luck" if each.is_luck else "hardly"


def _row(store: StudyStore, each: Comparison, measure: str, *, live: bool) -> dict[str, object]:
    a, b, _ = comparison_words(store.plan, each)
    shared = {} if store.plan.compare == BASE else each.at  # then both sides are named whole
    place = {axis_spec(name).label: value_words(name, value) for name, value in shared.items()}
    return {
        "A": a,
        "B": b,
        **place,
        "A minus B": difference_words(each.difference, measure, sign="+"),
        "95% interval": " to ".join(difference_words(end, measure, "", "+") for end in (each.low, each.high)),
        "p, corrected": each.p_corrected,
        "p": each.p,
        "Cliff's delta": each.delta,
        "Pairs": each.pairs,
        "A above": each.above,
        "B above": each.below,
        "Luck?": _luck_words(each, live=live),
    }
