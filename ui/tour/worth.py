"""The ninth stop: is the quantum part doing anything? Train it without, and see."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.training.ablation import SEEDS, TITLES, HeadScores, ablation_job, compared_settings, diverged_in_words
from qtl_core.training.ablation_verdict import (
    comparison_words,
    comparisons,
    conclusion,
    learning_words,
    others_words,
    plain_words,
)
from ui.base import job_managers
from ui.base.errors import guarded, show_user_error
from ui.base.theme import PUBLISHED, VALIDATION
from ui.learn.widgets import chart
from ui.session import session
from ui.session.refresh import refreshing
from ui.tour.stopping import stop_comparisons
from ui.widgets.many_trainings import many_words
from ui.widgets.materials import run_inputs_of
from ui.widgets.status import show_progress
from ui.widgets.waiting import show_job_report
from ui.widgets.waiting_turn import waiting_words

TITLE = "Is the quantum part doing anything?"
TASK = (
    "Train the circuit and four heads without it, or with less of it, and see what the quantum part is good for here."
)
TEXT = (
    "The question to ask of every such result. The answer needs a comparison: the same pictures, the same training, "
    f"{SEEDS} random beginnings (*seeds*) each, with\n"
    "- **the circuit** as it is;\n"
    "- **angles left at their start**: the same gates, but only the layers before and after learn;\n"
    "- **no CNOTs, no trained gates**: only H and the turns by the picture's angles are left;\n"
    "- **a linear layer** on the features: no qubits at all;\n"
    "- **a hidden layer of equal size**: an ordinary layer to a few numbers (tanh) and one to the classes, with as "
    "many numbers to learn as the circuit has with its two layers, or the nearest possible.\n\n"
    "Luck alone makes such figures differ. So each seed is compared with itself, and a difference counts only where "
    "luck would hardly give it, though there are four of them to find one in."
)
PAGE = ("pages/circuit.py", "Take away single gates of a trained circuit")
REFRESH_SECONDS = 0.4


def show() -> None:
    """Shows the button, how far it is, and what came of it."""
    snapshot = _shown()
    st.button(
        f"Train all five, {SEEDS} times each",
        icon=":material/balance:",
        type="primary" if snapshot is None else "secondary",
        on_click=guarded()(_start),
        disabled=snapshot is not None and not snapshot.is_over,
        help="Really trains them now, with the settings of the Train page.",
    )
    if snapshot is None:
        settings = _settings()
        circuits = sum(not each.reads_exactly for each in compared_settings(settings).values())
        slow = many_words(settings, circuits * SEEDS)
        quick = "It takes some seconds, and longer where the pictures have not been looked at before."
        st.caption(slow or quick)
        return
    live = not snapshot.is_over
    refreshing(_panel, REFRESH_SECONDS if live else None)(live)


def _start() -> None:
    settings = _settings()
    stop_comparisons()
    if session.tour.heads_job:
        job_managers.studio_jobs().forget(session.tour.heads_job)
    session.tour.heads_job = job_managers.studio_jobs().submit(ablation_job(settings, session.owner))


def _settings() -> RunSettings:
    return replace(session.screen.settings, data=run_inputs_of(session.screen.settings.data).data)


def _shown() -> JobSnapshot[JobView[tuple[HeadScores, ...]]] | None:
    job_id = session.tour.heads_job
    return job_managers.studio_jobs().snapshot(job_id) if job_id else None


def _panel(live: bool) -> None:
    snapshot = _shown()
    if snapshot is None or (live and snapshot.is_over):
        st.rerun()
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        return
    if live:
        _show_progress(snapshot)
    if snapshot.view.result:
        show_heads(snapshot.view.result)


def _show_progress(snapshot: JobSnapshot[JobView[tuple[HeadScores, ...]]]) -> None:
    if snapshot.state == "queued":
        show_progress("heads", 0.0, waiting_words(job_managers.studio_jobs(), snapshot))
    else:
        show_job_report("heads", snapshot)


def show_heads(heads: tuple[HeadScores, ...]) -> None:
    """Shows what follows once all heads are there, and how many pictures each gets right, seed by seed."""
    is_whole = len(heads) == len(TITLES)
    if is_whole:
        st.markdown(f"**{plain_words(heads)}**")
    _show_chart(heads)
    st.caption(
        f"A disc stands for the seeds with that many {_noun(heads)} right, larger where there are more; the upright "
        f"stroke is the mean. {learning_words(heads)}"
    )
    if is_whole:
        with st.expander("In exact words, with every figure", icon=":material/table:"):
            st.markdown(conclusion(heads))
            st.markdown("\n".join(f"- {sentence}" for sentence in details(heads)))


def details(heads: tuple[HeadScores, ...]) -> list[str]:
    """Returns what lies behind the conclusion: every difference, what other pictures may give, and who broke down."""
    found, total = comparisons(heads), heads[0].total
    return [
        *(comparison_words(each, total) for each in found),
        *([beyond] if (beyond := others_words(found, total, _noun(heads))) else []),
        *(said for each in heads if (said := diverged_in_words(each))),
    ]


def _noun(heads: tuple[HeadScores, ...]) -> str:
    return DataSettings(source=heads[0].source).noun


def _show_chart(heads: tuple[HeadScores, ...]) -> None:
    dots = [_dots(scores) for scores in heads]
    means = {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": [each.mean for each in heads],
        "y": [TITLES[each.kind] for each in heads],
        "hovertemplate": "mean %{x:.1f}<extra></extra>",
        "marker": {"symbol": "line-ns-open", "size": 22, "color": VALIDATION, "line": {"width": 3}},
    }
    lowest, highest = min(min(each.correct) for each in heads), max(max(each.correct) for each in heads)
    title = f"Validation {_noun(heads)} right, of {heads[0].total}"
    chart(
        "tour",
        "heads",
        [*dots, means],
        80 + 46 * len(TITLES),
        showlegend=False,
        xaxis={"title": title, "range": [lowest - 1.5, highest + 1.5], "dtick": max(1, (highest - lowest) // 10)},
        yaxis={
            "autorange": "reversed",
            "type": "category",
            "categoryorder": "array",
            "categoryarray": list(TITLES.values()),
        },
    )


def _dots(scores: HeadScores) -> dict[str, Any]:
    counts = Counter(scores.correct)
    return {
        "type": "scatter",
        "mode": "markers",
        "cliponaxis": False,
        "x": list(counts),
        "y": [TITLES[scores.kind]] * len(counts),
        "marker": {"size": [10 + 5 * count**0.5 for count in counts.values()], "color": PUBLISHED, "opacity": 0.75},
        "customdata": list(counts.values()),
        "hovertemplate": "%{x} right: %{customdata} seeds<extra></extra>",
    }
