"""The studio as its image starts it, served below a path, for the tests that ask through a proxy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosting import image
from tools.app_server import BASE_VARIABLE, free_port, running_server

BASE = "studio"


@pytest.fixture(scope="session")
def image_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app that the Dockerfile's command started, in a folder with what it copies alone."""
    folder, home = image.make_folder(tmp_path_factory.mktemp("image")), tmp_path_factory.mktemp("data")
    port = free_port()
    here = {"QTL_HOME": str(home), "STREAMLIT_SERVER_ADDRESS": "127.0.0.1", "STREAMLIT_SERVER_PORT": str(port)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = image.environment() | here | {"PATH": path, BASE_VARIABLE: BASE, "PYTHONPATH": ""}
    log = home.with_name("image.log")
    with running_server(image.command("CMD"), folder, port, log, **variables) as app:
        subprocess.run(image.command("HEALTHCHECK"), cwd=folder, env=os.environ | variables, check=True)
        yield f"{app}/{BASE}"
    assert "Traceback" not in log.read_text()
