"""Makes the mutants of a file: cosmic-ray's changes, but for those that nobody could make by mistake."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator
from parso.tree import NodeOrLeaf

# Left out: what Python refuses anyhow (`a @ b`, `is` for `<`), which would only make the score look better.
REPLACED = {
    "Binary": (
        "Add_Sub",
        "Sub_Add",
        "Mul_Div",
        "Div_Mul",
        "FloorDiv_Div",
        "Mod_Mul",
        "Pow_Mul",
        "BitAnd_BitOr",
        "BitOr_BitAnd",
        "BitXor_BitOr",
        "LShift_RShift",
        "RShift_LShift",
    ),
    "Comparison": (
        "Eq_NotEq",
        "NotEq_Eq",
        "Lt_LtE",
        "Lt_GtE",
        "LtE_Lt",
        "LtE_Gt",
        "Gt_GtE",
        "Gt_LtE",
        "GtE_Gt",
        "GtE_Lt",
        "Is_IsNot",
        "IsNot_Is",
    ),
    "Unary": ("Delete_USub", "Delete_Not", "Delete_Invert"),
}
OTHERS = (
    "AddNot",
    "ExceptionReplacer",
    "NumberReplacer",
    "RemoveDecorator",
    "ReplaceAndWithOr",
    "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
    "ReplaceFalseWithTrue",
    "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse",
    "ZeroIterationForLoop",
)
OPERATORS = [
    *(f"core/Replace{kind}Operator_{pair}" for kind, pairs in REPLACED.items() for pair in pairs),
    *(f"core/{name}" for name in OTHERS),
]

Place = tuple[int, int]  # line from 1, column from 0


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    Attributes:
        file: Relative to the project.
        line: Where, from 1.
        before, after: The changed lines as they were and as they are, without what surrounds them.
        source: The whole file, changed.
        number: Tells changes apart that read the same, from 0.
    """

    file: str
    line: int
    before: str
    after: str
    source: str
    number: int = 0

    @property
    def key(self) -> str:
        """Stays the same while other lines of the file change."""
        text = "\0".join((self.file, self.before, self.after, str(self.number)))
        return hashlib.sha256(text.encode()).hexdigest()


def mutants_of(file: str, source: str) -> list[Mutant]:
    """Returns all mutants of a file, none twice, in the order of their lines."""
    made: dict[str, Mutant] = {}
    for line, changed in _changes(source):
        if changed not in made:
            made[changed] = _mutant(file, line, source, changed)
    return _numbered(sorted(made.values(), key=lambda mutant: (mutant.line, mutant.after)))


def _changes(source: str) -> Iterator[tuple[int, str]]:
    """Yields line and whole changed source of every change."""
    nodes = list(ast_nodes(get_ast(source)))
    spared = [*_annotations(source), *((node.start_pos, node.end_pos) for node in nodes if _is_separator(node))]
    for name in OPERATORS:
        operator = get_operator(name)()
        places = [place for node in nodes for place in operator.mutation_positions(node)]
        for occurrence, (start, end) in enumerate(places):
            if any(first <= start and end <= last for first, last in spared):
                continue
            changed = mutate_code(source, operator, occurrence)
            if changed not in (None, source) and _is_python(changed):
                yield start[0], changed


def _is_separator(node: NodeOrLeaf) -> bool:
    """Returns whether a node is the bare star among a function's parameters, which cosmic-ray takes for a product."""
    return node.type == "operator" and node.parent.type in ("parameters", "lambdef")


def _is_python(source: str) -> bool:
    try:
        compile(source, "changed", "exec")
    except SyntaxError:  # as of `{**a}` without one star: nobody could leave that behind
        return False
    return True


def _annotations(source: str) -> list[tuple[Place, Place]]:
    """Returns where type annotations stand, and what is imported for them: neither does anything."""
    nodes: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign | ast.arg) and node.annotation:
            nodes.append(node.annotation)
        elif isinstance(node, ast.FunctionDef) and node.returns:
            nodes.append(node.returns)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            nodes.append(node.test)
    lines = source.splitlines()
    return [(_place(lines, at.lineno, at.col_offset), _place(lines, at.end_lineno, at.end_col_offset)) for at in nodes]


def _place(lines: list[str], line: int, offset: int) -> Place:
    """Returns a place in characters, which Python counts in bytes."""
    return line, len(lines[line - 1].encode()[:offset].decode())


def _mutant(file: str, line: int, source: str, changed: str) -> Mutant:
    old, new = source.splitlines(), changed.splitlines()
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    before, after = ("\n".join(map(str.strip, lines[start : len(lines) - end])).strip() for lines in (old, new))
    return Mutant(file, line, before, after, changed)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """Returns how many lines two files begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _numbered(mutants: list[Mutant]) -> list[Mutant]:
    seen: dict[tuple[str, str], int] = {}
    numbered = []
    for mutant in mutants:
        number = seen.get((mutant.before, mutant.after), 0)
        seen[mutant.before, mutant.after] = number + 1
        numbered.append(Mutant(mutant.file, mutant.line, mutant.before, mutant.after, mutant.source, number))
    return numbered


def sample(mutants: list[Mutant], size: int | None, seed: int) -> list[Mutant]:
    """Returns `size` of the mutants, all for None: always the same ones, also when other lines of the files change."""

    def drawn(mutant: Mutant) -> str:
        return hashlib.sha256(f"{seed} {mutant.key}".encode()).hexdigest()

    chosen = sorted(mutants, key=drawn)[:size]
    return sorted(chosen, key=lambda mutant: (mutant.file, mutant.line, mutant.after))
