"""What came of a stranger's file once it is a kept run, be it a run in one file or a head."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ImportedRun:
    """A file that was brought in.

    Attributes:
        run: The kept run.
        was_here: Whether just this run was kept already.
        notes: What else has to be said, in whole sentences.
        warnings: Those of them that say that something is probably wrong.
    """

    run: str
    was_here: bool = False
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
