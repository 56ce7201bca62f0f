"""The extra `serve`, without which no run is served, and the command that serves one."""

from __future__ import annotations

import importlib.util
import shlex

from qtl_core.common.errors import UserError

PACKAGES = {"fastapi": "fastapi", "uvicorn": "uvicorn", "python_multipart": "python-multipart"}
INSTALL = "Install the extra by: pip install '.[serve]'"
PORT = 8000


def require_serve() -> None:
    """Refuses where the extra is not installed.

    Raises:
        UserError: It is not, with what to do.
    """
    missing = [name for module, name in PACKAGES.items() if importlib.util.find_spec(module) is None]
    if missing:
        are = "are" if missing[1:] else "is"
        raise UserError(
            "No run can be served here.", f"That takes {' and '.join(missing)}, which {are} not installed.", INSTALL
        )


def serve_command(run: str) -> str:
    """Returns what to type to serve a run."""
    return f"qtl serve {shlex.quote(run)} --port {PORT}"
