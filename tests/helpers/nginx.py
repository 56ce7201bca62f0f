"""A real nginx of a test's own: the project's file for it, with other ports, in a folder where nobody needs rights."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conftest import PROJECT
from tools.app_server import free_port

SITE = PROJECT / "deploy/nginx.conf"
PROGRAM = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
needs_nginx = pytest.mark.skipif(PROGRAM is None, reason="nginx is missing: install Debian's package nginx-light")
_START_LIMIT_S = 30
_AROUND = """
daemon off;
error_log {folder}/error.log;
pid {folder}/nginx.pid;
events {{}}
http {{
    types {{ text/html html; application/javascript js; }}
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""


class Nginx:
    """One that is started and ended at will, always at the same port.

    Args:
        folder: An empty one for all that it writes.
        site: What stands in `deploy/nginx.conf`, or what became of it.
    """

    def __init__(self, folder: Path, site: str) -> None:
        self.folder, self.port = folder, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        (folder / "nginx.conf").write_text(_AROUND.format(folder=folder, site=site.replace("listen 80;", self._listen)))

    @property
    def _listen(self) -> str:
        return f"listen 127.0.0.1:{self.port};"

    def start(self) -> None:
        """Returns once it listens."""
        self.process = subprocess.Popen([str(PROGRAM), "-c", str(self.folder / "nginx.conf"), "-p", str(self.folder)])
        deadline = time.monotonic() + _START_LIMIT_S
        while not self._listens():
            assert self.process.poll() is None, (self.folder / "error.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it, and with it all connections."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def site_for(*apps: str, base: str = "studio", limit: str = "64m") -> str:
    """Returns the project's file with these apps behind it, served at another path or with another limit."""
    servers = "\n".join(f"server {urlsplit(app).netloc};" for app in apps)
    text = SITE.read_text().replace("server 127.0.0.1:8501;", servers)
    text = text.replace("client_max_body_size 64m;", f"client_max_body_size {limit};")
    return text.replace("/studio/", f"/{base}/" if base else "/").replace("= /studio {", f"= /{base or 'none'} {{")


@contextmanager
def running_nginx(folder: Path, site: str) -> Iterator[Nginx]:
    """Runs one, and ends it."""
    folder.mkdir(parents=True)
    nginx = Nginx(folder, site)
    nginx.start()
    try:
        yield nginx
    finally:
        nginx.stop()
