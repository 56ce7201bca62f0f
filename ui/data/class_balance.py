"""The number of pictures of each class, at a glance: a bar a class, cut by what its pictures are for."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import streamlit as st

from qtl_core.pictures.datasets.reading import counts
from qtl_core.pictures.datasets.records import PARTS, DatasetRecord, Part
from ui.base.assets import stylesheet
from ui.base.theme import TRAINING, VALIDATION, class_colour

TEST = "#8A8D94"  # set aside: a grey, as neither training nor validation sees it
COLOURS: dict[Part, str] = {"train": TRAINING, "val": VALIDATION, "test": TEST}
WORDS: dict[Part, str] = {"train": "to train on", "val": "for validation", "test": "set aside for testing"}


def show_class_balance(record: DatasetRecord) -> None:
    """Shows the bars of a set made in the app; nothing while it is empty.

    Raises:
        UserError: The set cannot be read.
    """
    found = counts(record.id)
    largest = max((sum(found.get(each.id, {}).values()) for each in record.classes), default=0)
    if not largest:
        return
    rows = "".join(
        _row(each.name, class_colour(each.colour), found.get(each.id, {}), largest) for each in record.classes
    )
    there = [part for part in PARTS if any(found.get(each.id, {}).get(part) for each in record.classes)]
    legend = "".join(f'<span><i style="background:{COLOURS[part]}"></i>{WORDS[part]}</span>' for part in there)
    st.html(f'{stylesheet(__file__)}<div class="balance">{rows}<p>{legend}</p></div>')


def _row(name: str, colour: str, found: Mapping[Part, int], largest: int) -> str:
    total = sum(found.values())
    parts = "".join(
        f'<i style="width:{100 * found[part] / largest:.2f}%;background:{COLOURS[part]}"></i>'
        for part in PARTS
        if found.get(part)
    )
    said = ", ".join(f"{found[part]:,} {WORDS[part]}" for part in PARTS if found.get(part)) or "no picture yet"
    return (
        f'<div class="class" title="{escape(f"{name}: {said}")}">'
        f'<span class="name"><b style="color:{colour}">●</b> {escape(name)}</span>'
        f'<span class="bar" role="img" aria-label="{escape(said)}">{parts}</span><span class="count">{total:,}</span>'
        "</div>"
    )
