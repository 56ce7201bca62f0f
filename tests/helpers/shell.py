"""The command line called within the test's own process, where torch need not be imported again for each call."""

from __future__ import annotations

import subprocess

import pytest

from qtl_core.__main__ import main


def shell(capsys: pytest.CaptureFixture[str], *words: object) -> subprocess.CompletedProcess[str]:
    """Returns what a command came to and printed, as `subprocess.run` would."""
    capsys.readouterr()
    try:
        code = main([str(word) for word in words])
    except SystemExit as ended:
        code = ended.code
    out, err = capsys.readouterr()
    return subprocess.CompletedProcess(list(words), code, out, err)
