"""The record of a word in the glossary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """One word of the field.

    Attributes:
        name: The word, as it stands within a sentence.
        sentence: What it means, in one plain sentence without markup: it is also a tooltip.
        more: What else is good to know; Markdown, or "".
        formula: In LaTeX, or "".
        page: The page of the app where it can be seen ("train", "predict", "circuit", "data"), or "".
        topic: The topic of the Learn page that is about it, or "".
        also: Other ways to say it, under which it is found as well.
    """

    name: str
    sentence: str
    more: str = ""
    formula: str = ""
    page: str = ""
    topic: str = ""
    also: tuple[str, ...] = ()
