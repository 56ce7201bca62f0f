"""Modules that texts name (tasks of jobs, commands of processes, what a script carries) are there to be imported."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator

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


def test_what_a_text_names_is_there():
    found = sorted(set(texts()))
    assert len([text for text in found if ":" in text]) >= 15, "jobs are among them"
    assert [text for text in found if not is_there(text)] == []


def is_there(text: str) -> bool:
    """Whether the module can be imported, and has the function, if one is named."""
    named = NAMED.fullmatch(text)
    assert named
    found = importlib.import_module(named[1])
    return named[2] is None or callable(getattr(found, named[2], None))


def test_pickles_are_read_only_between_a_worker_and_its_manager():
    """A pickle on disk would name modules, which may move, and could run anybody's code."""
    readers = {
        file.relative_to(PROJECT / "qtl_core").as_posix()
        for file in (PROJECT / "qtl_core").rglob("*.py")
        if UNPICKLED.search(file.read_text(encoding="utf-8"))
    }
    assert readers == {"jobs/process.py", "jobs/worker.py"}
