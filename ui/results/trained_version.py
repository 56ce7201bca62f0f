"""The version of a data set that a run was trained on, and what has come into the set or gone out of it since."""

from __future__ import annotations

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.version_pictures import Changes, changes_since
from qtl_core.pictures.datasets.versions import current_version
from qtl_core.settings import DataSettings
from ui.base.errors import as_name


def show_trained_version(data: DataSettings) -> None:
    """Names the version, of runs that learnt from a data set made in the app."""
    if data.source == "dataset" and data.dataset_version:
        st.caption(version_words(data.dataset, data.dataset_version))


def version_words(set_id: str, number: int) -> str:
    """Returns which version of which set it was, and what has changed since, as Markdown."""
    try:
        named = f"Trained on version {number} of the data set {as_name(find_by_id(set_id).name)}."
        changes = changes_since(set_id, number)
    except UserError:
        return f"Trained on version {number} of a data set that is not here: it cannot be trained again without it."
    if changes.came or changes.gone:
        return f"{named}{changes_words(changes)} The run keeps its own pictures."
    return f"{named} {'It is the same now.' if _is_now(set_id, number) else 'Its pictures were sorted anew since.'}"


def _is_now(set_id: str, number: int) -> bool:
    try:
        return current_version(set_id) == number
    except UserError:  # not enough is left to train on
        return False


def changes_words(changes: Changes) -> str:
    """Says which pictures a run did not learn from, and which are no longer there; "" where there are none."""
    said = ""
    if changes.aside:
        said += f" {changes.aside} {'was' if changes.aside == 1 else 'were'} set aside for testing."
    if changes.came:
        said += f" {changes.came} came since."
    if changes.gone:
        said += f" {changes.gone} {'was' if changes.gone == 1 else 'were'} taken out since."
    return said
