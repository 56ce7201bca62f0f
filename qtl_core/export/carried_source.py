"""Source text of the app's own modules, put into one file: a script reads pictures by the code that the app does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import qtl_core

_PACKAGE = qtl_core.__name__


@dataclass(frozen=True)
class Carried:
    """Modules as one text.

    Attributes:
        imports: What they import besides each other, a statement each, sorted.
        text: Their contents, one that is used before those that use it.
    """

    imports: tuple[str, ...]
    text: str


@cache
def carried(*modules: str) -> Carried:
    """Returns modules, e.g. "qtl_core.pictures.decoding.reading", and all of the app that they import.

    Every module begins with a comment that names it. Names must differ between them; a test holds that.
    """
    sources: dict[str, str] = {}
    for module in modules:
        _gather(module, sources)
    text = "\n\n".join(_body(module, source) for module, source in sources.items())
    return Carried(tuple(_merged([node for source in sources.values() for node in _imports(source)])), text)


def _gather(module: str, sources: dict[str, str]) -> None:
    """Adds a module after those that it imports."""
    if module in sources:
        return
    source = Path(qtl_core.__file__).parent.joinpath(*module.split(".")[1:]).with_suffix(".py").read_text("utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and _is_own(node):
            _gather(str(node.module), sources)
    sources[module] = source


def _is_own(node: ast.ImportFrom) -> bool:
    return str(node.module).split(".")[0] == _PACKAGE


def _imports(source: str) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yields the imports of other packages."""
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            yield node
        if isinstance(node, ast.ImportFrom) and node.module != "__future__" and not _is_own(node):
            yield node


def _merged(nodes: list[ast.Import | ast.ImportFrom]) -> list[str]:
    """Returns sorted statements, one a package for all names that are taken from it."""
    lines = {ast.unparse(ast.Import([name])) for node in nodes if isinstance(node, ast.Import) for name in node.names}
    taken: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            taken.setdefault(str(node.module), set()).update(ast.unparse(name) for name in node.names)
    return sorted(lines | {f"from {module} import {', '.join(sorted(names))}" for module, names in taken.items()})


def _body(module: str, source: str) -> str:
    """The source from behind its last import on, under a comment: module name and first sentence."""
    body = ast.parse(source).body
    last = max(node.end_lineno or 0 for node in body if isinstance(node, ast.Import | ast.ImportFrom | ast.Expr))
    about = (ast.get_docstring(ast.parse(source)) or "").replace("\n", "\n# ").replace("# \n", "#\n")
    rest = "\n".join(source.splitlines()[last:]).strip("\n")
    return f"# {module}\n# {about}\n\n{rest}\n"
