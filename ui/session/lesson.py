"""The parts that a lesson's link may take off the pages (`hide=`), so that a class sees only what the lesson is about.

Start, Stop and Reset cannot be hidden. Nothing is forbidden by hiding: a value in the link holds all the same, and
whoever takes `hide` out of the address sees everything again.

To make a part of a page one that can be hidden: a line in `PARTS`, and
`if not session.screen.hides("<name>"):` where it is shown.
"""

from __future__ import annotations

from pathlib import Path

from qtl_core.settings.groups import FIELDS
from ui.base.pages import PAGES

PARTS = {
    "presets": "Well-known settings",
    "playground": "Retrain at every change",
    "more": "More settings",
    "continue": "More epochs",
    "seeds": "Repeat with other seeds",
}
SETTINGS = {name: spec.label for name, spec in FIELDS.items()}
# The first page and Train stay: they are where links lead.
NAVIGATION = {Path(entry.path).stem: f"Page: {entry.title}" for entry in PAGES[1:] if entry.title != "Train"}
HIDEABLE = SETTINGS | PARTS | NAVIGATION
GROUPED = {"Settings": SETTINGS, "Parts of the Train page": PARTS, "In the navigation": NAVIGATION}
