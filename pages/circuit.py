"""The Circuit page: the very circuit that is being trained or was trained, gate by gate."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up
from ui.widgets.glossary import word

set_up(
    "Circuit",
    "🔬",
    "Circuit",
    f"Each line is a {word('qubit')}, each box a {word('gate')} that turns it; read it from left to right.",
)
with guarded():
    from ui.circuit.page import show_circuit_page  # imported here, so that the words above are read before charts are

    show_circuit_page()
