"""A head to bring in, with the answers to what its file does not say."""

from __future__ import annotations

from dataclasses import dataclass, field

from qtl_core.heads.records import HeadQuestions
from qtl_core.settings import DataSettings


@dataclass(frozen=True)
class HeadRequest:
    """A head to bring in.

    Attributes:
        content: The file.
        name: What it is called.
        asked: What the file does not say.
        weights: A file of its network's weights, or "" for the usual one.
        data: The pictures it is to be measured with, if they are here; weights and backbone play no part.
    """

    content: bytes = field(repr=False)
    name: str
    asked: HeadQuestions
    weights: str = ""
    data: DataSettings = field(default_factory=DataSettings)
