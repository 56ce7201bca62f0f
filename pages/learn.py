"""The Learn page: the ideas behind the app, where they are being tried, and what the words mean."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up

set_up(
    "Learn",
    "🎓",
    "Learn",
    "The ideas behind this app and where they are being tried, each with something to play with. "
    "All that is shown is computed here, in a simulation, as you look.",
)
with guarded():
    from ui.learn.page import show_learn  # imported here, so that the words above are read before charts are

    show_learn()
