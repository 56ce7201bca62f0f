"""The Predict page: ask a trained run about pictures of one's own, and see how each answer came about."""

from __future__ import annotations

from ui.base.errors import guarded
from ui.shell.page import set_up

set_up(
    "Predict",
    "🔎",
    "Predict",
    "A trained run says what it sees in your own pictures, or makes of your numbers, and how it came to its answer.",
)
with guarded():
    from ui.predict.page import show_predict  # imported here, so that the words above are read before charts are

    show_predict()
