"""The Predict page of a run that learnt numbers: move a point or fill in the columns, and see what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.metrics import percent
from qtl_core.export.tables import Row, to_csv
from qtl_core.inference.number_answers import NumberAnswers, answer_numbers, column_names
from qtl_core.inference.number_rows import order_words, rows_of
from qtl_core.inference.requests import TrainedModel
from qtl_core.runs.view import TrainedRun
from qtl_core.tables.reading import read_raw
from ui.base.assets import asset, script
from ui.base.errors import as_plain_text, show_user_error
from ui.base.theme import class_colour
from ui.predict.flicker import show_flicker
from ui.predict.point_view import known_rows, point_data
from ui.session import keys

MOST_FIELDS = 40  # columns with a field each; of more, a table is brought in
LARGEST_MB = 64
MOST_SHOWN = 10_000  # rows of a table that are answered on the page

_pick_point = st.components.v2.component(
    "pick_point", html=asset("point.html"), css=asset("map.css"), js=script("packed", "plane", "point")
)


def show_numbers(model: TrainedModel) -> None:
    """Shows how to ask, and the answer with all that lies between."""
    run, names = model.run, column_names(model.run)
    one, many = st.tabs(("One row", "A table of rows"))
    with one:
        if len(names) > MOST_FIELDS:
            st.markdown(f"This run reads {len(names):,} numbers a row, too many to fill in: bring a table.")
        else:
            _show_one(model, run, names)
    with many:
        _show_many(run, names)


def _show_one(model: TrainedModel, run: TrainedRun, names: Sequence[str]) -> None:
    middle = _middle(model)
    values = st.session_state.setdefault(f"{keys.POINT}_{model.key}", middle.tolist())
    for at in range(len(values)):  # what was typed counts already for the plane, which stands above the fields
        typed = st.session_state.get(_field_key(model, at))
        values[at] = values[at] if typed is None else float(typed)
    asking, answer = st.columns([1, 1], gap="large")
    with asking:
        if len(names) == 2:
            _show_plane(model, run, values)
        _show_fields(model, names, values)
    with answer:
        found = answer_numbers(run, np.array([values]))
        _show_answer(run, found)
    if found.angles is not None:
        show_flicker(model, found.angles[0])


def _show_plane(model: TrainedModel, run: TrainedRun, values: list[float]) -> None:
    st.markdown("Click into the plane, or drag the ring: the answer beside it is computed anew.")
    data = point_data(model, values)
    if data is None:
        st.caption("The points that it learnt from are not here any more; the fields below work all the same.")
        return
    picked = _pick_point(data=data, key=f"{keys.POINT}_plane", on_point_change=lambda: None)
    point = getattr(picked, "point", None)
    if point and list(point) != st.session_state.get(f"{keys.POINT}_seen"):
        st.session_state[f"{keys.POINT}_seen"] = list(point)
        values[:] = [float(each) for each in point]
        for at in range(2):
            st.session_state[_field_key(model, at)] = values[at]
        st.rerun()


def _field_key(model: TrainedModel, at: int) -> str:
    return f"{keys.POINT}_{model.key}_{at}"


def _show_fields(model: TrainedModel, names: Sequence[str], values: list[float]) -> None:
    with st.container(horizontal=True):
        for at, name in enumerate(names):
            key = _field_key(model, at)
            if key not in st.session_state:
                st.session_state[key] = values[at]
            found = st.number_input(as_plain_text(name), key=key, step=None, format="%g", width=140)
            values[at] = values[at] if found is None else float(found)


def _show_answer(run: TrainedRun, found: NumberAnswers) -> None:
    label = int(found.probabilities[0].argmax())
    colour = class_colour(label)
    st.html(
        f'<p style="font-size:1.4rem;margin:0"><span style="color:{colour}">●</span> '
        f"<b>{escape(found.classes[label])}</b> {percent(float(found.probabilities[0, label]))}</p>"
    )
    order = np.argsort(-found.probabilities[0], kind="stable")[:8]
    st.html("".join(_bar(found.classes[at], float(found.probabilities[0, at]), class_colour(int(at))) for at in order))
    _show_between(run, found)
    with st.container(horizontal=True):
        if found.angles is not None:
            st.page_link("pages/circuit.py", label="Look inside the circuit", icon=":material/memory:")
        st.page_link("pages/train.py", label="Train", icon=":material/model_training:")


def _bar(name: str, share: float, colour: str) -> str:
    return (
        f'<div style="display:grid;grid-template-columns:7rem 1fr 3.5rem;gap:.6rem;align-items:center">'
        f'<span style="overflow:hidden;text-overflow:ellipsis">{escape(name)}</span>'
        f'<span style="background:color-mix(in srgb,currentColor 12%,transparent);border-radius:.3rem;height:.7rem">'
        f'<span style="display:block;height:100%;border-radius:.3rem;width:{100 * share:.1f}%;background:{colour}">'
        f"</span></span><span>{percent(share)}</span></div>"
    )


def _show_between(run: TrainedRun, found: NumberAnswers) -> None:
    """Shows what the numbers became on the way: angles and expectation values, or hidden units."""
    weights = run.checkpoint.best_weights
    share = (
        found.hidden[0]
        * (weights["post_net.weight"] - weights["post_net.weight"].mean(axis=0))[int(found.probabilities[0].argmax())]
    )
    if found.angles is not None:
        st.markdown(
            "**On the way**: the first layer turns the numbers into an angle a qubit, the circuit turns those into "
            "⟨Z⟩, and the last layer adds them up, each with its weight."
        )
        rows = {
            "qubit": list(range(len(found.hidden[0]))),
            "angle (rad)": found.angles[0].round(3),
            "⟨Z⟩": found.hidden[0].round(3),
            "speaks for it": share.round(3),
        }
    elif run.prepared.settings.model.head == "linear":
        st.markdown("**On the way**: nothing; each number counts with its weight, and there is no circuit.")
        rows = {"number": list(column_names(run)), "read as": found.hidden[0].round(3), "speaks for it": share.round(3)}
    else:
        st.markdown("**On the way**: a hidden layer, and no circuit; the last layer adds its units up.")
        rows = {
            "hidden unit": list(range(len(found.hidden[0]))),
            "value": found.hidden[0].round(3),
            "speaks for it": share.round(3),
        }
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.caption("“Speaks for it”: what this adds to the score of the class named, beyond the mean of all classes.")


def _show_many(run: TrainedRun, names: Sequence[str]) -> None:
    upload = st.file_uploader(
        f"A table with the columns {as_plain_text(', '.join(names[:8]))}{', ...' if len(names) > 8 else ''}",
        max_upload_size=LARGEST_MB,
        key=f"{keys.POINT}_table",
    )
    if upload is None:
        st.caption("CSV, TSV, Parquet or NumPy. Nothing you upload here is written to disk.")
        return
    try:
        raw = read_raw(upload.getvalue())
        values = rows_of(raw, names)
    except UserError as error:
        show_user_error(error)
        return
    if in_order := order_words(raw, names):
        st.caption(as_plain_text(in_order))
    whole = np.isfinite(values).all(axis=1)
    if not whole.any():
        st.warning("No row of this table has all its numbers.")
        return
    shown = np.flatnonzero(whole)[:MOST_SHOWN]
    found = answer_numbers(run, values[shown])
    rows = [_row(found, at, int(raw.row_numbers[row])) for at, row in enumerate(shown.tolist())]
    said = f"{len(shown):,} rows answered"
    said += f"; {int((~whole).sum()):,} have a gap and are left out" if not whole.all() else ""
    said += f"; only the first {MOST_SHOWN:,} are, the shell takes any number" if whole.sum() > MOST_SHOWN else ""
    st.markdown(f"{said}.")
    st.dataframe(pd.DataFrame(rows), hide_index=True)
    st.download_button("Answers as CSV", to_csv(rows), "answers.csv", "text/csv", icon=":material/download:")


def _row(found: NumberAnswers, at: int, number: int) -> Row:
    shares = zip(found.classes, found.probabilities[at].tolist(), strict=True)
    answer: dict[str, str | int | float | bool] = {"row": number, "answer": found.labels[at]}
    return answer | {f"p({name})": round(share, 4) for name, share in shares}


def _middle(model: TrainedModel) -> np.ndarray:
    """Returns where to begin: the first held-out row, or zeros where the numbers are not here."""
    known = known_rows(model)
    size = model.run.prepared.feature_size
    return known.round(3) if known is not None else np.zeros(size)
