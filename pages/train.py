"""The Train page: choose, start, watch the network learn, look at what it got wrong."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up
from ui.widgets.glossary import word

set_up(
    "Train",
    "🐝",
    "Teach a quantum circuit to tell things apart",
    f"A ready-made {word('image network')} turns every photo into numbers (points and tables are numbers already), "
    f"and a small {word('variational circuit', 'quantum circuit')} learns to sort them: **Start** trains it.",
)
with guarded():
    from ui.train.page import show_train  # imported here, so that the words above are read before charts are

    show_train()
