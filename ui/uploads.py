"""Uploaded files stay in memory: what a person brings is theirs."""

from __future__ import annotations

from starlette.formparsers import MultiPartParser

UNLIMITED = 0  # as SpooledTemporaryFile's max_size has it; how much may come is limited by server.maxUploadSize


def keep_uploads_in_memory() -> None:
    """Keeps the web server from writing uploads above a megabyte to temporary files while it reads them.

    For all of the server process; to be called before a page shows a widget that takes files.
    """
    MultiPartParser.spool_max_size = UNLIMITED
