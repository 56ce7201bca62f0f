"""Gets the first training worker, and with it the compiler, ready as soon as a server has its first visitor.

Whatever page that is on: a compiler that starts at the first Start is waited for. A moment later, so that the page
itself comes first; workers stand back behind pages by their niceness.
"""

from __future__ import annotations

import threading
import time

from ui.base import job_managers
from ui.base.streamlit_internals import is_served

AFTER_SECONDS = 1.5

_begun = threading.Lock()


def warm_soon() -> None:
    """Begins it, once for the server; every page calls this. Where a test runs a page without one, nothing begins."""
    if is_served() and _begun.acquire(blocking=False):
        threading.Thread(target=_warm, name="warming", daemon=True).start()


def _warm() -> None:
    time.sleep(AFTER_SECONDS)
    job_managers.warm()
