"""The kept runs that a person can choose from, on any page; a store that cannot be used costs a sentence."""

from __future__ import annotations

import streamlit as st

from qtl_core.errors import UserError
from qtl_core.store import RunRecord, list_runs
from ui.errors import as_plain_text

MOST = 50  # the newest; a longer list is not read


def choosable_runs(most: int = MOST) -> list[RunRecord]:
    """Returns the newest runs that have weights and are over, newest first; says where none can be read at all."""
    try:
        records = list_runs()
    except UserError as error:
        st.warning(as_plain_text(f"Kept runs cannot be offered here. {error}"))
        return []
    return [record for record in records if record.right is not None and record.state != "running"][:most]
