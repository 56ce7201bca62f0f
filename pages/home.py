"""The Home page: what this is, a trained network at work, and the ways into the app."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up

set_up(
    "Home",
    "🐝",
    "See a quantum circuit tell ants from bees",
    "An image network turns a picture into numbers, a small layer turns those into angles for a quantum circuit, "
    "simulated here. Watch a trained one answer:",
)
with guarded():
    from ui.home.page import show_home  # imported here, so that the words above are read before anything else is

    show_home()
