"""Copies of the project in which files are changed, so that a test's own subprocesses see the change as well."""

from __future__ import annotations

import compileall
import contextlib
import gc
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import NoReturn

from tools.mutants.rooms import PROJECT

FOLDER = PROJECT / ".mutants"  # ignored by git and by the linter
COPIED = (
    "app.py",
    "pages",
    "pyproject.toml",
    "qtl_core",
    "tests",
    "tools",
    "ui",
    "benchmarks",
    ".streamlit",
    ".pre-commit-config.yaml",
    "hatch_build.py",
    "LICENSE",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "README.md",
    "SECURITY.md",
    "deploy",
    "docs",
    "examples",
    "ARCHITECTURE.md",
    "Makefile",
    "requirements.txt",
    "requirements-dev.txt",
)
PRELOADED = (
    "coverage",
    "hypothesis",
    "numba",
    "pennylane",
    "PIL.Image",
    "plotly",
    "pytest",
    "safetensors.numpy",
    "torch",
    "torchvision",
)

# What every child finds set; pytest's plugins take half a second.
PLAIN = {
    "NUMBA_CACHE_DIR": str(FOLDER / "compiled"),
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


def made_tree(number: int) -> Path:
    """Makes a fresh copy of the project; the same number has the same path, which compiled code is kept by."""
    tree = FOLDER / f"tree-{number}"
    for name in COPIED:
        source, target = PROJECT / name, tree / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))  # keeps times, as numba looks
        elif source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    compileall.compile_dir(tree / "qtl_core", quiet=1, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    return tree


def preload() -> None:
    """Imports what is slow to import and is never changed, for all children together."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    for name in PRELOADED:
        __import__(name)
    gc.freeze()  # pytest collects garbage at its end, which would look at all of it in every child


def forked(tree: Path, environment: Mapping[str, str], log: Path, work: Callable[[], int]) -> int:
    """Starts `work` in a child process of its own group, in the folder of a tree; returns the child's id.

    Bytecode of changed source is never kept: Python tells it is stale by the second and the size, and a change of one
    character has both in common with what it changed. What is there goes by the source's hash.
    """
    child = os.fork()
    if child == 0:
        _become(tree, environment, log, work)
    return child


def _become(tree: Path, environment: Mapping[str, str], log: Path, work: Callable[[], int]) -> NoReturn:
    code = 70
    try:
        os.setsid()
        with log.open("wb") as file:
            os.dup2(file.fileno(), 1), os.dup2(file.fileno(), 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.chdir(tree)
        os.environ.update({**PLAIN, **environment})
        sys.dont_write_bytecode = True
        sys.path[:] = [str(tree), *(path for path in sys.path if path not in ("", str(PROJECT)))]
        sys.modules["numba"].config.reload_config()  # it read its variables when it was preloaded
        code = work()
    finally:
        sys.stdout.flush(), sys.stderr.flush()
        os._exit(code)


def pytest_code(arguments: Sequence[str], plugins: Sequence[object] = ()) -> int:
    """Runs pytest in this process and returns its exit code."""
    import pytest

    for name in [name for name in sys.modules if name.partition(".")[0] in ("qtl_core", "tests", "ui", "pages")]:
        del sys.modules[name]
    usual = ["-q", "-p", "no:cacheprovider", "--tb=line", f"--basetemp={Path.cwd().with_suffix('.tmp')}"]
    return int(pytest.main([*usual, *arguments], plugins=list(plugins)))


def ended(child: int, deadline: float) -> int | None:
    """Returns the exit code of a child that is over, or None; one past its deadline is killed with all it started."""
    if time.monotonic() > deadline:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return -signal.SIGKILL
    found, status = os.waitpid(child, os.WNOHANG)
    if not found:
        return None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what a failing test left behind
    return os.waitstatus_to_exitcode(status)
