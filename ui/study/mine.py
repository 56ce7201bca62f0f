"""Studies that are a visitor's to see in the list and to change: all where the server is closed, else their own.

A study that a link names opens for whoever has the link, as a data set does.
"""

from __future__ import annotations

from qtl_core.studies.jobs import OWNER
from qtl_core.studies.store import StudyStore, StudySummary, kept_studies
from ui.session.visitor import visitor


def my_studies() -> list[StudySummary]:
    """Returns the studies that this visitor made, or all where each is theirs, the newest first."""
    found = kept_studies()
    if visitor().has_all:
        return found
    return [each for each in found if may_change(StudyStore(each.id))]


def may_change(store: StudyStore) -> bool:
    """Returns whether the visitor may go on with a study, stop it or delete it."""
    return visitor().owns(str(store.fact(OWNER) or ""))
