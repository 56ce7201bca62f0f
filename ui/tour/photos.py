"""The first stop: the pictures, and how easy it is for us."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from qtl_core.evaluation.metrics import percent, wilson_interval
from qtl_core.explain.forward_pass import PictureTrace
from ui.base.theme import class_colour
from ui.session import keys, session
from ui.tour.followed_pictures import with_pictures
from ui.widgets.pictures import Mark, Tile, show_tiles

TITLE = "Ants or bees?"
TASK = "Tap every bee."
TEXT = (
    "For a computer a picture is 150,000 numbers, one for the red, the green and the blue of every dot, and nobody can "
    "write down the rule that makes them a bee.\n\n"
    "So the rule is learnt from examples: 244 pictures to learn from, and 153 others, never learnt from, to check it "
    "with. That is few. Networks that learn to see from nothing need a million."
)
PAGE = ("pages/data.py", "Look at all the pictures")
PHOTOS_SHOWN = 6
BEES = "bees"


def show() -> None:
    """Shows a few pictures, each to be tapped if it shows a bee."""
    with_pictures(_show)


def _show(traces: tuple[PictureTrace, ...]) -> None:
    some = traces[:PHOTOS_SHOWN]
    if session.tour.guessed:
        st.markdown(words(some, session.tour.bees))
    with st.container(key="tour_pictures"):
        for number, trace in enumerate(some, start=1):
            with st.container(key=f"tour_tap_{number}"):
                _show_picture(number, trace)
    if session.tour.guessed:
        st.button("Guess again", icon=":material/replay:", on_click=session.tour.guess_again)
    else:
        st.button(
            "That is all: the others are ants", icon=":material/check:", on_click=session.tour.guess, type="primary"
        )
        st.caption("A second tap takes a bee back.")


def _show_picture(number: int, trace: PictureTrace) -> None:
    """The picture, below a button as large as it is."""
    chosen, over = number in session.tour.bees, session.tour.guessed
    show_tiles([_tile(number, trace, chosen, over)], drawn=trace.picture.drawn)
    if over:
        return
    st.button(
        f"Picture {number}: {'you say bee; take it back' if chosen else 'say that it is a bee'}",
        key=keys.guess_key(number),
        type="primary" if chosen else "secondary",
        on_click=session.tour.tap,
        args=(number,),
    )


def words(traces: Sequence[PictureTrace], bees: Sequence[int]) -> str:
    """Says how many the visitor has right and how many the network, and how little so few pictures show."""
    yours = sum((trace.picture.truth == BEES) == (number in bees) for number, trace in enumerate(traces, start=1))
    networks, total = sum(trace.is_right for trace in traces), len(traces)
    begin = "You know a bee when you see one." if yours == total else "Not all of these are easy, even for you."
    said = (
        f"{begin} You have **{yours} of {total}** right, the network **{networks} of {total}**: it never learnt from "
        "these."
    )
    best = max(yours, networks)
    if not best:
        return said  # the interval of none begins at none
    low = wilson_interval(best, total)[0]
    return (
        f"{said} So few pictures show little: who gets {best} of {total} right may still get only {percent(low)} of "
        "all such pictures (95% interval)."
    )


def _tile(number: int, trace: PictureTrace, chosen: bool, over: bool) -> Tile:
    name = f"Picture {number}"
    if not over:
        return Tile(name, f"{number}: bee" if chosen else f"{number}", "currentColor", small=trace.jpeg)
    truth, label, classes = trace.picture.truth, trace.explanation.prediction.label, trace.explanation.classes
    yours = BEES if chosen else next((each for each in classes if each != BEES), "")
    colour = class_colour(classes.index(truth)) if truth in classes else "currentColor"
    mark: Mark = "right" if yours == truth else "wrong"
    return Tile(name, truth, colour, note=f"You: {yours}, the network: {label}", mark=mark, small=trace.jpeg)
