"""Studies that are a visitor's to see in the list and to change: all where the server is closed, else their own.

A study that a link names opens for whoever has the link, as a data set does.
"""

from __future__ import annotations

from qtl_core.studies.jobs import OWNER
from qtl_core.studies.store import StudyStore, StudySummary, kept_studies
from ui.base.trust import knows_its_computer
from ui.session.visitor import visitor

MAKER = "whoever made this study, in the browser it was made in"
AT_THE_COMPUTER = "whoever is at the server's computer, under its address 127.0.0.1 or localhost"
BY_A_SHELL = "whoever runs this server, from a shell"  # of a study that no visitor made


def my_studies() -> list[StudySummary]:
    """Returns the studies that this visitor made, or all where each is theirs, the newest first."""
    found = kept_studies()
    if visitor().has_all:
        return found
    return [each for each in found if may_change(StudyStore(each.id))]


def may_change(store: StudyStore) -> bool:
    """Returns whether the visitor may go on with a study, stop it or delete it."""
    return visitor().owns(str(store.fact(OWNER) or ""))


def who_may_change(store: StudyStore) -> str:
    """Says who may, to a visitor who may not."""
    may = [*([MAKER] if store.fact(OWNER) else []), *([AT_THE_COMPUTER] if knows_its_computer() else [])]
    others = ", and ".join(may or [BY_A_SHELL])
    return f"You can look at this study. Going on with it, stopping and deleting it is for {others}."
