"""Modules that texts name (tasks of jobs, commands of processes, what a script carries) are there to be imported."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator

import pytest

from tests.conftest import PROJECT

ROOTS = ("qtl_core", "ui", "pages", "tools", "benchmarks")
NAMED = re.compile(rf"((?:{'|'.join(ROOTS)})(?:\.\w+)+)(?::(\w+))?")  # "package.module" or "package.module:function"
UNPICKLED = re.compile(r"\bpickle\.(load|Unpickler)\b|\bloads?\([^)]*allow_pickle=True")


def texts() -> Iterator[str]:
    """Every text in the code that looks like a module's name, or a task's."""
    for file in (file for root in ROOTS for file in sorted((PROJECT / root).rglob("*.py"))):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAMED.fullmatch(node.value):
                yield node.value


FOUND = sorted(set(texts()))


def test_jobs_are_among_them():
    assert len([text for text in FOUND if ":" in text]) >= 15


@pytest.mark.parametrize("text", FOUND)
def test_what_a_text_names_is_there(text):
    module, function = NAMED.fullmatch(text).groups()
    found = importlib.import_module(module)
    assert function is None or callable(getattr(found, function))


def test_pickles_are_read_only_between_a_worker_and_its_manager():
    """A pickle on disk would name modules, which may move, and could run anybody's code."""
    readers = {
        file.relative_to(PROJECT / "qtl_core").as_posix()
        for file in (PROJECT / "qtl_core").rglob("*.py")
        if UNPICKLED.search(file.read_text(encoding="utf-8"))
    }
    assert readers == {"jobs/process.py", "jobs/worker.py"}
