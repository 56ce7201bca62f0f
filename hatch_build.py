"""Puts what Streamlit runs and reads into the package that is installed."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Within `ui`, because `app` and `pages` at the top of the import path would clash with other people's.
ENTRY = {name: f"ui/entry/{name}" for name in ("app.py", "pages", ".streamlit")}


class EntryHook(BuildHookInterface):
    """Adds them to a wheel; one that points here (`pip install -e .`) finds them in place (`ui/shell/serve.py`)."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Is called by hatchling before it writes a wheel; `version` is its kind."""
        if version != "editable":
            build_data["force_include"].update(ENTRY)
