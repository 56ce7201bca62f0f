"""The code of components in the browser: several files of `assets`, one after another, as one script."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).parent / "assets"


def script(*names: str) -> str:
    """Returns the files of these names; the last one is the component, the others are what it is made with."""
    return "\n".join((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in names)


def asset(name: str) -> str:
    """Returns a file of the folder."""
    return (ASSETS / name).read_text(encoding="utf-8")
