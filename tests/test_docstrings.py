"""Docstrings begin with a verb or a noun, so that the first words say what a thing is or does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
FOLDERS = ("qtl_core", "ui", "pages", "tools", "benchmarks")
QUESTIONS = frozenset({"What", "Where", "Whether", "How", "Who", "Which", "When", "Whose", "Why"})
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def questions_in(source: str) -> Iterator[str]:
    """Yields the first line of every docstring that begins as a question does."""
    for node in ast.walk(ast.parse(source)):
        docstring = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
        if docstring and docstring.split(maxsplit=1)[0].rstrip(",:.?") in QUESTIONS:
            yield docstring.splitlines()[0]


@pytest.mark.parametrize("folder", FOLDERS)
def test_docstrings_begin_with_a_verb_or_a_noun(folder: str) -> None:
    files = sorted((PROJECT / folder).rglob("*.py"))
    assert files
    found = [f"{file.relative_to(PROJECT)}: {line}" for file in files for line in questions_in(file.read_text())]
    assert not found, "\n".join(["Begin these with a verb or a noun:", *found])


def test_a_question_is_found_wherever_it_stands() -> None:
    source = '"""Where it is."""\nclass A:\n    """Whether."""\n    def f(self):\n        """Whatever fits."""\n'
    assert list(questions_in(source)) == ["Where it is.", "Whether."]
