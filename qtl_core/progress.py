"""How far long work has come, as the record that a person is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Progress:
    """How far the preparation has come.

    Attributes:
        stage: What is being done, in words ("Reading the pictures", ...).
        done, total: Steps done and in all; total 0 where it is not known.
    """

    transient: ClassVar[bool] = True  # only the latest one matters, so readers may be spared some

    stage: str
    done: int
    total: int
