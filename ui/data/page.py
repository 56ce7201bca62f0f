"""The body of the Data page: look at the pictures that the network learns from."""

from __future__ import annotations

import streamlit as st

from qtl_core.pictures.sources.photos import find_photos
from ui.data.panel import show_data
from ui.session import session
from ui.widgets.materials import show_pictures
from ui.widgets.settings_controls import show_field


def show_data_page() -> None:
    """Shows all of the page below its title."""
    show_field("source")
    if session.screen.settings.data.source == "folder":
        show_field("folder")
    if session.screen.settings.data.source == "dataset":
        show_field("dataset")
        if session.screen.settings.data.dataset_version:
            show_field("dataset_version")
    data = session.screen.settings.data
    if data.source == "photos" and find_photos() is None:
        with st.container(border=True, key="photos_missing"):
            show_pictures(data)
    show_data(data)
    session.screen.write_link()
