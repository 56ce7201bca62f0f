"""Exit code 0 where the studio of this container answers: the Dockerfile's HEALTHCHECK."""

from __future__ import annotations

import os
import urllib.request


def health_address() -> str:
    """Returns where Streamlit says that it is well, below the path that it is served at."""
    port = os.environ.get("STREAMLIT_SERVER_PORT", "8501")
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    return "/".join(filter(None, (f"http://127.0.0.1:{port}", base, "_stcore/health")))


if __name__ == "__main__":
    urllib.request.urlopen(health_address(), timeout=5).close()
