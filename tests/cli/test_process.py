"""A command line as a whole process: what nobody foresaw is a line, too."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import PROJECT

PROGRAM = """
from qtl_core.cli.process import run_as_process
def main(): raise {error}
run_as_process(main)
"""


def run_with(error: str, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *flags, "-c", PROGRAM.format(error=error)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        ("KeyError('a\\nb')", r"KeyError: 'a\nb'"),
        ("MemoryError", "There was not enough memory."),
        ("RuntimeError('[enforce fail] . DefaultCPUAllocator: not enough memory')", "There was not enough memory."),
    ],
)
def test_what_nobody_foresaw_is_one_line(error, told):
    done = run_with(error)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (70, "", 1)
    assert told in done.stderr


def test_developers_see_where_it_was():
    done = run_with("KeyError(1)", "-X", "dev")
    assert done.returncode == 1
    assert "Traceback" in done.stderr
