"""Names that docstrings and comments give in backticks are there: of modules, functions, constants, parameters.

A bare name is one of the file, of its folder, or a class of the project; `module.name` is a name in that module.
"""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.conftest import PROJECT

ROOTS = ("qtl_core", "ui", "pages", "tools", "benchmarks")
NAMED = re.compile(r"(?<!`)`([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?:\(\))?`(?!`)")
RAISES = re.compile(r'^ +Raises:\n((?:(?!.*""") +.*\n)+)', re.MULTILINE)
RAISED = re.compile(r"^ +([A-Z]\w+): ", re.MULTILINE)
LIBRARIES = {"NoiseModel", "PIL", "Runtime", "nn", "qml", "runner", "scipy", "sklearn", "st", "torch", "torchvision"}
OF_OTHERS = {  # names of libraries' code, of commands, file formats, addresses and the environment
    *("basic_device_gate_errors", "from_qiskit_noise", "hardware", "default.mixed"),  # Aer's, PennyLane's; the extra
    *("AmplitudeDamping", "BitFlip", "DepolarizingChannel", "PhaseDamping"),
    *("TorchLayer", "get_params", "_file_size", "model.train", "route", "info", "default.qubit", "multiprocessing"),
    *("ls", "imir", "irot", "q_params", "pictures", "state_dict.model.conv1.weight"),
    *("hide", "pages", "field_", "PATH", "PYTHONWARNINGS", "QTL_SHARED"),
    *("why", "should_stop"),  # of errors, and of whoever raises them
}
SHORT = 40  # characters of a text that is a key or a value, not a sentence
FILE_TYPES = {"py", "css", "js", "json", "toml", "npz", "zip"}  # for `test_named_files`


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@cache
def names_in(file: Path) -> frozenset[str]:
    """Every name in a file's code, and the words of its short texts, which are keys and values that it reads."""
    found: set[str] = set()
    for node in ast.walk(tree_of(file)):
        for field in ("id", "attr", "arg", "name", "asname"):
            found.update(str(getattr(node, field, "")).split("."))
        if isinstance(node, ast.ImportFrom | ast.Import):
            found.update((getattr(node, "module", "") or "").split("."))
        text = getattr(node, "value", "")
        if isinstance(text, str) and len(text) < SHORT and "`" not in text:
            found.update(re.findall(r"\w+", text))
    return frozenset(found)


@cache
def variables_in(file: Path) -> frozenset[str]:
    nodes = list(ast.walk(tree_of(file)))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return frozenset(stored | {node.arg for node in nodes if isinstance(node, ast.arg)})


@cache
def defined_in(file: Path) -> frozenset[str]:
    """The names that a module has for others, and those of its classes' members."""
    found: set[str] = set()
    for node in [*tree_of(file).body, *(part for part in tree_of(file).body for part in getattr(part, "body", ()))]:
        targets = [*getattr(node, "targets", ()), getattr(node, "target", None)]
        found.update(each.id for target in targets if target for each in ast.walk(target) if isinstance(each, ast.Name))
        found.add(getattr(node, "name", ""))
        if isinstance(node, ast.ImportFrom):
            found.update(alias.name for alias in node.names)
    return frozenset(found)


def files() -> list[Path]:
    return [file for root in ROOTS for file in sorted((PROJECT / root).rglob("*.py"))]


@cache
def names_of_modules() -> dict[str, set[str]]:
    """A module's or package's last name -> the names in all that have it."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in files():
        if file.stem == "__init__":
            found[file.parent.name] |= defined_in(file) | {below.stem for below in file.parent.iterdir()}
        else:
            found[file.stem] |= defined_in(file)
    return found


@cache
def names_in_classes() -> dict[str, set[str]]:
    """A class's name -> the names in all that have it."""
    found: dict[str, set[str]] = defaultdict(set)
    for part in (node for file in files() for node in ast.walk(tree_of(file)) if isinstance(node, ast.ClassDef)):
        found[part.name] |= {
            str(getattr(node, field, "")) for node in ast.walk(part) for field in ("id", "attr", "name")
        }
    return found


def texts_of(file: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    text = file.read_text("utf-8")
    if re.search("#.*`", text):
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        yield from (token.string for token in tokens if token.type == tokenize.COMMENT)


@cache
def near(folder: Path) -> frozenset[str]:
    """What a file may call by its bare name because it is in the same folder."""
    siblings = {each.name.partition(".")[0] for each in folder.iterdir()} | {folder.name}
    return frozenset(siblings.union(*(defined_in(each) for each in folder.glob("*.py"))))


PYTHONS = {*dir(builtins), *keyword.kwlist}


def is_there(name: str, file: Path) -> bool:
    head, *rest = name.split(".")
    if head in LIBRARIES or name in OF_OTHERS or (rest and rest[-1] in FILE_TYPES):
        return True
    if rest:
        inside = names_in_classes().get(head, set()) | names_of_modules().get(head, set())
        of_a_variable = head in variables_in(file) and rest[0] in names_in(file)
        return rest[0] in inside or of_a_variable or head in sys.stdlib_module_names
    return head in PYTHONS or head in names_in_classes() or head in near(file.parent) or head in names_in(file)


def false_names(file: Path) -> set[str]:
    return {name for text in texts_of(file) for name in NAMED.findall(text) if not is_there(name, file)}


def test_every_name_in_backticks_is_there():
    found = {file.relative_to(PROJECT).as_posix(): names for file in files() if (names := false_names(file))}
    assert not found


def test_a_name_that_is_gone_is_found(tmp_path: Path):
    text = '"""See `gone`, `metrics.gone`, `RunView.gone`, `metrics.percent`, `here` and `RunView`."""\n\nhere = 1\n'
    (tmp_path / "a.py").write_text(text)
    assert false_names(tmp_path / "a.py") == {"gone", "metrics.gone", "RunView.gone"}


def test_what_docstrings_say_is_raised_is_an_exception_there_is():
    known = {name for name, value in vars(builtins).items() if isinstance(value, type)} | {"Timeout"}  # filelock's
    files = [file for root in ("qtl_core", "ui") for file in sorted((PROJECT / root).rglob("*.py"))]
    sources = [file.read_text(encoding="utf-8") for file in files]
    for source in sources:
        known |= set(re.findall(r"^class (\w+)", source, re.MULTILINE))
    said = [name for source in sources for part in RAISES.findall(source) for name in RAISED.findall(part)]
    assert len(said) > 100
    assert set(said) <= known
