"""Imports go one way (pages -> ui -> qtl_core), and every page begins and is listed as ui/shell/page.py says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from ui.base.pages import PAGES

PAGE_FILES = sorted((PROJECT / "pages").glob("*.py"))
UI_FILES = sorted((PROJECT / "ui").rglob("*.py"))
CORE_FILES = sorted((PROJECT / "qtl_core").rglob("*.py"))
HEAVY = {"torch", "torchvision", "pennylane"}  # Plotly is not here: importing streamlit imports it


@cache
def tree_of(file: Path) -> ast.Module:
    """A file's syntax tree, read once for all tests."""
    return ast.parse(file.read_text())


@cache
def nodes_of(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree_of(file)))


def imported(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    """Every module that an import among `nodes` names, with the node that does."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which layer is meant"
            yield node.module, node


def relative(file: Path) -> str:
    return file.relative_to(PROJECT).as_posix()


def place(file: Path, node: ast.AST) -> str:
    """File and line, as a terminal opens them."""
    return f"{relative(file)}:{node.lineno}"


def room_of(file: Path) -> str:
    """The first two parts of a file's path: `ui/train`; or the layer alone, of files outside the rooms."""
    return "/".join(file.relative_to(PROJECT).parts[:-1][:2])


def by_room(files: Iterable[Path]) -> pytest.MarkDecorator:
    """Runs a test once for each room, with its files: a case for each file would cost more than it checks."""
    found: dict[str, list[Path]] = {}
    for file in files:
        found.setdefault(room_of(file), []).append(file)
    return pytest.mark.parametrize("files", found.values(), ids=[room or "." for room in found])


def packages(files: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Each top-level package that some file imports, with the place that does."""
    for file in files:
        for name, node in imported(nodes_of(file)):
            yield name.split(".")[0], place(file, node)


FIGURES = "qtl_core/studies/charts.py"  # Plotly's, as a page and a notebook draw them; imported when one is drawn


@by_room(CORE_FILES)
def test_the_core_knows_no_browser(files: list[Path]):
    refused = {"streamlit", "ui", "pages", "app", "plotly"}
    found = [(name, where) for name, where in packages(files) if name in refused]
    assert [(name, where) for name, where in found if name != "plotly" or not where.startswith(f"{FIGURES}:")] == []


@by_room(UI_FILES)
def test_ui_knows_no_page(files: list[Path]):
    assert [(name, where) for name, where in packages(files) if name in {"pages", "app"}] == []


@by_room([PROJECT / "app.py", *PAGE_FILES, *UI_FILES])
def test_streamlits_private_names_have_one_door(files: list[Path]):
    """Pages and ui use what `import streamlit as st` promises; the rest is for `ui.base.streamlit_internals`.

    `st.App` takes routes of Starlette's: these are written in one room, with Starlette's public names.
    """
    assert [found for file in files if file.stem != "streamlit_internals" for found in private_names(file)] == []


def private_names(file: Path) -> Iterator[tuple[str, str]]:
    """What a file uses that Streamlit does not promise, with the place that does."""
    private = ("streamlit.", "tornado") if "routes" in file.parts else ("streamlit.", "starlette", "tornado")
    for name, node in imported(nodes_of(file)):
        if name.startswith(private) or (isinstance(node, ast.ImportFrom) and name == "streamlit"):
            yield name, place(file, node)
    for node in nodes_of(file):
        if isinstance(node, ast.Attribute) and OF_STREAMLIT.match(name := ast.unparse(node)):
            yield name, place(file, node)


OF_STREAMLIT = re.compile(r"st\.(_|runtime\b|errors\b|delta_generator\b|elements\b)")


@by_room(PAGE_FILES)
def test_a_page_imports_only_what_lies_below_it(files: list[Path]):
    below = {"ui", "qtl_core", "streamlit", "plotly"} | sys.stdlib_module_names
    assert [(name, where) for name, where in packages(files) if name not in below] == []


@pytest.mark.parametrize("file", PAGE_FILES, ids=relative)
def test_a_page_begins_with_one_call_of_set_up(file: Path):
    tree = tree_of(file)
    calls = [node for node in nodes_of(file) if isinstance(node, ast.Call)]
    set_ups = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "set_up"]
    first_effect = next(node for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    assert [first_effect.value] == set_ups
    assert ast.literal_eval(set_ups[0].args[0]) == next(page.title for page in PAGES if page.path == relative(file))


def test_every_page_is_listed_and_every_listed_page_is_there():
    assert [page.path for page in sorted(PAGES, key=lambda page: page.path)] == [relative(file) for file in PAGE_FILES]


def test_nothing_heavy_is_imported_before_the_first_page_can_be_read():
    """What pages and ui import at their top is imported in a fresh interpreter, which then says what came along."""
    tops = {name for file in (*PAGE_FILES, *UI_FILES) for name, _ in imported(tree_of(file).body)}
    code = f"import importlib, sys\nfor name in {sorted(tops)}: importlib.import_module(name)\n"
    code += f"print(*sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "Makefile", ".ci/run"])
def test_installing_names_no_index_of_its_own(name: str):
    """Whoever installs chooses the package index; a project that names one breaks behind a mirror."""
    text = (PROJECT / name).read_text()
    assert not re.search(r"--(extra-)?index-url|--find-links|https?://(?!127\.0\.0\.1)", text)


ROOMS = {  # each room may import those before it, at module top or inside a function, and none after it
    "qtl_core": (
        *(
            "common",
            "settings",
            "jobs",
            "network",
            "machines",
            "runs",
            "state_dicts",
            "pictures",
            "tables",
            "evaluation",
        ),
        *(
            "training",
            "estimator",
            "inference",
            "readout",
            "drawing",
            "explain",
            "export",
            "exchange",
            "compare",
            "tracking",
            "publish",
            "serving",
            "ways_out",
            "studies",
            "learn",
            "cli",
        ),
    ),
    "ui": (
        *("base", "session", "shell", "widgets", "results", "circuit", "train", "data", "predict", "runs", "learn"),
        *("study", "paper_machine", "home", "tour"),
    ),
}
DOORS = {
    "qtl_core/__init__.py",
    "qtl_core/__main__.py",
    "ui/__init__.py",
    "ui/__main__.py",
}  # the only files outside the rooms


def module_name(file: Path) -> str:
    """The dotted name under which a file is imported."""
    return ".".join(file.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(file): file for file in (*CORE_FILES, *UI_FILES)}


@cache
def imported_modules(file: Path) -> dict[str, str]:
    """The project's own modules that a file imports, also inside functions, each with the place that does."""
    found: dict[str, str] = {}
    for name, node in imported(nodes_of(file)):
        members = {f"{name}.{alias.name}" for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
        found |= dict.fromkeys(members & MODULES.keys() or {name} & MODULES.keys(), place(file, node))
    return found


@by_room(file for file in (*CORE_FILES, *UI_FILES) if relative(file) not in DOORS)
def test_every_file_lies_in_a_room_that_knows_only_the_rooms_before_it(files: list[Path]):
    layer, room = room_of(files[0]).split("/")
    later = ROOMS[layer][ROOMS[layer].index(room) + 1 :]
    wrong = []
    for file in files:
        for name, where in imported_modules(file).items():
            its_layer, its_room = (*room_of(MODULES[name]).split("/"), "")[:2]
            assert its_layer != layer or its_room in (*ROOMS[layer], ""), (name, where)
            wrong += [(name, where)] if its_layer == layer and its_room in later else []
    assert wrong == []


def test_no_file_imports_itself_on_any_way_round():
    files = {name: file for name, file in MODULES.items() if relative(file) not in DOORS}
    waiting = {name: imported_modules(file).keys() & files.keys() - {name} for name, file in files.items()}
    while free := {name for name, needed in waiting.items() if not needed & set(waiting)}:
        waiting = {name: needed for name, needed in waiting.items() if name not in free}
    assert set(waiting) == set()
