"""What is known of a stranger's file on its way to a kept run, be it a run in one file or a head."""

from __future__ import annotations

from dataclasses import dataclass, replace

from qtl_core.progress import Progress


@dataclass(frozen=True)
class ImportView:
    """How far a file has come.

    Attributes:
        progress: What is being done with it, where that takes a while.
        run: The kept run once it is done, else "".
        was_here: Whether just this run was kept already.
        notes: What else has to be said, in whole sentences.
        warnings: Those of them that say that something is probably wrong.
    """

    progress: Progress | None = None
    run: str = ""
    was_here: bool = False
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def after(self, event: Progress | ImportView) -> ImportView:
        """Returns the view after one more event."""
        return replace(self, progress=event) if isinstance(event, Progress) else event
