"""The Runs page: every run that was kept, to be found again, set beside others, gone on with and taken along."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up
from ui.widgets.kept_here import are_runs_kept

KEPT = "Every run that was started on this machine is kept here; tries that trained by themselves are not."
NOT_KEPT = "Runs that were kept before are here; no more can be kept."

set_up(
    "Runs",
    "🗂️",
    "Runs",
    f"{KEPT if are_runs_kept() else NOT_KEPT} Click a run to open it; tick up to eight to compare them.",
)
with guarded():
    from ui.runs.page import show_runs_page  # imported here, so that the words above are read before charts are

    show_runs_page()
