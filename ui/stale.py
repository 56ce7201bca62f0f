"""A result belongs to the settings that made it; when others are on screen, it says so."""

from __future__ import annotations

import streamlit as st

from qtl_core.settings import RunSettings, spec_of, specs
from qtl_core.settings.groups import GROUPS
from ui.errors import as_plain_text


def show_stale(ran: RunSettings, on_screen: RunSettings) -> None:
    """Marks the result below as made with other settings, naming each."""
    changed = differences(ran, on_screen)
    if changed:
        st.warning(f"These figures belong to other settings: {as_plain_text('; '.join(changed))}.")


def differences(ran: RunSettings, on_screen: RunSettings) -> list[str]:
    """Returns every setting whose value differs, for example `Qubits 4 → 6`: first what ran, then what is on screen."""
    found = []
    for group in GROUPS:
        before, now = getattr(ran, group), getattr(on_screen, group)
        for name in specs(before):
            old, new = getattr(before, name), getattr(now, name)
            if old != new:
                found.append(f"{spec_of(before, name).label} {_shown(before, name)} → {_shown(now, name)}")
    return found


def _shown(settings: object, name: str) -> str:
    value, spec = getattr(settings, name), spec_of(settings, name)
    labels = {choice.value: choice.label for choice in spec.choices}
    if isinstance(value, bool):
        return "on" if value else "off"
    return labels.get(value) or str(value) or "none"
