"""The answers of one run, or of two side by side, as a table and files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from qtl_core.export.tables import Row, answer_object, answer_row, ood_label, to_csv
from qtl_core.inference.requests import Answer
from ui.predict.answer_gallery import short
from ui.predict.page_predictor import AnswerPair
from ui.session import keys

TABLE_ROWS = 8  # so many are seen at once, so that pictures and reasons are not far below; more can be scrolled to
NAME_WIDTH = 190  # pixels, so that the class stands beside the name on a phone, too
SECOND_PREFIX = "second: "  # before the names of the second run's columns


def show_table(pairs: Sequence[AnswerPair]) -> None:
    """Shows one row a picture, the second run's columns after the first's; a tap on a row opens its reasons."""
    compared = any(pair.second for pair in pairs)
    rows = [_row(pair, compared) for pair in pairs]
    share = st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0)
    seconds = st.column_config.NumberColumn(format="%.3f s", help="From the file to the answer.")
    columns: dict[str, Any] = {name: share for row in rows for name in row if "p(" in name and name.endswith(")")}
    columns["file"] = st.column_config.TextColumn(width=NAME_WIDTH)
    columns |= {"time": seconds, f"{SECOND_PREFIX}time": seconds}
    height = 36 * min(len(rows), TABLE_ROWS) + 38
    if len(pairs) == 1:
        st.dataframe(rows, hide_index=True, height=height, column_config=columns)
        return
    ids = [pair.first.id for pair in pairs]
    key = f"{keys.PREDICT_TABLE}_{hash(tuple(ids)):x}"  # what is chosen is a row, so another order is another table
    st.dataframe(
        rows,
        hide_index=True,
        height=height,
        column_config=columns,
        key=key,
        on_select=partial(_open, key, ids),
        selection_mode="single-cell",
    )
    if len(rows) > TABLE_ROWS:
        st.caption(f"{len(rows):,} rows: scroll in the table to see all.")


def _open(key: str, ids: Sequence[str]) -> None:
    if cells := st.session_state[key].selection.cells:
        st.session_state[keys.PREDICT_SHOWN] = ids[cells[0][0]]


def offer_files(answers: Sequence[Sequence[Answer]], classes: Sequence[Sequence[str]]) -> None:
    """Offers all answers as files; see `contents`."""
    table, objects = contents(answers, classes)
    with st.container(horizontal=True):
        _offer("Answers as CSV", table, "answers.csv", "text/csv")
        _offer("Answers as JSON", objects, "answers.json", "application/json")


def contents(answers: Sequence[Sequence[Answer]], classes: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Returns all answers as CSV and as JSON, also those for pictures that cannot be read.

    Args:
        answers: Of the run that answers, then of the one to compare with, if there is one.
        classes: Theirs.
    """
    first, *others = answers
    seconds = {answer.id: answer for answer in others[0]} if others else {}
    rows, objects = [], []
    for answer in first:
        row, entry, second = answer_row(answer, classes[0]), answer_object(answer), seconds.get(answer.id)
        rows.append({**row, **(_second_columns(second or Answer(answer.id, ""), classes[1]) if others else {})})
        objects.append(entry | ({"second": answer_object(second)} if second else {}))
    return to_csv(rows), json.dumps(objects, indent=1)


def _row(pair: AnswerPair, compared: bool) -> Row:
    file, first = {"file": short(pair.first.name)}, _cells(pair.first)
    if not compared:
        return file | first
    second = {f"{SECOND_PREFIX}{name}": value for name, value in (_cells(pair.second) if pair.second else {}).items()}
    both = {
        "class": first["class"],
        f"{SECOND_PREFIX}class": second.get(f"{SECOND_PREFIX}class", ""),
        "agree": _agree(pair),
    }
    return file | both | first | second


def _cells(answer: Answer) -> dict[str, str | float]:
    prediction = answer.explained.prediction
    shares = {f"p({name})": share for name, share in prediction.probabilities.items()}
    return {
        "class": prediction.label,
        **shares,
        "doubt": ood_label(answer.ood) if answer.ood else "",
        "time": prediction.seconds,
    }


def _agree(pair: AnswerPair) -> str:
    if pair.second is None:
        return ""
    return "≠ no" if pair.differs else "yes"


def _second_columns(answer: Answer, classes: Sequence[str]) -> Row:
    return {f"second_{name}": value for name, value in answer_row(answer, classes).items() if name != "file"}


def _offer(label: str, content: str, name: str, mime: str) -> None:
    st.download_button(label, content, file_name=name, mime=mime, icon=":material/download:", on_click="ignore")
