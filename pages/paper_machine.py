"""The page "The paper on its own machine": a trained head under the calibration of ibmqx4."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up

set_up(
    "Machine",
    "🧊",
    "The paper on its own machine",
    "A trained head runs on ibmqx4, the paper's machine: simulated here, with the errors that were measured of it.",
)
with guarded():
    from ui.paper_machine.page import show_machine  # imported here, so that the words above are read before charts are

    show_machine()
