"""The body of the Data page: look at the pictures that the network learns from."""

from __future__ import annotations

import streamlit as st

from qtl_core.datasets.photos import find_photos
from ui.controls import show_field
from ui.data_panel import show_data
from ui.materials import show_pictures
from ui.session import session


def show_data_page() -> None:
    """Shows all of the page below its title."""
    show_field("source")
    if session.screen.settings.data.source == "folder":
        show_field("folder")
    data = session.screen.settings.data
    if data.source == "photos" and find_photos() is None:
        with st.container(border=True, key="photos_missing"):
            show_pictures(data)
    show_data(data)
    session.screen.write_link()
