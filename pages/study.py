"""The Studies page: a question answered by hundreds of runs, with how sure the answer is."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up

set_up(
    "Studies",
    "📊",
    "How sure is that?",
    "One run is one throw of the dice. A study trains many, says what came out, and what luck alone would give.",
)
with guarded():
    from ui.study.page import show_studies  # imported here, so that the words above are read before charts are

    show_studies()
