"""What the browser is given from `assets`: scripts and other files of components, style sheets of pages and panels."""

from __future__ import annotations

from functools import cache
from pathlib import Path

ASSETS = Path(__file__).parent / "assets"


def script(*names: str) -> str:
    """Returns the files of these names; the last one is the component, the others are what it is made with."""
    return "\n".join((ASSETS / f"{name}.js").read_text(encoding="utf-8") for name in names)


def asset(name: str) -> str:
    """Returns a file of the folder."""
    return (ASSETS / name).read_text(encoding="utf-8")


@cache  # every run of a page asks
def stylesheet(name: str) -> str:
    """Returns the style sheet `<name>.css` as an element for `st.html`.

    A value that Python knows goes in as a custom property, set beside it: `style="--wrong: #DB2B54"`.
    """
    return f"<style>\n{asset(f'{name}.css')}</style>"
