"""The first stop: the pictures, and how easy it is for us."""

from __future__ import annotations

import streamlit as st

from qtl_core.explain.forward_pass import PictureTrace
from ui.base.theme import class_colour
from ui.session import keys
from ui.tour.followed_pictures import with_pictures
from ui.widgets.pictures import Tile, show_tiles

TITLE = "Ants or bees?"
TEXT = (
    "For you this takes no thought. For a computer a picture is 150,000 numbers, one for the red, the green and the "
    "blue of every dot, and nobody can write down the rule that makes them a bee.\n\n"
    "So the rule is learnt from examples: 244 pictures to learn from, and 153 others, never learnt from, to check it "
    "with. That is few. Networks that learn to see from nothing need a million."
)
PAGE = ("pages/data.py", "Look at all the pictures")
PHOTOS_SHOWN = 6


def show() -> None:
    """Shows a few pictures, and asks which of them are bees."""
    with_pictures(_show)


def _show(traces: tuple[PictureTrace, ...]) -> None:
    some = traces[:PHOTOS_SHOWN]
    guesses = st.pills(
        "Which of them are bees?",
        range(1, len(some) + 1),
        selection_mode="multi",
        key=keys.TOUR_GUESS,
        help="Choose the numbers of all that you take for bees.",
        persist_state="session",
    )
    tiles = [_tile(number, trace, guesses) for number, trace in enumerate(some, start=1)]
    show_tiles(tiles, drawn=some[0].picture.drawn if some else False)
    st.markdown(words(some, guesses))


def words(traces: tuple[PictureTrace, ...], guesses: list[int]) -> str:
    """Says how many of the guesses are right, once there are any."""
    if not guesses:
        return "Choose the bees above; the names appear then."
    right = sum((trace.picture.truth == "bees") == (number in guesses) for number, trace in enumerate(traces, start=1))
    return f"You have **{right} of {len(traces)}** right. How many will the network have?"


def _tile(number: int, trace: PictureTrace, guesses: list[int]) -> Tile:
    classes = trace.explanation.classes
    truth = trace.picture.truth
    caption = f"{number}: {truth}" if guesses else f"{number}"
    colour = class_colour(classes.index(truth)) if guesses and truth in classes else "currentColor"
    return Tile(trace.picture.file, caption, colour, small=trace.jpeg)
