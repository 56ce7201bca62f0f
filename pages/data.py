"""The Data page: look at the pictures that the network learns from."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up

set_up(
    "Data",
    "🖼️",
    "Data",
    "These are the pictures the network learns from, and those it is tested on and never learns from.",
)
with guarded():
    from ui.data.page import show_data_page  # imported here, so that the words above are read before charts are

    show_data_page()
