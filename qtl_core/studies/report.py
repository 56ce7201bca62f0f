"""A study's report: one HTML page that works without the app and the net, and that a browser prints as it is."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from qtl_core.common.moments import moment
from qtl_core.compare.sides import value_in_words
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.runs.provenance import versions_here
from qtl_core.runs.store.layout import time_of
from qtl_core.settings import RunSettings, specs
from qtl_core.settings.groups import FIELDS, GROUPS
from qtl_core.settings.relevant import counts
from qtl_core.studies import figures, svg_charts
from qtl_core.studies.again import command_of
from qtl_core.studies.answer import Answer, answer_of
from qtl_core.studies.comparisons import Comparison
from qtl_core.studies.importance import Importance, importance
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.questions import QUESTIONS
from qtl_core.studies.rows import LOSSES, MEASURES, Row
from qtl_core.studies.store import StudyStore
from qtl_core.studies.stored_curves import curves_of
from qtl_core.studies.study_file import file_name
from qtl_core.studies.words import comparison_words, counted, p_figure, time_words, value_words

STYLE = Path(__file__).with_suffix(".css")
MOST_LINES = 60  # of a table; the exported table has all
MOST_MAPS = 3
IN_BANDS = f"The bands hold 90% of the runs of each place, of fewer than {figures.FEWEST_IN_BAND} all of them."
MOST_CURVES = 2_000  # runs of which a band over epochs is drawn


@dataclass(frozen=True)
class _Content:
    """All that a report tells of."""

    store: StudyStore
    rows: Mapping[str, Row]
    answer: Answer
    facts: Mapping[str, Any]

    @property
    def plan(self) -> StudyPlan:
        return self.store.plan


def report_html(store: StudyStore, measure: str = "") -> str:
    """Returns the report as one HTML page.

    Args:
        store: The study.
        measure: What is compared; "" for what chose nothing.

    Raises:
        UserError: The study cannot be read.
    """
    content = _Content(store, store.rows(), answer_of(store, measure), store.fact("prepared") or {})
    parts = (_head, _result, _comparisons, _cells, _figures, _pictures, _settings, _again)
    body = "\n".join(line for part in parts for line in part(content))
    title = escape(store.plan.name)
    style = STYLE.read_text(encoding="utf-8")
    view = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    alone = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    top = f'<!doctype html>\n<html lang="en"><head>{view}{alone}<title>{title}</title><style>\n{style}</style></head>'
    return f"{top}\n<body>\n{body}\n</body></html>\n"


def _head(content: _Content) -> Iterator[str]:
    plan, answer = content.plan, content.answer
    yield f"<h1>{escape(plan.name)}</h1>"
    made, done = (
        f"{moment(time_of(content.store.id)):%d %B %Y, %H:%M}",
        f"{answer.done:,} of {counted(answer.planned, 'run')} trained",
    )
    seconds = float(content.store.fact("seconds") or 0)
    took = f", in {time_words(seconds)}" if seconds else ""
    yield f'<p class="quiet">A study of the Quantum transfer studio, begun {escape(made)}; {done}{took}.</p>'
    question = next((each for each in QUESTIONS if each.title == plan.name), None)
    if question:
        yield f"<p>{escape(question.about)}</p>"
    yield f"<p>{escape(answer.asked)}</p>"


def _result(content: _Content) -> Iterator[str]:
    yield "<h2>What came out</h2>"
    if content.answer.plain:
        yield f'<p class="said">{escape(content.answer.plain)}</p>'
    yield f'<p class="said">{escape(content.answer.sentence)}</p>'
    yield "<h2>What this does not show</h2>"
    yield f"<p>{escape(content.answer.limits)}</p>"


def _comparisons(content: _Content) -> Iterator[str]:
    found = content.answer.comparisons
    if not found:
        return
    measure, plan = content.answer.measure, content.plan
    yield "<h2>Every comparison</h2>"
    unit = "points" if measure.endswith("accuracy") else "difference"
    pairs = "above : below, of folds" if plan.folds else "above : below, of pairs"
    is_placed = any(comparison_words(plan, each)[2] for each in found)
    names = ["first", "second", *(["at"] if is_placed else [])]
    numbers = [unit, "95% interval", "p", "corrected p", "Cliff’s delta", pairs]
    ordered = sorted(found, key=lambda each: (each.p_corrected, -abs(each.difference)))
    lines = [_comparison(plan, each, measure, with_at=len(names) > 2) for each in ordered[:MOST_LINES]]
    marks = ["real" if each.counts and not content.answer.under_way else "" for each in ordered[:MOST_LINES]]
    yield _table(names, numbers, lines, marks)
    yield from _left_out(len(found))
    paired = "run by run with the same seed and pictures"
    if plan.folds:
        paired = "fold by fold, each the mean over its seeds"
    yield (
        f'<p class="quiet">Differences of {escape(MEASURES[measure])}: the first less the second, {paired}. '
        "The interval is a bootstrap (bias-corrected and accelerated), p is of Wilcoxon’s "
        "signed-rank test, corrected by Holm’s steps over all of them; Cliff’s delta is how much more often a run of "
        "the first is above one of the second than below, all runs with all. In bold: what luck would hardly give, by "
        "ranks and mean alike.</p>"
    )


def _comparison(plan: StudyPlan, each: Comparison, measure: str, *, with_at: bool) -> list[str]:
    a, b, at = comparison_words(plan, each)
    scale, digits = (100, 2) if measure.endswith("accuracy") else (1, 4)
    shown = [_signed(scale * value, digits) for value in (each.difference, each.low, each.high)]
    texts = [a, b, *([at] if with_at else [])]
    ps = [p_figure(p) if p >= 0.001 else "&lt; 0.001" for p in (each.p, each.p_corrected)]
    better = f"{each.above} : {each.below} of {each.pairs}"
    return [*map(escape, texts), shown[0], f"{shown[1]} to {shown[2]}", *ps, _signed(each.delta, 2), better]


def _signed(value: float, digits: int) -> str:
    """Returns a number with its sign; nothing is neither above nor below."""
    text = f"{value:+.{digits}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", "−")


def _cells(content: _Content) -> Iterator[str]:
    """Yields the table of what every cell gave."""
    plan, measure = content.plan, content.answer.measure
    runs = figures.columns_of(plan, content.rows, measure)
    if not plan.axes or not len(runs.values):
        return
    yield "<h2>Every setting</h2>"
    form: Callable[[float], str] = "{:.2%}".format if measure.endswith("accuracy") else "{:.4f}".format
    lines, cells = [], plan.cells()
    shown = np.unique(runs.cells).tolist()
    if len(shown) > MOST_LINES:
        means = np.bincount(runs.cells, runs.values) / np.maximum(np.bincount(runs.cells), 1)
        shown.sort(key=lambda number: means[number] if measure in LOSSES else -means[number])
    for number in shown[:MOST_LINES]:
        values = runs.values[runs.cells == number]
        spread = form(values.std(ddof=1)) if len(values) > 1 else "–"
        at = [escape(value_words(name, value)) for name, value in cells[number].at.items()]
        lines.append([*at, form(values.mean()), spread, form(values.min()), form(values.max()), str(len(values))])
    names = [escape(axis.label) for axis in plan.axes]
    yield _table(names, ["mean", "standard deviation", "least", "most", "runs"], lines)
    best = f" These are the {MOST_LINES} best." if len(shown) > MOST_LINES else ""
    yield from _left_out(len(shown), best)
    shared = " Where a setting does not count, its lines are of the same runs."
    same = shared if content.answer.planned < plan.size else ""
    yield f'<p class="quiet">The runs of every setting, by {escape(MEASURES[measure])}.{same}</p>'


def _left_out(count: int, which: str = "") -> Iterator[str]:
    if count > MOST_LINES:
        yield f'<p class="quiet">{count - MOST_LINES:,} more lines are left out here.{which}</p>'


def _figures(content: _Content) -> Iterator[str]:
    drawn = [(svg, caption) for svg, caption in _drawn(content) if svg]
    if drawn:
        yield "<h2>Figures</h2>"
    for svg, caption in drawn:
        yield f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>"


def _drawn(content: _Content) -> Iterator[tuple[str, str]]:
    """Yields every figure with its caption."""
    plan, rows, measure = content.plan, content.rows, content.answer.measure
    what = MEASURES[measure]
    found = figures.dots(plan, rows, measure)
    as_boxes = len(found.values) > svg_charts.MOST_DOTS
    drawn = "Boxes hold half of the runs, lines 90% of them" if as_boxes else "A dot is a run"
    yield svg_charts.dots(found), f"Every run, by {what}. {drawn}; strokes are means."
    for axis in figures.numeric_axes(plan):
        lines = figures.bands(plan, rows, measure, axis)
        yield svg_charts.bands(lines), f"The mean of the runs of each place, by {what}. {IN_BANDS}"
    several = [axis.setting for axis in plan.axes if len(axis.values) > 1]
    for y, x in list(itertools.combinations(several, 2))[:MOST_MAPS]:
        over = "" if len(several) == 2 else ", over all other settings"
        yield (
            svg_charts.heat_map(figures.heat_map(plan, rows, measure, x, y)),
            f"The mean of the runs of each place{over}, by {what}.",
        )
    if len(several) > 2:
        lines_drawn = figures.parallel(plan, rows, measure)
        is_whole = len(lines_drawn.means) <= svg_charts.MOST_LINES
        every = "Every setting" if is_whole else "Settings, evenly from the least to the most"
        yield (
            svg_charts.parallel(lines_drawn),
            f"{every}, with the mean of its runs, by {what}; the palest have the most.",
        )
    yield from _epochs(content)
    yield from _importance(importance(plan, rows, measure), several)


def _epochs(content: _Content) -> Iterator[tuple[str, str]]:
    some = dict(itertools.islice(content.rows.items(), MOST_CURVES))
    figure = FIGURES[1] if content.answer.measure.endswith("accuracy") else FIGURES[3]
    found = figures.epoch_bands(content.plan, some, curves_of(content.store, figure, some), figure)
    part = f", of {MOST_CURVES:,} runs" if len(content.rows) > MOST_CURVES else ""
    words = "validation accuracy" if figure == FIGURES[1] else "validation loss"
    yield svg_charts.bands(found), f"The mean {words} after every epoch{part}. {IN_BANDS}"


def _importance(found: Importance, several: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(several) > 1:
        yield svg_charts.importance(found), found.words


def _pictures(content: _Content) -> Iterator[str]:
    facts = content.facts
    if not facts:
        return
    yield "<h2>What was learnt from</h2>"
    noun = str(facts.get("noun", "pictures"))
    sizes = (("train_size", "to train"), ("val_size", "to validate"), ("test_size", "to test"))
    shown = [(_size(facts, name), use) for name, use in sizes]
    counts_said = ", ".join(f"{size} {use}" for size, use in shown if size != "0")
    classes = ", ".join(map(str, facts.get("classes", [])))
    network = f" The image network is {facts['backbone']}." if facts.get("backbone") else ""
    yield f"<p>{escape(f'{noun.capitalize()} of the classes {classes}: {counts_said}.{network}')}</p>"
    for note in facts.get("notes", []):
        yield f"<p>{escape(str(note))}</p>"


def _size(facts: Mapping[str, Any], name: str) -> str:
    least, most = facts.get(name, 0), facts.get(f"most_{name}", 0)
    return f"{least:,} to {most:,}" if most else f"{least:,}"


def _settings(content: _Content) -> Iterator[str]:
    base, usual = content.plan.base, RunSettings()
    varied = {name for axis in content.plan.axes for name in axis.settings}
    yield "<h2>Settings that all runs share</h2>"
    lines, marks = [], []
    for kind in GROUPS.values():
        for name in specs(kind):
            if name in varied or name == "seed" or not counts(base, name):
                continue
            lines.append([escape(FIELDS[name].label), escape(value_in_words(name, base.value(name)))])
            marks.append("" if base.value(name) == usual.value(name) else "real")
    yield _table(["setting", "value"], [], lines, marks)
    seeds = content.plan.seed_numbers
    yield f'<p class="quiet">Seeds {seeds[0]} to {seeds[-1]}. In bold: what differs from the recipe.</p>'


def _again(content: _Content) -> Iterator[str]:
    yield "<h2>To do it again</h2>"
    yield "<p>With the study’s file, which has its whole plan and every run:</p>"
    resume = f"python -m qtl_core study resume {content.store.id}"
    yield _code(f"python -m qtl_core study import {file_name(content.store)}\n{resume}")
    if command := command_of(content.plan):
        yield "<p>Or anew:</p>"
        yield _code(command)
    versions = content.store.fact("versions") or versions_here()
    said = ", ".join(f"{name} {number}" for name, number in versions.items())
    when = "Trained" if content.store.fact("versions") else "Written"
    yield f'<p class="quiet">{when} with {escape(said)}.</p>'


def _code(text: str) -> str:
    return f"<pre><code>{escape(text)}</code></pre>"


def _table(
    names: Sequence[str], numbers: Sequence[str], lines: Sequence[Sequence[str]], marks: Sequence[str] = ()
) -> str:
    """Returns a table of cells that are escaped already; `numbers` are the columns on the right."""
    head = "".join([*(f"<th>{name}</th>" for name in names), *(f'<th class="n">{name}</th>' for name in numbers)])
    body = []
    for line, mark in itertools.zip_longest(lines, marks[: len(lines)], fillvalue=""):
        cells = [f"<td>{cell}</td>" for cell in line[: len(names)]]
        cells += [f'<td class="n">{cell}</td>' for cell in line[len(names) :]]
        body.append(f'<tr class="{mark}">{"".join(cells)}</tr>' if mark else f"<tr>{''.join(cells)}</tr>")
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'
