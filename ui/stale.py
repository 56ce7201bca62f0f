"""A result belongs to the settings that made it; when others are on screen, it says so."""

from __future__ import annotations

import streamlit as st

from qtl_core.comparing.sides import differing_settings, value_in_words
from qtl_core.settings import RunSettings
from qtl_core.settings.groups import FIELDS
from ui.errors import as_plain_text


def show_stale(ran: RunSettings, on_screen: RunSettings) -> None:
    """Marks the result below as made with other settings, naming each."""
    changed = differences(ran, on_screen)
    if changed:
        st.warning(f"These figures belong to other settings: {as_plain_text('; '.join(changed))}.")


def differences(ran: RunSettings, on_screen: RunSettings) -> list[str]:
    """Returns every setting whose value differs, for example `Qubits 4 → 6`: first what ran, then what is on screen."""
    return [
        f"{FIELDS[name].label} {' → '.join(value_in_words(name, value) for value in values)}"
        for name, values in differing_settings((ran, on_screen)).items()
    ]
