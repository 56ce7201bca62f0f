"""The gallery of answers, in an order of one's choice: a tap on a picture opens its reasons beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from qtl_core.evaluation.metrics import percent
from qtl_core.inference.requests import Answer
from ui.base.assets import asset, jpeg_address, script, stylesheet
from ui.predict.ood import ood_mark
from ui.predict.page_predictor import AnswerPair
from ui.session import keys
from ui.widgets.choices import leaf
from ui.widgets.pictures import small_copy

PAGE_SIZE = 12  # divides by 6, 4 and 3, the columns of the grid; on a phone the reasons are not far below
LONGEST_NAME = 60  # characters on screen; files have the whole of it
REASONS = "answer_reasons"  # the container that a tap leads to where it lies below

_show_choice = st.components.v2.component(
    "picture_choice",
    html='<div class="choice-box"><div class="choice"></div></div>',
    css=asset("picture_choice.css"),
    js=script("picture_choice"),
)


def doubt_key(pair: AnswerPair) -> tuple[bool, bool, float]:
    """Returns what the most doubtful come first by: a flag, then two runs that disagree, then how sure it is."""
    return (not pair.first.flag, not pair.differs, sureness(pair.first))


def sureness(answer: Answer) -> float:
    """Returns the probability of the class that is named."""
    prediction = answer.explained.prediction
    return prediction.probabilities[prediction.label]


DOUBTFUL, GIVEN, SUREST, NAMED = "Most doubtful first", "As they were brought", "Surest first", "By class, then name"
ORDERS: dict[str, Callable[[AnswerPair], Any] | None] = {
    DOUBTFUL: doubt_key,
    GIVEN: None,
    SUREST: lambda pair: -sureness(pair.first),
    NAMED: lambda pair: (pair.first.explained.prediction.label, pair.first.name),
}
RULE = "Most doubtful first: flagged ones, then those that two runs disagree on, then those it is least sure of."


def choose_order() -> str:
    """Asks for the order of the pictures, and returns it."""
    return st.selectbox("Order", list(ORDERS), key=keys.PREDICT_ORDER, persist_state="session", help=RULE, width=260)


def ordered(pairs: Sequence[AnswerPair], order: str) -> list[AnswerPair]:
    """Returns the pictures in an order of `ORDERS`; those that are alike in it stay as they were brought."""
    key = ORDERS[order]
    return sorted(pairs, key=key) if key else list(pairs)


def show_gallery(pairs: Sequence[AnswerPair], chosen: str, colours: Sequence[str], drawn: bool) -> None:
    """Shows the pictures with what is said of each; the chosen one is marked.

    Args:
        pairs: In their order on screen.
        chosen: The picture whose reasons are open.
        colours: Of the classes of the run that answers.
        drawn: Whether they were drawn by the app.
    """
    st.html(stylesheet(__file__))
    part = leaf(len(pairs), PAGE_SIZE, keys.PREDICT_PAGE, "pictures")
    tiles = [_tile(pair, colours, drawn) for pair in pairs[part]]
    _show_choice(
        data={"tiles": tiles, "chosen": chosen, "opens": REASONS}, key=keys.PREDICT_GALLERY, on_chosen_change=_open
    )


def short(name: str) -> str:
    """Returns a name of a length that fits on screen: its beginning and its end, which tell most."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 16]} … {name[-13:]}"


def _open() -> None:
    chosen = st.session_state[keys.PREDICT_GALLERY].chosen
    if chosen:
        st.session_state[keys.PREDICT_SHOWN] = chosen


def _tile(pair: AnswerPair, colours: Sequence[str], drawn: bool) -> dict[str, str]:
    explanation, name = pair.first.explained, short(pair.first.name)
    notes = [f"{ood_mark(pair.first)}{name}"]
    if pair.second:
        notes.insert(0, f"{'≠ ' if pair.differs else ''}second: {_said(pair.second)}")
    note = " · ".join(notes)
    return {
        "id": pair.first.id,
        "picture": jpeg_address(small_copy(explanation.seen)),
        "caption": _said(pair.first),
        "colour": colours[explanation.classes.index(explanation.prediction.label)],
        "note": note,
        "said": f"{name}: {_said(pair.first)} · {note}. Opens the reasons.",
        "tag": "drawn" if drawn else "",
    }


def _said(answer: Answer) -> str:
    return f"{answer.explained.prediction.label} {percent(sureness(answer))}"
