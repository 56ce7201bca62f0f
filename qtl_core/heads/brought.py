"""A head that was brought in: the run that it became, how its file was read, and what that is worth."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.heads.misreading import Otherwise
from qtl_core.heads.records import Head
from qtl_core.training.view import RunView


@dataclass(frozen=True, eq=False)
class BroughtHead:
    """A head and its run.

    Attributes:
        view: The run.
        head: The head as it was read.
        otherwise: What other readings of the file are worth on the pictures that the run was measured with.
        warnings: Sentences on a reading that is probably wrong; they are among the run's notes too.
    """

    view: RunView
    head: Head
    otherwise: tuple[Otherwise, ...] = ()
    warnings: tuple[str, ...] = ()
