"""Downloads over a real socket from a server that cuts off, trickles, refuses, or sends the wrong thing."""

from __future__ import annotations

import hashlib
import random
import socket
import threading
from pathlib import Path

import pytest

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.pictures.fetching.download import ATTEMPTS, download
from tests.helpers.serve import Server

BODY = random.Random(0).randbytes(300_000)
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "new" / "file.zip"


def leftovers(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.glob("*") if not path.name.startswith("."))


def test_a_whole_file_arrives_and_progress_ends_at_its_size(target: Path) -> None:
    seen = []
    with Server(body=BODY) as server:
        assert download(server.url, target, sha256=SHA, size=len(BODY), progress=lambda *at: seen.append(at)) == target
    assert target.read_bytes() == BODY
    assert seen[0] == (0, len(BODY)) and seen[-1] == (len(BODY), len(BODY))
    assert leftovers(target) == ["file.zip"]


def test_the_first_digits_of_the_hash_are_enough(target: Path) -> None:
    with Server(body=BODY) as server:
        download(server.url, target, sha256=SHA[:8].upper())
    assert target.exists()


def test_a_file_already_there_is_not_fetched_again_and_a_wrong_one_is(target: Path) -> None:
    target.parent.mkdir()
    target.write_bytes(b"other")
    with Server(body=BODY) as server:
        download(server.url, target, sha256=SHA)
        download(server.url, target, sha256=SHA)
        assert len(server.behaviour.asked) == 1
    assert target.read_bytes() == BODY


def test_a_connection_that_breaks_is_resumed_where_it_broke(target: Path) -> None:
    with Server(body=BODY, cut_after=100_000) as server:
        download(server.url, target, sha256=SHA)
        assert server.behaviour.asked == [None, "bytes=100000-", "bytes=200000-"]
    assert target.read_bytes() == BODY


def test_without_ranges_it_starts_again_and_gives_up_in_the_end(target: Path) -> None:
    with Server(body=BODY, cut_after=100_000, ranges=False) as server:
        with pytest.raises(UserError, match="broke after 100000 of 300000 bytes"):
            download(server.url, target, sha256=SHA)
        assert len(server.behaviour.asked) == ATTEMPTS
        server.behaviour.cut_after = None
        download(server.url, target, sha256=SHA)
    assert target.read_bytes() == BODY


def test_a_part_of_an_earlier_call_is_continued(target: Path) -> None:
    with Server(body=BODY, cut_after=10_000) as server:
        with pytest.raises(UserError):
            download(server.url, target)
        server.behaviour.cut_after = None
        download(server.url, target)
        assert server.behaviour.asked[-1] == "bytes=50000-"
    assert target.read_bytes() == BODY


def test_a_part_of_an_older_version_is_not_mixed_with_the_new_one(target: Path) -> None:
    with Server(body=BODY, cut_after=10_000) as server:
        with pytest.raises(UserError):
            download(server.url, target)
        server.behaviour.body, server.behaviour.etag, server.behaviour.cut_after = BODY[::-1], '"two"', None
        download(server.url, target)
    assert target.read_bytes() == BODY[::-1]


def test_a_spoilt_part_is_noticed_by_its_hash_and_fetched_afresh(target: Path) -> None:
    with Server(body=BODY, cut_after=10_000) as server:
        with pytest.raises(UserError):
            download(server.url, target)
        target.with_name("file.zip.part").write_bytes(bytes(50_000))
        server.behaviour.cut_after = None
        download(server.url, target, sha256=SHA)
    assert target.read_bytes() == BODY


def test_a_part_longer_than_the_file_is_thrown_away(target: Path) -> None:
    with Server(body=BODY, cut_after=10_000) as server:
        with pytest.raises(UserError):
            download(server.url, target)
        target.with_name("file.zip.part").write_bytes(BODY + BODY)
        server.behaviour.cut_after = None
        download(server.url, target)
    assert target.read_bytes() == BODY


def test_the_wrong_file_is_refused_and_not_kept(target: Path) -> None:
    with Server(body=b"something else") as server, pytest.raises(UserError) as caught:
        download(server.url, target, sha256=SHA)
    assert "not the file expected" in caught.value.why
    assert str(target) in caught.value.do and server.url in caught.value.do
    assert leftovers(target) == []


def test_the_wrong_size_is_refused(target: Path) -> None:
    with Server(body=BODY) as server, pytest.raises(UserError, match="300000 bytes where 7 were expected"):
        download(server.url, target, size=7)


def test_a_missing_file_is_said_once(target: Path) -> None:
    with Server(status=404) as server:
        with pytest.raises(UserError, match="404 Not Found"):
            download(server.url, target)
        assert len(server.behaviour.asked) == 1


def test_a_busy_server_is_asked_again(target: Path) -> None:
    with Server(status=503) as server:
        with pytest.raises(UserError, match="503"):
            download(server.url, target)
        assert len(server.behaviour.asked) == ATTEMPTS


def test_nobody_listening(target: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/file.zip"
    with pytest.raises(UserError, match="cannot be reached"):
        download(url, target)


def test_a_server_that_accepts_and_says_nothing(target: Path) -> None:
    with Server(silence=5) as server, pytest.raises(UserError, match=r"did not answer within 0\.3 seconds"):
        download(server.url, target, connect_timeout=0.3)


def test_a_trickle_is_given_up(target: Path) -> None:
    with Server(body=BODY, step=1, pause=0.05) as server, pytest.raises(UserError, match="Almost nothing arrived"):
        download(server.url, target, stall_timeout=0.4)


def test_a_stop_is_felt_while_nothing_arrives_and_the_part_is_kept(target: Path) -> None:
    begun = threading.Event()
    with Server(body=BODY, step=50_000, pause=30) as server, pytest.raises(StoppedByUser):
        download(
            server.url, target, progress=lambda done, total: begun.set() if done else None, should_stop=begun.is_set
        )
    assert 0 < target.with_name("file.zip.part").stat().st_size <= 50_000


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "", "hostname"])
def test_other_addresses_are_refused(url: str, target: Path) -> None:
    with pytest.raises(UserError, match="not an http or https address"):
        download(url, target)


def test_two_at_once_fetch_it_once(target: Path) -> None:
    with Server(body=BODY, step=30_000, pause=0.02) as server:
        threads = [threading.Thread(target=download, args=(server.url, target)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert server.behaviour.asked == [None]
    assert target.read_bytes() == BODY


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full to stand for a full disk")
def test_a_full_disk(target: Path) -> None:
    target.parent.mkdir()
    target.with_name("file.zip.part").symlink_to("/dev/full")
    with Server(body=BODY) as server, pytest.raises(UserError, match="no room left on the disk"):
        download(server.url, target)
    assert leftovers(target) == []


def test_too_little_room_is_said_before_anything_is_fetched(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000}))
    with Server(body=BODY) as server, pytest.raises(UserError, match="300000 bytes are needed and 1000 are free"):
        download(server.url, target)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="Nothing can be kept"):
        download("http://127.0.0.1:9/x", tmp_path / "file" / "x.zip")
