"""The sentence beside whatever a run's exact circuit computes, where the run was trained from shots or under noise."""

from __future__ import annotations

import streamlit as st

from qtl_core.settings import RunSettings
from qtl_core.settings.readout_words import exact_words
from ui.widgets.glossary import help_of


def say_exact(settings: RunSettings) -> None:
    """Says it; nothing of a run whose circuit was read exactly all along, or that has none.

    Args:
        settings: The run's.
    """
    if said := exact_words(settings):
        st.caption(f":material/function: {said}", help=help_of("shots", "noise"))
