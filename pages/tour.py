"""The guided tour: what the app is about, in eleven stops that are the app itself."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up

set_up(
    "Tour",
    "🧭",
    "Guided tour",
    "Eleven stops, seven minutes. All that you touch is the app itself, computed as you look; leave whenever you like.",
)
with guarded():
    from ui.tour.page import show_tour  # imported here, so that the words above are read before charts are

    show_tour()
