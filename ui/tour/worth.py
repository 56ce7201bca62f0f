"""The ninth stop: is the quantum part doing anything? Train it without, and see."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
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
from ui.base.errors import show_user_error
from ui.base.theme import PUBLISHED, VALIDATION
from ui.learn.widgets import chart
from ui.session import session
from ui.session.refresh import refreshing
from ui.tour.comparing import Slot, begin, show_button, show_how_far, shown
from ui.widgets.many_trainings import many_words
from ui.widgets.materials import run_inputs_of

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
SLOT: Slot = "heads_job"


def show() -> None:
    """Shows the button, how far it is, and what came of it."""
    title, more = f"Train all five, {SEEDS} times each", "Really trains them now, with the settings of the Train page."
    snapshot = show_button(SLOT, title, ":material/balance:", _start, more)
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
    begin(SLOT, ablation_job(_settings(), session.owner))


def _settings() -> RunSettings:
    return replace(session.screen.settings, data=run_inputs_of(session.screen.settings.data).data)


def _panel(live: bool) -> None:
    snapshot = shown(SLOT)
    if snapshot is None or (live and snapshot.is_over):
        st.rerun()
    if snapshot.view.error:
        show_user_error(UserError(*snapshot.view.error))
        return
    show_how_far("heads", snapshot)
    if snapshot.view.result:
        show_heads(snapshot.view.result)


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
