"""Lessons: pages on which a class sees a task and only what it is about (`hide=`, `task=` in a link).

Start, Stop and Reset cannot be hidden. Nothing is forbidden by hiding: a value in the link holds all the same, and
whoever takes `hide` and `task` out of the address sees everything again. What changes things for everybody who uses the
server (`FOR_TEACHERS`) is left out of every lesson, so that no pupil presses it by mistake.

To make a part of a page one that can be hidden: a line in `PARTS`, and
`if not session.screen.hides("<name>"):` where it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from qtl_core.settings import specs
from qtl_core.settings.groups import FIELDS, GROUPS, PRIVATE
from ui.base.pages import PAGES

PARTS = {
    "presets": "Well-known settings",
    "playground": "Retrain at every change",
    "more": "More settings",
    "step": "One epoch at a time",
    "continue": "More epochs",
    "seeds": "Repeat with other seeds",
}
SETTINGS = {name: spec.label for name, spec in FIELDS.items()}
# The first page and Train stay: they are where links lead.
NAVIGATION = {Path(entry.path).stem: f"Page: {entry.title}" for entry in PAGES[1:] if entry.title != "Train"}
HIDEABLE = SETTINGS | PARTS | NAVIGATION
FOR_TEACHERS = {
    "delete": "deleting runs",
    "bring_in": "bringing in files of runs",
    "labels": "renaming runs",
    "download": "downloading photos or image networks, which changes what everybody trains on",
    **{name: f"the path of a {SETTINGS[name].lower()}" for name in sorted(PRIVATE)},
}
MAIN = ("source", "head", "qubits", "depth", "learning_rate", "epochs")  # beside Start without a further click
START = tuple(specs(GROUPS["transfer"]))  # has a section of its own
# Follow their source: none of them is there with another one.
OF_SOURCES = frozenset(
    ("dataset", "dataset_version", "shape", "turns", "rotation_degrees", "spread", "points", "label", "columns")
)


def _labels(group: str) -> dict[str, str]:
    return {name: SETTINGS[name] for name in specs(GROUPS[group]) if name not in PRIVATE}


GROUPED = {
    "The head": _labels("model"),
    "The circuit": _labels("circuit"),
    "How it learns": _labels("training"),
    "How it is read out": _labels("readout"),
    "Where it starts from": _labels("transfer"),
    "Pictures and image network": _labels("data"),
    "Parts of the Train page": PARTS,
    "Pages": {name: title.removeprefix("Page: ") for name, title in NAVIGATION.items()},
}
# The circuit's settings are on the Circuit page as well.
_FURTHER = frozenset({"presets", "more", "seeds", "step", "entangler", "rotation", "reuploading", *START})
QUICK = {  # what a teacher hides with one click
    "Nothing": frozenset[str](),
    "All but the main settings": _FURTHER,
    "All but Start and the result": _FURTHER | frozenset(MAIN) | frozenset(PARTS),
}

LONGEST_TASK = 500  # characters: what is read before one begins, and still a link that can be sent
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def clean_task(task: str) -> str:
    """Returns a task as it is shown: up to `LONGEST_TASK` characters, nothing that nobody can see, no empty lines."""
    text = _CONTROL.sub(" ", task.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8"))
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)[:LONGEST_TASK].rstrip()


def remaining(hidden: Collection[str]) -> dict[str, list[str]]:
    """Returns what a pupil still sees where these are hidden, in plain names: the pages, and what is on Train."""
    shown = [name for name in MAIN if name not in hidden]
    more = [name for name in SETTINGS if name not in {*MAIN, *START, *OF_SOURCES, *PRIVATE, *hidden}]
    train = [SETTINGS[name] for name in (*shown, *START) if name not in hidden]
    train += [title for name, title in PARTS.items() if name not in {*hidden, "more"}]
    if more and "more" not in hidden:
        train.append(f"{PARTS['more']} ({', '.join(SETTINGS[name] for name in more)})")
    pages = [entry.title for entry in PAGES if Path(entry.path).stem not in hidden]
    return {"Pages": pages, "On Train": [*train, "Start, Stop, Reset", "Curves and results"]}
