"""What must not be overlooked: what stands in for what, how the files differ from the public archive."""

from __future__ import annotations

import streamlit as st

from ui.errors import as_plain_text


def show_notes(notes: tuple[str, ...]) -> None:
    """Shows all of them in one box, or nothing."""
    if notes:
        st.warning("\n\n".join(as_plain_text(note) for note in notes))
