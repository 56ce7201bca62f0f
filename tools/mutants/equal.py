"""The changes that no test can notice, each with the reason: `equal.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from tools.mutants.making import Mutant

LIST = Path(__file__).with_name("equal.toml")


def equal_changes(file: Path = LIST) -> dict[tuple[str, str, str], str]:
    """Returns the reason for every (file, line before, line after)."""
    told = tomllib.loads(file.read_text(encoding="utf-8"))["equal"]
    return {(each["file"], each["before"], after): each["why"] for each in told for after in each["after"]}


def unequal(mutants: Iterable[Mutant]) -> list[Mutant]:
    """Returns those that are not on the list."""
    listed = equal_changes()
    return [mutant for mutant in mutants if (mutant.file, mutant.before, mutant.after) not in listed]
