"""The confusion matrix as a heat map whose cells can be opened, and the same choice for keyboard and telephone."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from qtl_core.evaluation.metrics import Evaluation
from ui.base.errors import as_plain_text
from ui.base.theme import plotly_layout
from ui.results.gallery import show_predictions
from ui.session import keys
from ui.widgets.choices import choose_one
from ui.widgets.glossary import help_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

Cell = tuple[int, int]  # (true class, predicted class)
INK = {"light": "#20242E", "dark": "#E9E7E1"}  # the text colours of .streamlit/config.toml: Plotly's own is too pale
LARGE_MATRIX = (
    30  # classes from which on the matrix is a picture of its cells alone, without names or counts written in
)
MOST_ABOVE = 8  # names above a matrix of many classes, which stand upright in a narrow column
MOST_LISTED = 300  # cells: beyond, only those with the most pictures can be opened
MOST_SAID = 30  # cells that a screen reader is told of in one go
_GROUND = "rgba(138, 141, 148, 0.08)"
SMALL_MATRIX = 6  # classes up to which a nought is written too; in a larger matrix noughts would hide the mistakes
ON_DEEP = "#FFFFFF"  # contrast 3.4 or more on every class colour, enough for large figures (WCAG AA asks for 3)
ROW_HEIGHT, LEAST_HEIGHT, MOST_HEIGHT = 76, 250, 720  # pixels; class names must stay readable, the page in one piece


def show_confusion(evaluation: Evaluation, noun: str, *, drawn: bool, colours: Sequence[str]) -> None:
    """Shows the matrix and beside it the pictures of the chosen cell, or all mistakes while none is chosen."""
    matrix, pictures = st.columns([5, 7], gap="medium")
    there = cells(evaluation)
    with matrix:
        _show_matrix(evaluation, there, colours)
        cell = choose_one(
            "Click a cell, or choose it here",
            there[:MOST_LISTED],
            lambda cell: _words(evaluation, cell),
            keys.CELL,
            required=False,
        )
        if len(there) > MOST_LISTED:
            st.caption(f"Of {len(there):,} cells with pictures in them, these are the {MOST_LISTED} to look at first.")
    with pictures:
        chosen = evaluation.mistakes if cell is None else evaluation.in_cell(*cell)
        st.markdown(f"**{_heading(evaluation, cell, noun)}**", help=help_of("confusion matrix"))
        show_predictions(evaluation, chosen, noun, drawn=drawn, colours=colours, key=keys.CELL_PAGE)


def _show_matrix(evaluation: Evaluation, there: Sequence[Cell], colours: Sequence[str]) -> None:
    words = [_words(evaluation, cell) for cell in there[:MOST_SAID]]
    others = [f"and {len(there) - MOST_SAID:,} other cells"] if len(there) > MOST_SAID else []
    st.plotly_chart(
        confusion_figure(evaluation, INK.get(st.context.theme.type or "light", INK["light"]), colours),
        key=keys.MATRIX,
        selection_mode="points",
        on_select=_take_click,
        config={"displayModeBar": False},
        alt="; ".join(words + others),
    )


def confusion_figure(evaluation: Evaluation, ink: str, colours: Sequence[str]) -> go.Figure:
    """Returns the matrix: rows true classes in their colours, columns predicted ones, the counts written in.

    The deeper the colour, the larger the cell's share of its row. A heat map of Plotly's takes no clicks in Streamlit,
    so an unseen point lies on every cell and carries its (true, predicted) as customdata. Of more than `LARGE_MATRIX`
    classes, all cells have one colour, and only the fullest ones can be opened.

    Args:
        evaluation: What to draw.
        ink: Colour of the writing outside deep cells.
        colours: Of the classes.
    """
    import plotly.graph_objects as go

    size = len(evaluation.classes)
    axis = {
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "fixedrange": True,
        "ticks": "",
        "tickmode": "array",
        "tickfont": {"size": 14, "color": ink},
    }
    layout = plotly_layout(
        height=min(MOST_HEIGHT, max(LEAST_HEIGHT, 90 + ROW_HEIGHT * size)),
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        hoverdistance=-1,
        clickmode="event+select",
        xaxis={
            **axis,
            **_names(evaluation, colours, LARGE_MATRIX if size <= LARGE_MATRIX else MOST_ABOVE),
            "title": _title("predicted", ink),
            "side": "top",
            "range": [-0.5, size - 0.5],
        },
        yaxis={
            **axis,
            **_names(evaluation, colours, LARGE_MATRIX),
            "title": _title("true", ink),
            "range": [size - 0.5, -0.5],
        },
    )
    if size > LARGE_MATRIX:
        return go.Figure(
            [_all_rows(evaluation, ink), _points(evaluation, ink, cells(evaluation)[:MOST_LISTED])], layout
        )
    places = [(true, said) for true in range(size) for said in range(size)]
    return go.Figure(
        [*(_row(evaluation, true, colours[true]) for true in range(size)), _points(evaluation, ink, places)], layout
    )


def _names(evaluation: Evaluation, colours: Sequence[str], most: int) -> dict[str, list[int] | list[str]]:
    """Returns the ticks of an axis: class names, of many classes only some, as far as there is room."""
    size = len(evaluation.classes)
    named = range(0, size, -(-size // most))
    names = [
        f'<span style="color:{colours[label]}">●</span> {escape(_short(evaluation.classes[label]))}' for label in named
    ]
    return {"tickvals": list(named), "ticktext": names}


def cells(evaluation: Evaluation) -> list[Cell]:
    """Returns the cells that count any picture: mistakes first, the largest of them first."""
    found = [(true, said) for true, said in np.argwhere(evaluation.confusion).tolist()]
    return sorted(found, key=lambda cell: (cell[0] == cell[1], -evaluation.confusion[cell]))


def _row(evaluation: Evaluation, true: int, colour: str) -> go.Heatmap:
    import plotly.graph_objects as go

    counts = evaluation.confusion[true]
    faint = f"rgba({int(colour[1:3], 16)}, {int(colour[3:5], 16)}, {int(colour[5:7], 16)}, 0.08)"
    return go.Heatmap(
        z=[counts / max(1, counts.sum())],
        y=[true],
        x=list(range(len(counts))),
        zmin=0,
        zmax=1,
        showscale=False,
        colorscale=[[0, faint], [1, colour]],
        hoverinfo="skip",
        xgap=3,
        ygap=3,
    )


def _all_rows(evaluation: Evaluation, ink: str) -> go.Heatmap:
    """All cells in one colour, in whole per cent of their rows: for many classes, a heat map a row takes a minute."""
    import plotly.graph_objects as go

    rows = np.maximum(1, evaluation.confusion.sum(axis=1, keepdims=True))
    return go.Heatmap(
        z=np.round(100 * evaluation.confusion / rows).astype(np.uint8),
        zmin=0,
        zmax=100,
        showscale=False,
        colorscale=[[0, _GROUND], [1, ink]],
        hoverinfo="skip",
    )


def _points(evaluation: Evaluation, ink: str, places: Sequence[Cell]) -> go.Scatter:
    import plotly.graph_objects as go

    size, matrix = len(evaluation.classes), evaluation.confusion
    deep = [matrix[place] > 0.5 * matrix[place[0]].sum() for place in places]
    inks = [ON_DEEP if is_deep else ink for is_deep in deep]
    unchanged = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=[said for _, said in places],
        y=[true for true, _ in places],
        customdata=places,
        mode="markers+text" if size <= LARGE_MATRIX else "markers",
        text=[f"<b>{matrix[p]}</b>" if matrix[p] or size <= SMALL_MATRIX else "" for p in places],
        textfont={"size": 20 if size <= SMALL_MATRIX else 12, "color": inks},
        marker={"symbol": "square", "size": 44 if size <= LARGE_MATRIX else 12, "opacity": 0},
        selected=unchanged,
        unselected=unchanged,
        hovertext=[escape(_words(evaluation, place)) for place in places],
        hoverinfo="text",
    )


def _title(text: str, ink: str) -> dict[str, object]:
    return {"text": text, "font": {"size": 13, "color": ink}}


def _take_click() -> None:
    """Carries a click on the matrix over to the widget below it, which holds the choice."""
    points = st.session_state[keys.MATRIX].selection.points
    if points:
        st.session_state[keys.CELL] = tuple(points[0]["customdata"])


def _heading(evaluation: Evaluation, cell: Cell | None, noun: str) -> str:
    if cell is not None:
        return as_plain_text(_words(evaluation, cell))
    count = len(evaluation.mistakes)
    return (
        f"All {count} mistakes"
        if count > 1
        else "The one mistake"
        if count
        else f"No mistake in {evaluation.total} {noun}"
    )


def _words(evaluation: Evaluation, cell: Cell) -> str:
    true, said = (evaluation.classes[label] for label in cell)
    what = f"{true} seen as {said}" if true != said else f"{true} recognised"
    return f"{what}: {evaluation.confusion[cell]}"


def _short(name: str) -> str:
    return name if len(name) <= 14 else f"{name[:13]}…"
