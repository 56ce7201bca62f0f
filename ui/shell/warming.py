"""Gets the first training worker, and with it the compiler, ready as soon as a server runs.

Before its first visitor is there: a worker that begins with the first page, or a compiler that begins at the first
Start, is waited for. Workers stand back behind pages by their niceness.
"""

from __future__ import annotations

import threading

from ui.base import job_managers
from ui.base.streamlit_internals import is_served

_begun = threading.Lock()


def warm() -> None:
    """Begins it, once for the server, which calls this at its start, and every page where that did not happen.

    Where a test runs a page without a server, nothing begins.
    """
    if is_served() and _begun.acquire(blocking=False):
        threading.Thread(target=job_managers.warm, name="warming", daemon=True).start()
