"""The last stop: the visitor's own picture, on the real Predict page's panels."""

from __future__ import annotations

from ui.predict.page import show_predict

TITLE = "Your own photo"
TEXT = (
    "Take a photo, or drop a picture of an ant, a bee, or anything else. The answer comes with its reasons; where the "
    "picture is like nothing it has learnt from, the app says so."
)
PAGE = None
WIDE = True


def show() -> None:
    """Shows what the Predict page shows."""
    show_predict()
