"""Sections of the report, and the page of Markdown that they become."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.targets import TARGETS, Target


@dataclass(frozen=True)
class Table:
    """Columns and rows, already written out; the first column is text, the others are figures."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Section:
    """One section of the report.

    Attributes:
        title: Its heading.
        how: How it was measured: what was warmed up, repeated, scaled.
        tables: What was found.
        notes: Sentences below the tables.
        figures: The main figures by name, for the JSON line and the targets.
        where: For a figure by name: a sentence on where its time goes, printed if it falls short.
    """

    title: str
    how: str
    tables: Sequence[Table] = ()
    notes: Sequence[str] = ()
    figures: Mapping[str, float] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)


def markdown(facts: Mapping[str, str], sections: Sequence[Section]) -> str:
    """Returns the whole report."""
    parts = ["# What was measured", table(Table(("", ""), list(facts.items())))]
    parts += ["## To reach", table(reached(sections)), *shortfalls(sections)]
    for number, section in enumerate(sections, start=1):
        parts += [f"## {number}. {section.title}", section.how, *map(table, section.tables)]
        parts += ["\n".join(f"- {note}" for note in section.notes)] if section.notes else []
    return "\n\n".join(parts) + "\n"


def table(content: Table) -> str:
    """Returns a table in Markdown."""
    marks = ["---", *("---:" for _ in content.head[1:])]
    return "\n".join(f"| {' | '.join(row)} |" for row in (content.head, marks, *content.rows))


def figures_of(sections: Sequence[Section]) -> dict[str, float]:
    """Returns the main figures of all sections by name."""
    return {name: figure for section in sections for name, figure in section.figures.items()}


def reached(sections: Sequence[Section]) -> Table:
    """Returns the targets with what was measured; a target whose section was left out is left out."""
    figures = figures_of(sections)
    rows = [
        (target.title, target.wanted, amount(figures[target.figure]), "yes" if target.met(figures) else "**no**")
        for target in TARGETS
        if target.figure in figures
    ]
    return Table(("", "wanted", "measured", "reached"), rows)


def shortfalls(sections: Sequence[Section]) -> list[str]:
    """Returns, where a target is missed, a heading and a paragraph on each and where its time goes."""
    figures = figures_of(sections)
    where = {name: sentence for section in sections for name, sentence in section.where.items()}
    missed = [target for target in TARGETS if target.figure in figures and not target.met(figures)]
    return ["### What falls short", *(_shortfall(target, figures, where) for target in missed)] if missed else []


def _shortfall(target: Target, figures: Mapping[str, float], where: Mapping[str, str]) -> str:
    got = f"**{target.title}**: {amount(figures[target.figure])} where {target.wanted} is wanted."
    return " ".join(filter(None, (got, where.get(target.figure, ""))))


def amount(figure: float) -> str:
    """Writes a figure with three digits that mean something: 0.0421, 1.83, 97, 4,310."""
    if figure == 0:
        return "0"
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"


def times(ratio: float) -> str:
    """Writes a ratio: 1.83 x."""
    return f"{amount(ratio)} ×"


def seconds(duration: float) -> str:
    """Writes a duration in the unit that suits it: 42.1 ms, 1.83 s, 87 min."""
    if duration < 1:
        return f"{amount(duration * 1000)} ms"
    return f"{amount(duration)} s" if duration < 600 else f"{amount(duration / 60)} min"
