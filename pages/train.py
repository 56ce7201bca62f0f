"""The Train page: choose, start, watch the network learn, look at what it got wrong."""

from __future__ import annotations

from ui.errors import guarded
from ui.glossary import word
from ui.page import set_up

set_up(
    "Train",
    "🐝",
    "Teach a quantum circuit to tell pictures apart",
    f"A ready-made {word('image network')} turns every photo into numbers, and a small "
    f"{word('variational circuit', 'quantum circuit')} learns to sort them: "
    "press **Start** and watch.",
)
with guarded():
    from ui.train_page import show_train  # imported here, so that the words above are read before charts are

    show_train()
