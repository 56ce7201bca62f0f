"""The body of the Data page: make data sets of one's own, and look at the pictures that the network learns from."""

from __future__ import annotations

import streamlit as st

from qtl_core.pictures.sources.photos import find_photos
from ui.base.assets import stylesheet
from ui.data.editor import show_editor
from ui.data.panel import show_data
from ui.data.set_list import show_set_list
from ui.session import session
from ui.session.visitor import my_sets
from ui.session.workshop import OWN
from ui.widgets.materials import show_pictures
from ui.widgets.settings_controls import show_field


def show_data_page() -> None:
    """Shows all of the page below its title: the set that is open, or those there are and the ready-made ones."""
    st.html(stylesheet(__file__))
    data = session.screen.settings.data
    if data.source == OWN and data.dataset:
        show_editor()
    else:
        show_set_list()
        _show_ready_made()
    session.screen.write_link()


def _show_ready_made() -> None:
    show_field("source")
    if session.screen.settings.data.source == "folder":
        show_field("folder")
    data = session.screen.settings.data
    if data.source == "photos" and find_photos() is None:
        with st.container(border=True, key="photos_missing"):
            show_pictures(data)
    if data.source == OWN:
        there = "Open one of your data sets above, or make" if my_sets() else "Make"
        st.info(f"{there} a new one with **New data set**, or choose other pictures.")
        return
    show_data(data)
