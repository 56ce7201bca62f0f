"""No test passes for want of something to look at: where all its checks stand in loops, one is sure to be gone through.

A loop is sure to be gone through where it is over a literal, over a name that holds one, or over what is made of those;
otherwise the test says so itself, by a check outside (`assert found`) before it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import PROJECT

FILES = sorted((PROJECT / "tests").rglob("test_*.py"))
CHECKING = {"raises", "warns", "fail"}  # of pytest; also all that is called assert_... or, in a browser, expect
KEEPS_SIZE = {
    "enumerate",
    "reversed",
    "sorted",
    "list",
    "tuple",
    "set",
    "dict",
    "items",
    "values",
    "keys",
    "splitlines",
}
Names = dict[str, ast.expr]


def unsure_loops(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The name of every test whose checks all stand in loops that may be empty, and the first such loop's line."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    helpers = {function.name for function in functions if any(map(is_check, ast.walk(function)))}
    for function in functions:
        if not function.name.startswith("test_"):
            continue
        around = list(checks(function, helpers, ()))
        known = literals(tree) | literals(function)
        if around and all(any(not is_filled(each, known) for each in loops) for loops in around):
            yield function.name, min(loops[0].lineno for loops in around)


def checks(node: ast.AST, helpers: set[str], loops: tuple[ast.expr, ...]) -> Iterator[tuple[ast.expr, ...]]:
    """Of every check below a node, what the loops around it go over."""
    if is_check(node) or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in helpers):
        yield (*loops, *gone_over(node))
    for child in ast.iter_child_nodes(node):
        inside = isinstance(node, ast.For) and child in node.body
        yield from checks(child, helpers, (*loops, node.iter) if inside else loops)


def is_check(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    return name in CHECKING or name.startswith(("assert", "expect"))


def gone_over(check: ast.AST) -> tuple[ast.expr, ...]:
    """What `assert all(... for ... in ...)` goes over, and nothing for other checks."""
    test = check.test if isinstance(check, ast.Assert) else None
    is_all = isinstance(test, ast.Call) and isinstance(test.func, ast.Name) and test.func.id == "all"
    if not is_all or not isinstance(test.args[0], ast.GeneratorExp | ast.ListComp):
        return ()
    return tuple(part.iter for part in test.args[0].generators)


def literals(scope: ast.AST) -> Names:
    """The names to which a module or function assigns anything, with what."""
    found: Names = {}
    for node in getattr(scope, "body", []):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {target.id: node.value for target in targets if isinstance(target, ast.Name)}
            for target in targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = zip(target.elts, node.value.elts, strict=False)
                    found |= {name.id: value for name, value in pairs if isinstance(name, ast.Name)}
    return found


def is_filled(node: ast.expr, known: Names) -> bool:
    """Whether an expression is certain to give something to go over."""
    match node:
        case ast.Tuple() | ast.List() | ast.Set():
            return any(not isinstance(each, ast.Starred) or is_filled(each.value, known) for each in node.elts)
        case ast.Dict():
            return any(key is not None for key in node.keys)
        case ast.Constant(value=str() | bytes()):
            return bool(node.value)
        case ast.Name() if node.id in known:
            return is_filled(known[node.id], {name: value for name, value in known.items() if name != node.id})
        case ast.BinOp(op=ast.BitOr() | ast.Add()):
            return is_filled(node.left, known) or is_filled(node.right, known)
        case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
            parts = node.generators
            return not any(part.ifs for part in parts) and all(is_filled(part.iter, known) for part in parts)
        case ast.Call():
            return _call_is_filled(node, known)
    return False


def _call_is_filled(node: ast.Call, known: Names) -> bool:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name == "range":
        try:
            return len(range(*map(ast.literal_eval, node.args))) > 0
        except ValueError:
            return False
    if name in ("zip", "product"):
        strict = name == "zip" and any(word.arg == "strict" and word.value.value is True for word in node.keywords)
        return (any if strict else all)(is_filled(each, known) for each in node.args)
    if name in KEEPS_SIZE:
        return is_filled(node.func.value if isinstance(node.func, ast.Attribute) else node.args[0], known)
    return False


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(PROJECT).as_posix())
def test_checks_do_not_all_stand_in_loops_that_may_be_empty(file: Path):
    found = [f"{file.name}:{line}: {name}" for name, line in unsure_loops(ast.parse(file.read_text()))]
    assert not found, "say before the loop that there is something to go over (`assert ...`)"


@pytest.mark.parametrize(
    ("body", "unsure"),
    [
        ("for each in found(): assert each", True),
        ("for each in (): assert each", True),
        ("for each in range(0): assert each", True),
        ("for each in range(size): assert each", True),
        ("for each in [name for name in 'ab' if name in found]: assert each", True),
        ("for each in zip(a, 'ab'): assert each", True),
        ("for each in found():\n  with pytest.raises(ValueError): each()", True),
        ("for each in found(): checked(each)", True),
        ("assert all(each for each in found())", True),
        ("for one in 'ab':\n  for other in found(): assert other", True),
        ("found = []\nfor each in found: assert each", True),
        ("found = look()\nassert found\nfor each in found: assert each", False),
        ("for each in 'ab': assert each", False),
        ("for each in {'a': 1}.items(): assert each", False),
        ("for each in zip(found, 'ab', strict=True): assert each", False),
        ("for each in enumerate(range(3)): assert each", False),
        ("for each in (*found, 1): assert each", False),
        ("found = [1]\nfor each in sorted(found): assert each", False),
        ("for each in found():\n  assert each\nassert all([])", False),
        ("assert all(each for each in 'ab')", False),
        ("for each in found(): print(each)", False),
    ],
)
def test_such_a_test_is_found(body: str, unsure: bool):
    indented = "\n".join(f"    {line}" for line in body.splitlines())
    text = f"def checked(each):\n    assert each\n\ndef test_it():\n{indented}\n"
    assert bool(list(unsure_loops(ast.parse(text)))) == unsure
