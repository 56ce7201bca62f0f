"""The choice of what is learnt from: pictures, points or a table, and which."""

from __future__ import annotations

from qtl_core.settings.relevant import counts
from ui.session import session
from ui.train.table_choice import show_table_choice
from ui.widgets.settings_controls import show_field


def show_source() -> None:
    """Shows the kind of source, and what this kind has to be told."""
    show_field("source")
    data = session.screen.settings.data
    if data.source == "folder":
        show_field("folder")
    if data.source == "dataset":
        show_field("dataset")
        if data.dataset_version:
            show_field("dataset_version")
    if data.is_numbers:
        _show_numbers()


def _show_numbers() -> None:
    """Shows which points are learnt, or which table."""
    if session.screen.settings.data.source == "table":
        show_table_choice()
        return
    for name in ("shape", "turns", "rotation_degrees", "spread", "points"):
        if counts(session.screen.settings, name):
            show_field(name)
