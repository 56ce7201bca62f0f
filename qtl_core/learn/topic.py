"""Records of a topic of the Learn page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TopicPart = Literal["ideas", "uses", "questions"]


@dataclass(frozen=True)
class Reference:
    """A publication that a reader can go to.

    Attributes:
        authors: Surnames, as one would cite them.
        title: Its title.
        venue: Journal with volume and page or article number, or publisher.
        year: When it appeared.
        arxiv: Its arXiv number, or "" where it has none.
        doi: Its DOI; one of the two is there.
    """

    authors: str
    title: str
    venue: str
    year: int
    arxiv: str = ""
    doi: str = ""

    def __post_init__(self) -> None:
        if not (self.arxiv or self.doi):
            raise ValueError(f"{self.title} can be found neither by arXiv number nor by DOI")

    @property
    def address(self) -> str:
        """The address at which it can be read."""
        return f"https://arxiv.org/abs/{self.arxiv}" if self.arxiv else f"https://doi.org/{self.doi}"


@dataclass(frozen=True)
class Topic:
    """One topic: a short text, something to play with, what is honest to say, and where to read on.

    Attributes:
        key: Its name in links and modules: `ui/learn/<key>.py` shows what there is to play with.
        part: Whether it is an idea, a field in which the idea is tried, or a question that learners ask.
        title: What it is called.
        text: What it is about, plain words first; Markdown.
        play: What to do with the thing to play with, in a sentence or two.
        honest: What it does not show, and what does as well without anything quantum.
        references: Where to read on.
        formula: The same as a formula, in LaTeX, one click away; "" where there is none.
        terms: Words of the glossary that help here.
    """

    key: str
    part: TopicPart
    title: str
    text: str
    play: str
    honest: str
    references: tuple[Reference, ...]
    formula: str = ""
    terms: tuple[str, ...] = ()
