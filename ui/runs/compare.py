"""Up to eight runs side by side: what they differ in, their curves and figures, and what two of them disagree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.compare.charts import accuracies_chart, curves_chart
from qtl_core.compare.files import (
    class_figure_rows,
    comparison_json,
    curve_rows,
    disagreement_rows,
    interval_of,
    run_rows,
)
from qtl_core.compare.pairs import Pair, pair_of
from qtl_core.compare.sides import Side, common_noun, differing_settings, same_pictures, setting_in_words, sides_of
from qtl_core.evaluation.class_figures import TEST, VALIDATION, part_figures
from qtl_core.evaluation.metrics import percent
from qtl_core.export.tables import to_csv
from qtl_core.runs.store import RunRecord, cached_run
from qtl_core.runs.view import RunView
from qtl_core.settings.groups import FIELDS
from qtl_core.settings.readout_words import figures_words
from ui.base.class_colours import colours_of
from ui.base.errors import show_user_error
from ui.base.theme import CLASSES
from ui.base.wording import duration, noun_of
from ui.runs.compare_charts import accuracies_figure, curves_figure
from ui.runs.disagreements import show_pair
from ui.runs.table import offer_chart, offer_file, row_height_for

CHART_CONFIG = {"displayModeBar": False}


def show_comparison(records: Sequence[RunRecord], names: Mapping[str, str]) -> None:
    """Shows the runs beside each other, in the order in which they were ticked; `names` says what they are called."""
    sides = sides_of(_readable(records), names)
    if len(sides) < 2:
        return
    pair = _pair(sides)
    _show_figures(sides)
    _show_whether_comparable(sides)
    for said in read_words(sides):
        st.caption(said)
    if pair is not None:
        drawn, prepared = sides[0].record.settings.data.source == "drawn", sides[0].view.prepared
        show_pair(pair, drawn=drawn, colours=colours_of(prepared) if prepared else CLASSES)
    _show_settings(sides)
    st.plotly_chart(curves_figure(sides), key="compared_curves", config=CHART_CONFIG, alt="Curves of the chosen runs")
    _offer_files(sides, pair)


def read_words(sides: Sequence[Side]) -> list[str]:
    """Returns, of every run that was trained from shots or under noise, what its figures are."""
    said = {side.letter: figures_words(side.record.settings) for side in sides}
    return [f"{letter}: {words}" for letter, words in said.items() if words]


def _readable(records: Sequence[RunRecord]) -> list[tuple[RunRecord, RunView]]:
    """One that cannot be read costs a sentence, not the comparison."""
    found: list[tuple[RunRecord, RunView]] = []
    for record in records:
        try:
            found.append((record, cached_run(record.id, record.version)))
        except UserError as error:
            show_user_error(error)
    return found


def _pair(sides: Sequence[Side]) -> Pair | None:
    if len(sides) != 2 or len(same_pictures(sides)) != 1:
        return None
    first, second = sides
    if first.evaluation is None or second.evaluation is None:
        return None
    return pair_of(first.evaluation, second.evaluation, (first.letter, second.letter), noun_of(first.view))


def _show_figures(sides: Sequence[Side]) -> None:
    st.dataframe(
        [_figures(side) for side in sides],
        hide_index=True,
        row_height=row_height_for(side.name for side in sides),
        alt="Final figures of the chosen runs",
        column_config={"": st.column_config.TextColumn(width=35), "Run": st.column_config.TextColumn(width=260)},
    )
    if any(side.record.test_right is not None for side in sides):
        st.caption(
            "Right and Accuracy are of the validation pictures, which chose each run's best epoch and so flatter; Test "
            "is of pictures that chose nothing. Balanced accuracy and F1 are of the part that stands beside them."
        )
    st.plotly_chart(
        accuracies_figure(sides),
        key="compared_accuracies",
        config=CHART_CONFIG,
        alt="Best validation accuracy of the chosen runs with its uncertainty",
    )


def _figures(side: Side) -> dict[str, str]:
    record, interval = side.record, interval_of(side.record)
    measured = interval is not None
    parts = part_figures(side.view)
    shown = parts.get(TEST) or parts.get(VALIDATION)
    right = record.test_right
    return {
        "": side.letter,
        "Run": side.name,
        "Right": f"{record.right} of {record.val_size}" if measured else "not measured",
        "Accuracy": percent(record.right / record.val_size) if record.right is not None and measured else "",
        "Between": f"{percent(interval[0])} and {percent(interval[1])}" if interval else "",
        "Test": f"{right} of {record.test_size}" if right is not None else "",
        "Balanced accuracy": percent(shown.balanced_accuracy) if shown else "",
        "Macro F1": f"{shown.macro_f1:.3f}" if shown else "",
        "Of": shown.part if shown else "",
        "Loss": f"{record.best_val_loss:.3f}" if measured else "",
        "Best epoch": f"{record.best_epoch} of {record.epochs}",
        "Training": duration(record.seconds),
    }


def _show_whether_comparable(sides: Sequence[Side]) -> None:
    groups = same_pictures(sides)
    if len(groups) > 1:
        words = "; ".join(" and ".join(side.letter for side in group) for group in groups)
        noun = common_noun(sides)
        st.warning(
            f"These runs did not all answer for the same validation {noun} ({words}): figures of different {noun} "
            "cannot be set against each other."
        )
    elif any(not side.record.val_sha256 for side in sides):
        st.caption(
            "For a run of long ago only the names of its pictures are known: that their contents are the same "
            "is taken on trust."
        )
    elif len(sides) > 2:
        st.caption(
            f"All of them answered for the same validation {common_noun(sides)}. Tick two of them to see on which they "
            "disagree, and whether chance alone would give their difference."
        )


def _show_settings(sides: Sequence[Side]) -> None:
    differing = differing_settings([side.record.settings for side in sides])
    if not differing:
        st.markdown("**All settings are the same.**")
        return
    st.markdown("**The settings they differ in**; all others are the same.")
    st.dataframe(
        [{"Setting": FIELDS[name].label} | _in_words(sides, name, values) for name, values in differing.items()],
        hide_index=True,
        alt="Settings in which the chosen runs differ",
    )


def _in_words(sides: Sequence[Side], name: str, values: Sequence[Any]) -> dict[str, str]:
    """Returns everybody's value of a setting, by the run's letter."""
    return {side.letter: setting_in_words(side.record, name, value) for side, value in zip(sides, values, strict=True)}


def _offer_files(sides: Sequence[Side], pair: Pair | None) -> None:
    records = [side.record for side in sides]
    with st.container(horizontal=True, key="compared_files"):
        offer_chart("Curves", lambda: curves_chart(sides), "compared-curves")
        offer_chart("Accuracies", lambda: accuracies_chart(sides), "compared-accuracies")
        offer_file("Figures as CSV", lambda: to_csv(run_rows(records)), "compared-runs.csv", "text/csv")
        offer_file("Classes as CSV", lambda: to_csv(class_figure_rows(sides)), "compared-classes.csv", "text/csv")
        offer_file("Epochs as CSV", lambda: to_csv(curve_rows(sides)), "compared-epochs.csv", "text/csv")
        if pair is not None and len(pair.disagreements):
            offer_file("Disagreements as CSV", lambda: to_csv(disagreement_rows(pair)), "disagreements.csv", "text/csv")
        offer_file("All as JSON", lambda: comparison_json(sides, pair), "comparison.json", "application/json")
