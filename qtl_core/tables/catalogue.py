"""Sources of numbers under one name, and a quick look at whether one has changed."""

from __future__ import annotations

from qtl_core.settings import DataSettings
from qtl_core.tables.numbers import Numbers
from qtl_core.tables.points import load_points


def load_numbers(data: DataSettings) -> Numbers:
    """Returns the numbers that settings name, the same every time.

    Raises:
        UserError: There is no such table, or it cannot be used.
    """
    return load_points(data)


def stamp_of_numbers(data: DataSettings) -> tuple[tuple[str, int, int], ...]:
    """Returns what changes when the numbers do: name, size and time of the file they are read from, if any."""
    return ()
