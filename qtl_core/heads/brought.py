"""A head that was brought in: the run that it became, how its file was read, and what that is worth."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.heads.misreading import AlternativeReading
from qtl_core.heads.records import Head
from qtl_core.training.view import TrainedRun


@dataclass(frozen=True, eq=False)
class ImportedHead:
    """A head and its run.

    Attributes:
        view: The run.
        head: The head as it was read.
        alternatives: What other readings of the file are worth on the pictures that the run was measured with.
        warnings: Sentences on a reading that is probably wrong; they are among the run's notes too.
    """

    view: TrainedRun
    head: Head
    alternatives: tuple[AlternativeReading, ...] = ()
    warnings: tuple[str, ...] = ()
