"""Ctrl-C and SIGTERM at any moment: one line, one exit code, and what was trained is kept.

Each signal is sent when a line says how far the process has come, never after some time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from qtl_core.runs.store import find_run, kept_runs
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent differently on Windows")

# What may go on just then, each after the line "ready" has been printed.
MOMENTS = {
    "a library swallows every exception": """
while True:
    try:
        print("ready", flush=True)
        while True: time.sleep(0.01)
    except BaseException: pass
""",
    "a destructor runs": """
class Slow:
    def __del__(self):
        print("ready", flush=True)
        while True: time.sleep(0.01)
del [Slow()][0]
""",
    "a module is imported": """
import importlib, pathlib, tempfile
place = tempfile.mkdtemp()
pathlib.Path(place, "slow.py").write_text("import time; print('ready', flush=True)\\nwhile True: time.sleep(0.01)")
sys.path.insert(0, place)
try: importlib.import_module("slow")
except BaseException as error: raise ImportError("numpy.core.multiarray failed to import") from error
""",
    "threads compute": """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as pool:
    pool.submit(lambda: [time.sleep(0.01) for _ in iter(int, 1)])
    print("ready", flush=True)
""",
    "the interpreter waits for its threads": """
threading.Thread(target=lambda: [time.sleep(0.01) for _ in iter(int, 1)]).start()
print("ready", flush=True)
""",
}
PROGRAM = """
import sys, threading, time
from qtl_core.cli.process import run_as_process
def main():
    exec({code!r}, globals())
    return 0
run_as_process(main)
"""
HALF_WRITTEN = """
import os, pathlib, signal, sys
from qtl_core.cli.process import run_as_process
from qtl_core.cli import files
def pieces():
    yield b"wh"
    os.kill(os.getpid(), signal.SIGINT)
    yield b"ole"
run_as_process(lambda: files.put(pieces(), pathlib.Path(sys.argv[1])) and 0)
"""


def started(*words: object, **changed: str) -> subprocess.Popen[str]:
    """A process in a group of its own, as a terminal has it, with the signals as a terminal leaves them."""
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        cwd=PROJECT,
        env=os.environ | changed,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str], number: int) -> tuple[int, str, str]:
    """Sends a signal to the whole group; returns exit code and what was still printed."""
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("moment", MOMENTS)
def test_one_line_and_the_signals_own_code_whatever_goes_on(moment, number):
    process = started("-c", PROGRAM.format(code=MOMENTS[moment]))
    assert process.stdout.readline() == "ready\n"
    assert ended(process, number) == (128 + number, "", "Stopped.\n")


def test_a_file_that_is_half_written_is_finished_first(tmp_path):
    done = subprocess.run([sys.executable, "-c", HALF_WRITTEN, tmp_path / "it"], cwd=PROJECT, capture_output=True)
    assert (done.returncode, done.stderr) == (130, b"Stopped.\n")
    assert [file.name for file in tmp_path.iterdir()] == ["it"]
    assert (tmp_path / "it").read_bytes() == b"whole"


def test_while_numba_compiles_in_a_process_beside_it_says_that_it_stops_and_what_is_kept(tmp_path):
    """The compiler has a session of its own: the terminal's Ctrl-C must not reach it, nor its end be told."""
    words = ["train", "--data", made_pictures(tmp_path / "pictures"), "--backbone", "efficientnet_lite0"]
    process = started("-m", "qtl_core", *words, NUMBA_CACHE_DIR=str(tmp_path / "compiled"))
    for line in process.stderr:
        if line.startswith("Looking at the validation"):
            break
    code, out, err = ended(process, signal.SIGINT)
    assert (code, out) == (130, "")
    assert [line for line in err.splitlines() if not line.startswith("6 training")] == [
        "Stopping after this batch; press Ctrl-C again to end at once.",
        "Nothing was trained yet, so nothing is kept.",
    ]


@pytest.mark.parametrize(
    ("number", "state", "told"),
    [
        (signal.SIGINT, "stopped", "Stopping after this batch; press Ctrl-C again to end at once."),
        (signal.SIGTERM, "interrupted", "Stopping after this batch."),
    ],
)
def test_a_run_that_is_stopped_is_kept(number, state, told, tmp_path):
    words = ["train", "--data", made_pictures(tmp_path), "--backbone", "efficientnet_lite0", "--epochs", "500"]
    process = started("-m", "qtl_core", *words, "--engine", "pennylane", "--json")
    process.stdout.readline()  # the first epoch is done
    code, out, err = ended(process, number)
    assert code == 128 + number
    assert [line for line in err.splitlines() if line.startswith("Stop")] == [told]
    assert "Traceback" not in err
    assert all(json.loads(line) for line in out.splitlines())
    (run_id,) = kept_runs()
    assert find_run(run_id).state == state
    assert 1 <= find_run(run_id).epochs < 500


def test_a_second_signal_ends_at_once(tmp_path):
    """The first is answered by a line; the second finds a run that does not get to its next batch."""
    code = """
print("ready", flush=True)
from qtl_core.cli.process import asked_to_stop
with asked_to_stop() as asked:
    print("noted", flush=True)
    while True: time.sleep(0.01)
"""
    process = started("-c", PROGRAM.format(code=code))
    assert (process.stdout.readline(), process.stdout.readline()) == ("ready\n", "noted\n")
    os.killpg(process.pid, signal.SIGINT)
    assert process.stderr.readline().startswith("Stopping after this batch")
    assert ended(process, signal.SIGINT) == (130, "", "")


def test_a_run_goes_on_when_its_reader_has_gone(tmp_path):
    words = ["train", "--data", made_pictures(tmp_path), "--backbone", "efficientnet_lite0", "--epochs", "6"]
    process = started("-m", "qtl_core", *words, "--engine", "torch")
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    assert process.wait(300) == 0
    assert "rror" not in err
    (run_id,) = kept_runs()
    assert (find_run(run_id).state, find_run(run_id).epochs) == ("finished", 6)
