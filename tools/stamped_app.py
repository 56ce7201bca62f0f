"""Streamlit with one thing added: the Predict page says on standard output when all that was asked is answered.

`python -m tools.stamped_app run app.py ...` in place of `python -m streamlit run app.py ...`.
"""

from __future__ import annotations

import time
from typing import Any

from streamlit.web import cli

from ui.session.answer_queue import AnswerProgress, AnswerQueue

STAMP = "answered at"
_refresh = AnswerQueue.refresh


def _stamped(book: AnswerQueue, *args: Any) -> AnswerProgress:
    progress = _refresh(book, *args)
    if progress.is_over:
        print(STAMP, time.time(), *(answer.id for answer in progress.answers), flush=True)
    return progress


if __name__ == "__main__":
    AnswerQueue.refresh = _stamped
    cli.main()
