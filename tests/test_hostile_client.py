"""What a client of a stranger's own making can send: uploads without end, without a session, messages that are none.

Each is refused, the server holds nothing of it, and the next visitor sees the app as ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import os
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.conftest import NOBODY
from tests.helpers.made_runs import made_pictures
from tools.app_server import running_app
from tools.load.client import Client
from tools.load.processes import sample, server_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="what the server weighs is read from /proc")
LIMIT_MB = 50  # server.maxUploadSize
CHUNK = b"x" * 2**20


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    made_pictures(home / "datasets/hymenoptera_data")
    log = home.with_name("app.log")
    with running_app(home, None, log, QTL_PHOTOS_URL=NOBODY, QTL_WEIGHTS_URL=NOBODY) as found:
        yield found
    # Streamlit itself logs messages that it cannot read, with where it gave up; nothing else may have gone wrong.
    _, *tracebacks = log.read_text().split("Traceback (most recent call last)")
    assert all("google.protobuf.message.DecodeError" in each for each in tracebacks), tracebacks


def works(address: str) -> bool:
    """Whether another visitor sees the page as ever."""

    async def look() -> bool:
        async with Client(address, "source=photos") as client:
            return bool(client.screen.named("page_link", "Train")) and not client.problems

    return asyncio.run(look())


def endless(address: str, path: str, most_mb: int) -> int | None:
    """Uploads until it is refused or so much is sent; returns the answer's status, if there is one."""
    with urllib.request.urlopen(f"{address}/_stcore/health") as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    line.putrequest("PUT", path)
    for name, value in {
        "Content-Type": "multipart/form-data; boundary=edge",
        "Transfer-Encoding": "chunked",
        "Cookie": cookie,
        "X-Xsrftoken": cookie.partition("=")[2],
    }.items():
        line.putheader(name, value)
    line.endheaders()
    sent = 0
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="endless.jpg"\r\n\r\n'
    with contextlib.suppress(OSError):
        line.send(b"%x\r\n%s\r\n" % (len(head), head))
        while sent < most_mb:
            line.send(b"%x\r\n%s\r\n" % (len(CHUNK), CHUNK))
            sent += 1
    with contextlib.suppress(OSError, http.client.HTTPException):
        return line.getresponse().status
    return None


def test_an_upload_without_end_is_cut_off_and_nothing_of_it_is_held(address):
    server = server_of(os.getpid(), urlsplit(address).port)

    async def upload() -> int | None:
        async with Client(address, "source=photos") as client:
            path = f"/_stcore/upload_file/{client.session}/0123"
            return await asyncio.to_thread(endless, address, path, 4 * LIMIT_MB)

    assert works(address)  # what the first page imports is no upload's
    before = sample(server, 0.0).server_mb
    status = asyncio.run(upload())
    assert status in (413, None)
    assert sample(server, 0.0).server_mb - before < 3 * LIMIT_MB
    assert works(address)


def test_an_upload_of_nobody_s_session_is_refused(address):
    status = endless(address, "/_stcore/upload_file/no-such-session/0123", 2)
    assert status in (400, None)
    assert works(address)


@pytest.mark.parametrize("message", [b"", b"\xff" * 100, b"\x00" * 10_000, b"GET / HTTP/1.1\r\n\r\n"])
def test_a_message_that_is_none_costs_its_sender_the_connection_and_nobody_else_anything(address, message):
    line = connect(f"ws://{urlsplit(address).netloc}/_stcore/stream", subprotocols=["streamlit"])
    with contextlib.suppress(ConnectionClosed, TimeoutError), line:
        line.send(message)
        line.recv(timeout=1.0)
    assert works(address)


@pytest.mark.parametrize("start", ["", "/media", "/app/static", "/static", "/component/x", "/_stcore/bidi-components"])
@pytest.mark.parametrize("up", ["/..", "/%2e%2e", "/..%2f.."])
def test_no_path_of_the_server_s_leads_to_a_file_of_the_machine(address, start, up):
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    line.request("GET", f"{start}{8 * up}/etc/passwd")
    assert b"root:" not in line.getresponse().read()


def test_widgets_that_are_not_on_the_page_and_pages_that_are_none_change_nothing(address):
    from streamlit.proto.WidgetStates_pb2 import WidgetState

    async def forge() -> None:
        async with Client(address, "source=photos") as client:
            await client.go("Train")
            forged = WidgetState(id="$$ID-0123456789abcdef-field_folder", string_value="/etc")
            await client.run_page(forged)
            assert "/etc" not in client.screen.words()
            client.page = "0123456789abcdef"
            await client.run_page()
            assert all("page_not_found" in problem for problem in client.problems)

    asyncio.run(forge())
    assert works(address)


def test_the_home_of_the_app_holds_nothing_that_was_uploaded(address, tmp_path_factory):
    homes = [folder for folder in tmp_path_factory.getbasetemp().glob("home*") if (folder / "datasets").is_dir()]
    assert homes
    assert not any("endless" in file.name for home in homes for file in Path(home).rglob("*"))
