"""`serve` as a process of its own: a real socket, a taken port, a signal, and the commands of docs/serving.md."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
import uvicorn
from uvicorn.server import ServerState

from qtl_core.common.extras import Extra
from qtl_core.serving import connections, requirements
from tests.conftest import PROJECT
from tests.helpers.other_pictures import as_png, other_pictures
from tests.helpers.shell import shell

DOC = (PROJECT / "docs/serving.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[tuple[subprocess.Popen[str], dict]]:
    """A server of the head that comes along, at any port, and what it said of itself."""
    command = [sys.executable, "-m", "qtl_core", "serve", "bundled", "--port", "0", "--json"]
    home = tmp_path_factory.mktemp("home")
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=os.environ | {"QTL_HOME": str(home)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        yield process, json.loads(process.stdout.readline())
        process.kill()


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    """A picture in a file of the name that the commands of the docs have."""
    file = tmp_path_factory.mktemp("pictures") / "photo.jpg"
    file.write_bytes(as_png(next(iter(other_pictures().values()))))
    return file


def test_a_client_that_sends_nonsense_or_hangs_up_is_no_end(server):
    port = int(server[1]["url"].rsplit(":", 1)[1].strip("/"))
    for sent in (b"\x16\x03\x01 no http\r\n\r\n", b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(sent)
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/health")
    assert json.loads(connection.getresponse().read())["status"] == "ready"


def test_a_connection_that_asks_nothing_is_closed_at_the_second_look(monkeypatch):
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.0)

    async def silent():
        loop = asyncio.get_running_loop()
        config = uvicorn.Config(lambda: None, http=connections.TimedProtocol, log_config=None)
        protocol = lambda: connections.TimedProtocol(config, ServerState(), {})  # noqa: E731
        listening = await loop.create_server(protocol, "127.0.0.1", 0)
        async with listening:
            reader, writer = await asyncio.open_connection(*listening.sockets[0].getsockname())
            writer.write(b"POST /predict HTTP/1.1\r\nHost: ")  # and no more
            assert await reader.read() == b""
            writer.close()

    asyncio.run(asyncio.wait_for(silent(), 30))


def test_a_taken_port_is_said_at_once(server, capsys):
    port = server[1]["url"].rsplit(":", 1)[1].strip("/")
    done = shell(capsys, "serve", "bundled", "--port", port)
    assert done.returncode == 2 and f"Port {port} of 127.0.0.1 is taken" in done.stderr


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", DOC, re.DOTALL))
def test_the_python_of_the_docs_asks_it(server, picture, code, monkeypatch, capsys):
    monkeypatch.chdir(picture.parent)
    exec(code.replace("http://127.0.0.1:8000/", server[1]["url"]), {})
    assert "ants" in capsys.readouterr().out


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
@pytest.mark.parametrize("line", re.findall(r"^    (curl .*predict.*)$", DOC, re.MULTILINE))
def test_the_curl_lines_of_the_docs_ask_it(server, picture, line):
    asked = line.replace("http://127.0.0.1:8000/", server[1]["url"])
    done = subprocess.run(["sh", "-c", f"{asked} -sS"], cwd=picture.parent, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert "ants" in (answer[0] if isinstance(answer, list) else answer)["probabilities"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM that a process can take")
def test_a_signal_ends_it_in_one_line(server):
    process, _ = server
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM and said.splitlines() == ["Stopped."]


def test_a_missing_extra_and_a_missing_run_are_said(capsys, monkeypatch):
    assert "There is no run 'nobody'" in shell(capsys, "serve", "nobody").stderr
    monkeypatch.setattr(requirements, "SERVE", Extra("serve", ("no-such-package",)))
    done = shell(capsys, "serve", "bundled")
    assert (
        done.returncode == 2 and "no-such-package, which is not installed" in done.stderr and ".[serve]" in done.stderr
    )


@pytest.mark.parametrize(
    "words", [("--port", "70000"), ("--batch", "0"), ("--port", "x"), ("--allow-origin", "https://a/b")]
)
def test_options_that_cannot_be_are_refused(capsys, words):
    done = shell(capsys, "serve", "bundled", *words)
    assert done.returncode == 2 and words[0] in done.stderr and len(done.stderr.splitlines()) == 1
