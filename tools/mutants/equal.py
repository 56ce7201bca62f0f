"""The changes that no test can notice, each with the reason: `equal.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.mutants.making import Mutant

LIST = Path(__file__).with_name("equal.toml")
NUMBER = re.compile(r"[ -]*\b[\d_.]+\b")


@dataclass(frozen=True)
class Equal:
    """Changes of one line that make no difference.

    Attributes:
        file, before: The line.
        why: The reason.
        after: What it may become; nothing stands for any other numbers in it.
    """

    file: str
    before: str
    why: str
    after: tuple[str, ...] = ()

    def covers(self, mutant: Mutant) -> bool:
        """Returns whether a mutant is one of these changes."""
        if (mutant.file, mutant.before) != (self.file, self.before):
            return False
        return mutant.after in self.after or (not self.after and _form(mutant.after) == _form(mutant.before))


def equal_changes(file: Path = LIST) -> list[Equal]:
    """Returns what is listed."""
    told = tomllib.loads(file.read_text(encoding="utf-8"))["equal"]
    return [Equal(**{**each, "after": tuple(each.get("after", ()))}) for each in told]


def unequal(mutants: Iterable[Mutant]) -> list[Mutant]:
    """Returns those that are not on the list."""
    listed = equal_changes()
    return [mutant for mutant in mutants if not any(each.covers(mutant) for each in listed)]


def _form(text: str) -> str:
    """Returns a line without its numbers."""
    return NUMBER.sub("#", text)
