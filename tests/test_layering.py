"""Imports go one way (pages -> ui -> qtl_core), and every page begins and is listed as ui/shell/page.py says."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from ui.base.pages import PAGES

PAGE_FILES = sorted((PROJECT / "pages").glob("*.py"))
UI_FILES = sorted((PROJECT / "ui").rglob("*.py"))
CORE_FILES = sorted((PROJECT / "qtl_core").rglob("*.py"))
HEAVY = {"torch", "torchvision", "pennylane"}  # Plotly is not here: importing streamlit imports it


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module named by an import anywhere below `tree`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide which layer is meant"
            yield node.module


def rooms(file: Path) -> set[str]:
    """The top-level packages a file imports."""
    return {name.split(".")[0] for name in imported(ast.parse(file.read_text()))}


def relative(file: Path) -> str:
    return file.relative_to(PROJECT).as_posix()


@pytest.mark.parametrize("file", CORE_FILES, ids=relative)
def test_the_core_knows_no_browser(file: Path):
    assert not rooms(file) & {"streamlit", "ui", "pages", "app", "plotly"}


@pytest.mark.parametrize("file", UI_FILES, ids=relative)
def test_ui_knows_no_page(file: Path):
    assert not rooms(file) & {"pages", "app"}


@pytest.mark.parametrize("file", [PROJECT / "app.py", *PAGE_FILES, *UI_FILES], ids=relative)
def test_streamlits_private_names_have_one_door(file: Path):
    """Pages and ui use what `import streamlit as st` promises; the rest is for `ui.base.streamlit_internals`.

    `st.App` takes routes of Starlette's: these are written in one room, with Starlette's public names.
    """
    if file.stem == "streamlit_internals":
        return
    tree = ast.parse(file.read_text())
    private = ("streamlit.", "tornado") if "routes" in file.parts else ("streamlit.", "starlette", "tornado")
    assert not [name for name in imported(tree) if name.startswith(private)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "streamlit"]
    asked = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not [name for name in asked if re.match(r"st\.(_|runtime\b|errors\b|delta_generator\b|elements\b)", name)]


@pytest.mark.parametrize("file", PAGE_FILES, ids=relative)
def test_a_page_imports_only_what_lies_below_it(file: Path):
    assert rooms(file) <= {"ui", "qtl_core", "streamlit", "plotly"} | sys.stdlib_module_names


@pytest.mark.parametrize("file", PAGE_FILES, ids=relative)
def test_a_page_begins_with_one_call_of_set_up(file: Path):
    tree = ast.parse(file.read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    set_ups = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "set_up"]
    first_effect = next(node for node in tree.body if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
    assert [first_effect.value] == set_ups
    assert ast.literal_eval(set_ups[0].args[0]) == next(page.title for page in PAGES if page.path == relative(file))


def test_every_page_is_listed_and_every_listed_page_is_there():
    assert [page.path for page in sorted(PAGES, key=lambda page: page.path)] == [relative(file) for file in PAGE_FILES]


def test_nothing_heavy_is_imported_before_the_first_page_can_be_read():
    """What pages and ui import at their top is imported in a fresh interpreter, which then says what came along."""
    tops = {
        name
        for file in (*PAGE_FILES, *UI_FILES)
        for statement in ast.parse(file.read_text()).body
        for name in imported(statement)
        if isinstance(statement, ast.Import | ast.ImportFrom)
    }
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
        *("common", "settings", "jobs", "network", "runs", "state_dicts", "pictures", "tables", "evaluation"),
        *("training", "inference", "drawing", "explain", "export", "exchange", "compare", "learn", "cli"),
    ),
    "ui": (
        *("base", "session", "shell", "widgets", "results", "circuit", "train", "data", "predict", "runs", "learn"),
        *("home", "tour"),
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


def imported_modules(file: Path) -> set[str]:
    """The project's own modules that a file imports, also inside functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            members = {f"{node.module}.{alias.name}" for alias in node.names}
            names |= members & set(MODULES) or {node.module}
    return names & set(MODULES)


def room_of(name: str) -> tuple[str, str]:
    layer, room, *_ = [*name.split("."), ""]
    return layer, room


@pytest.mark.parametrize("file", [*CORE_FILES, *UI_FILES], ids=relative)
def test_every_file_lies_in_a_room_that_knows_only_the_rooms_before_it(file: Path):
    layer, room = room_of(module_name(file))
    if relative(file) in DOORS:
        return
    order = ROOMS[layer]
    above = {name for name in imported_modules(file) if room_of(name)[0] == layer and room_of(name)[1]}
    assert {name for name in above if order.index(room_of(name)[1]) > order.index(room)} == set()


def test_no_file_imports_itself_on_any_way_round():
    files = {name: file for name, file in MODULES.items() if relative(file) not in DOORS}
    waiting = {name: imported_modules(file) & set(files) - {name} for name, file in files.items()}
    while free := {name for name, needed in waiting.items() if not needed & set(waiting)}:
        waiting = {name: needed for name, needed in waiting.items() if name not in free}
    assert set(waiting) == set()
