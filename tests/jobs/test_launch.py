"""A module of this program in a process of its own: found from any folder, and nothing else in its place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qtl_core.jobs import launch, process
from tests.conftest import PROJECT

DRAW = ("qtl_core", "draw", "--qubits", "1", "--depth", "1")
FIND = f"""
import runpy, sys
sys.path += sys.argv[1:]
before = list(sys.path)
runpy.run_path({str(launch.FILE)!r})["_find_this_package"]()
print(sys.path == before, sys.path == [{str(PROJECT)!r}, *before])
"""


def told(command: list[str], folder: Path, **changed: str) -> str:
    """Returns what a command prints that is started in a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | changed
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def put(folder: Path, *modules: str, text: str = "raise SystemExit('a trap')") -> Path:
    """Writes modules into a folder."""
    for module in modules:
        file = folder / f"{module}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def test_a_module_is_the_main_one_and_reads_its_arguments(tmp_path):
    folder = put(tmp_path, "asked", text="import sys; print(__name__, sys.modules['__main__'].__file__, sys.argv)")
    command = launch.module_command("asked", "one", "-m two")
    file = str(folder / "asked.py")
    assert told(command, tmp_path, PYTHONPATH=str(folder)) == f"__main__ {file} {[file, 'one', '-m two']}\n"


def test_nothing_in_the_caller_s_folder_or_beside_the_file_is_taken_for_another(tmp_path):
    folder = put(tmp_path, "types", "runpy", "qtl_core/__init__", "qtl_core/__main__")
    assert told(launch.module_command(*DRAW), folder)
    assert told(launch.module_command(*DRAW), launch.FILE.parent)


def test_this_version_comes_before_another_that_is_installed(tmp_path):
    another = put(tmp_path / "another", "qtl_core/__init__", "qtl_core/__main__")
    assert told(launch.module_command(*DRAW), tmp_path, PYTHONPATH=str(another))


@pytest.mark.parametrize(("installed", "found"), [([str(PROJECT)], "True False\n"), ([], "False True\n")])
def test_what_python_finds_by_itself_is_not_put_before_the_standard_library(installed, found, tmp_path):
    """An installed package shares its folder with others, which may have the names of standard modules."""
    assert told([sys.executable, "-P", "-c", FIND, *installed], tmp_path) == found


def test_a_worker_is_started_in_the_server_s_environment(monkeypatch):
    monkeypatch.delenv("PYTHONPATH", raising=False)
    start, given = subprocess.Popen, []

    def noted(*words: object, **named: object) -> subprocess.Popen[bytes]:
        given.append(named["env"])
        return start(*words, **named)

    monkeypatch.setattr(process.subprocess, "Popen", noted)
    worker = process.WorkerProcess(threads=1)
    assert worker.receive() == ("ready",)
    worker.kill()
    worker.end()
    threads = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    assert given == [{**os.environ, **threads, process.NICENESS_NAME: str(process.NICENESS)}]
