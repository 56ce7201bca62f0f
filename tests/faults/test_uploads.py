"""Faults that meet pictures on their way in: a server that is killed, a disk that fills up, connections cut off.

What was added before stays, nothing is half there, and what is sent again counts once.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from qtl_core.pictures.datasets import layout
from qtl_core.pictures.datasets.creating import create, find
from qtl_core.pictures.datasets.opening import let_go
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.decoding.open_picture import open_picture
from tests.conftest import PROJECT
from tests.faults.test_disk import filled
from tests.helpers.own_sets import noise_picture
from tools.app_server import _wait_until_healthy, free_port

SENT = 40  # pictures, of which the server is killed somewhere in the middle


@contextmanager
def server(home: Path) -> Iterator[tuple[subprocess.Popen, str]]:
    """A server that may be killed, and its address."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(
        [*command, "--server.headless", "true"], cwd=PROJECT, env=os.environ | {"QTL_HOME": str(home)}, **quiet
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_healthy(process, address)
        yield process, address
    finally:
        process.kill()
        process.wait()


def put(address: str, dataset: str, number: int, size: tuple[int, int] = (240, 160)) -> dict | None:
    """Sends a picture as a browser does; None where no answer came."""
    line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    path = f"/own/{dataset}/1/pictures?name=picture{number}.png&upload=picture-{number:06}"
    try:
        line.request("PUT", path, noise_picture(number, size))
        return json.loads(line.getresponse().read())
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def check_whole(dataset: str) -> int:
    """Checks that every picture of the set is a whole file, and every file a picture's; returns how many."""
    let_go(dataset)  # what this process had open is older than a killed server
    pictures = pictures_of(dataset)
    for picture in pictures:
        open_picture(picture.path)
    return len(pictures)


def test_a_server_killed_in_the_middle_keeps_what_it_said_and_adds_the_rest_once(own_home):
    dataset = create("pets", ["cats", "dogs"]).id
    answers: dict[int, dict | None] = {}
    with server(own_home) as (process, address):
        reached = threading.Event()

        def send(numbers: range) -> None:
            for number in numbers:
                answers[number] = put(address, dataset, number)
                if len(answers) > SENT // 2:
                    reached.set()

        threads = [threading.Thread(target=send, args=(range(start, SENT, 2),)) for start in range(2)]
        for thread in threads:
            thread.start()
        assert reached.wait(120)
        process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
    told = [number for number, answer in answers.items() if answer is not None]
    assert [answers[number].get("added") for number in told] == [True] * len(told)
    assert SENT // 2 <= len(told) < SENT
    assert len(told) <= check_whole(dataset) <= SENT
    with server(own_home) as (_, address):
        again = [put(address, dataset, number) for number in range(SENT)]
    assert [answer["added"] for answer in again] == [True] * SENT
    assert check_whole(dataset) == SENT == find(dataset).classes[0].count


def test_a_disk_that_fills_up_is_said_and_keeps_what_was_there(small_disk):
    dataset = create("pets", ["cats", "dogs"]).id
    with server(small_disk) as (_, address):
        assert put(address, dataset, 0)["added"]
        ballast = filled(small_disk)
        refused = put(address, dataset, 1, (600, 400))
        assert "There is no room left on the disk." in refused["error"] or "The disk may be full" in refused["error"]
        assert str(small_disk) not in refused["error"]
        ballast.unlink()
        assert put(address, dataset, 1, (600, 400))["added"]
    assert check_whole(dataset) == 2


def test_connections_that_are_cut_off_leave_nothing_and_others_go_on(own_home):
    dataset = create("pets", ["cats", "dogs"]).id
    with server(own_home) as (process, address):
        assert put(address, dataset, 0)["added"]
        before = len(list(Path(f"/proc/{process.pid}/fd").iterdir())) if Path("/proc").exists() else 0
        for number in range(30):
            with socket.create_connection((urlsplit(address).hostname, urlsplit(address).port)) as line:
                head = f"PUT /own/{dataset}/1/pictures?name=a.png HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                line.sendall(f"{head}Content-Length: 99999\r\n\r\n".encode() + b"\x89PNG" * number * 100)
        assert put(address, dataset, 1)["added"]
        if before:
            assert len(list(Path(f"/proc/{process.pid}/fd").iterdir())) < before + 20
    assert not list((own_home / "incoming/pictures").glob("*"))
    assert check_whole(dataset) == 2
    assert len(list((layout.set_folder(dataset) / "pictures").iterdir())) == 2
