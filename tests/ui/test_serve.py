"""`qtl app`: what it makes of its options, and what it tells Streamlit."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess

import pytest

from qtl_core.__main__ import main
from tests.conftest import PROJECT
from tools.app_server import free_port
from ui.__main__ import QTL


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The words that Streamlit is called with, in its place."""
    called: list[list[str]] = []
    monkeypatch.setattr("streamlit.web.cli.main", lambda words, prog_name: called.append(words))
    for name in ("STREAMLIT_SERVER_PORT", "STREAMLIT_SERVER_ADDRESS", "STREAMLIT_SERVER_BASE_URL_PATH"):
        monkeypatch.delenv(name, raising=False)
    return called


def usual(port: int | str, address: str = "127.0.0.1") -> list[str]:
    return ["run", str(PROJECT / "app.py"), "--server.port", str(port), "--server.address", address]


def test_the_usual_address_is_the_configured_one(served, capsys):
    port = free_port()
    assert main(["app", "--port", str(port)], QTL) == 0
    assert served == [usual(port)]
    assert capsys.readouterr() == (f"The app answers at http://127.0.0.1:{port} (Ctrl+C ends it).\n", "")


@pytest.mark.parametrize(
    ("variable", "options", "path"),
    [
        ("studio", [], "/studio/"),
        ("/a/b/", [], "/a/b/"),
        ("studio", ["--server.baseUrlPath", "lab"], "/lab/"),
        ("", ["--server.baseUrlPath=lab"], "/lab/"),
        ("/", ["--server.maxUploadSize", "9"], ""),
    ],
)
def test_the_address_has_the_path_that_the_app_is_served_at(served, capsys, monkeypatch, variable, options, path):
    monkeypatch.setenv("STREAMLIT_SERVER_BASE_URL_PATH", variable)
    port = free_port()
    assert main(["app", "--port", str(port), "--", *options], QTL) == 0
    assert capsys.readouterr().out == f"The app answers at http://127.0.0.1:{port}{path} (Ctrl+C ends it).\n"
    assert served == [[*usual(port), *options]]


def make_run(*words: str) -> subprocess.CompletedProcess[str]:
    """What `make run` says and does, with nothing made before; also where make itself runs the tests."""
    asked = ["make", "--old-file", "setup", "--old-file", ".venv/installed", "run", *words]
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(asked, cwd=PROJECT, env=outside, capture_output=True, text=True, check=False)


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
@pytest.mark.parametrize("word", ["0", "65536", "abc"])
def test_make_says_what_is_no_port(word):
    ended = make_run(f"PORT={word}")
    assert ended.returncode and ended.stdout == ""
    assert ended.stderr.startswith(f"{word} is no port. There are 1 to 65535.\n")


@pytest.mark.skipif(shutil.which("make") is None, reason="no make here")
@pytest.mark.parametrize(("base", "path"), [("", ""), ("studio", "/studio/"), ("/a/b/", "/a/b/")])
def test_make_names_the_path_too(base, path):
    said = make_run("--dry-run", "PORT=8651", f"STREAMLIT_SERVER_BASE_URL_PATH={base}").stdout
    assert f"The app answers at http://127.0.0.1:8651{path} (Ctrl+C ends it)." in said


def test_streamlit_s_own_variables_and_options_hold(served, monkeypatch):
    port = free_port()
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(port))
    monkeypatch.setenv("STREAMLIT_SERVER_ADDRESS", "localhost")
    assert main(["app", "--headless", "--", "--server.maxUploadSize", "9"], QTL) == 0
    assert served == [[*usual(port, "localhost"), "--server.headless", "true", "--server.maxUploadSize", "9"]]


@pytest.mark.parametrize("word", ["0", "65536", "-1", "eight", "8_600", ""])
def test_what_is_no_port_is_refused_in_a_line(word, served, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["app", "--port", word], QTL)
    told = f"qtl app: argument --port: {word} is no port. There are 1 to 65535.\n"
    assert (ended.value.code, served, capsys.readouterr()) == (2, [], ("", told))


def test_a_port_that_is_taken_is_said_with_what_to_do(served, capsys):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert main(["app", "--port", str(port)], QTL) == 2
    out, err = capsys.readouterr()
    assert (served, out, err.count("\n")) == ([], "", 1)
    assert err.startswith(f"Port {port} of 127.0.0.1 is taken or not allowed. Something else answers there already. ")
    assert err.endswith(" Stop what uses it, or choose another one, as in: --port 8600\n")


def test_an_address_of_another_machine_is_refused(served, capsys):
    assert main(["app", "--address", "192.0.2.1", "--port", str(free_port())], QTL) == 2
    assert (served, capsys.readouterr().err.count("\n")) == ([], 1)


def test_all_commands_of_the_core_are_there_and_named_by_this_program(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["draw", "--help"], QTL)
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("usage: qtl draw ")
