"""For whoever wants the numbers themselves: tables, downloads, and the settings as they are stored."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from qtl_core.evaluation.metrics import Evaluation
from qtl_core.export.tables import epoch_rows, prediction_rows, to_csv
from qtl_core.runs.view import TrainedRun


def show_raw_numbers(view: TrainedRun, evaluation: Evaluation) -> None:
    """Shows every epoch's figures and the settings, and offers them and the predictions as files."""
    with st.expander("The raw numbers", icon=":material/table:"):
        rows = epoch_rows(view)
        st.dataframe(rows, hide_index=True, height=min(36 * len(rows) + 38, 320))
        settings = json.dumps(view.prepared.settings.to_dict(), indent=2)
        with st.container(horizontal=True):
            _offer("Epochs as CSV", lambda: to_csv(rows), "epochs.csv", "text/csv")
            _offer("Predictions as CSV", lambda: to_csv(prediction_rows(evaluation)), "predictions.csv", "text/csv")
            _offer("Settings as JSON", lambda: settings, "settings.json", "application/json")
        st.code(settings, language="json", height=240)


def _offer(label: str, write: Callable[[], str], name: str, mime: str) -> None:
    """Offers a file that is written when somebody asks for it: of a large run, it takes a while."""
    st.download_button(label, write, file_name=name, mime=mime, icon=":material/download:", on_click="ignore")
