"""The ready questions asked of ants and bees through MobileNetV2, with tables and sentences, into docs/findings.md.

    make findings                   # or python -m benchmarks.findings; some minutes; needs the photos and their weights

Whatever comes out is written, as it is. Figures that were known before are set beside those found.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.bench import say
from benchmarks.homes import PROJECT, home
from benchmarks.machine import facts, load
from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.runs.store import rename
from qtl_core.runs.store.layout import new_id
from qtl_core.settings import RunSettings
from qtl_core.studies.comparisons import Comparison, compared, usual_measure
from qtl_core.studies.execution import train_study
from qtl_core.studies.plan import Cell, StudyPlan
from qtl_core.studies.questions import QUESTIONS, Question, question
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.store import StudyStore, delete_study, kept_studies
from qtl_core.studies.winner import is_choice, values_of, with_repeat
from qtl_core.studies.words import (
    MANY,
    comparison_words,
    limits_words,
    place_words,
    plan_words,
    result_words,
    setting_words,
    value_words,
)
from qtl_core.training.run import RunRequest, run

OUT = PROJECT / "docs/findings.md"
BASE = RunSettings().changed(backbone="mobilenet_v2")
START = "Ants and bees, drawn"  # the run of another task, from which what was learnt is carried over
MOST_COMPARISONS = 12  # rows of a table
# First seeds of studies whose plan was changed once its answer was seen: only fresh seeds answer it then.
FRESH_FROM: Mapping[str, int] = {"little-data": 1000}  # 60 draws in place of 30, of which none had been told from luck
FRESH = 20  # seeds with which the best of many settings is trained again
# The mean accuracy after the last epoch over 30 draws of so many photos a class, as measured before studies were built.
KNOWN: Mapping[str, Mapping[int, float]] = {
    "dressed": {5: 0.798, 10: 0.846, 20: 0.901, 40: 0.940},
    "linear": {5: 0.864, 10: 0.907, 20: 0.926, 40: 0.943},
    "depth_0": {5: 0.869, 10: 0.905, 20: 0.928, 40: 0.941},
}
KNOWN_DRAWS = 30  # other ones: what differs by less than two standard errors is the same figure


@dataclass(frozen=True)
class Answered:
    """A question with what came of it.

    Attributes:
        question: It.
        plan: Its study.
        rows: All of them, by key.
        facts: What is said of the pictures.
        seconds: What the training took.
    """

    question: Question
    plan: StudyPlan
    rows: Mapping[str, Row]
    facts: Mapping[str, object]
    seconds: float


def main(arguments: Sequence[str]) -> None:
    """Asks all questions and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", help="A folder to keep features and studies in; by default one that goes afterwards.")
    parser.add_argument("--only", help="One question by its name, printed instead of written.")
    options = parser.parse_args(arguments)
    with home(options.home):
        _train_start()
        asked = [question(options.only)] if options.only else QUESTIONS
        answers = [_answered(each) for each in asked]
        text = page(answers)
    if options.only:
        print(text)
    else:
        OUT.write_text(text, encoding="utf-8")
        say(f"Wrote {OUT}.")


def _train_start() -> None:
    """Keeps a run on the drawn pictures, by the same recipe through the same network."""
    request = RunRequest(BASE.changed(source="drawn"), run=new_id(), patient=True)
    for _ in run(request, lambda _: None, never_stop):
        pass
    rename(request.run, START)


def _answered(each: Question) -> Answered:
    say(f"{each.title} ...")
    for kept in kept_studies():
        if kept.plan.name == each.title:  # of a home that was used before
            delete_study(StudyStore(kept.id))
    store = StudyStore.create(each.plan(BASE.changed(seed=FRESH_FROM.get(each.name, BASE.training.seed))))
    _train(store)
    if is_choice(store.plan) and len(store.plan.cells()) > MANY:
        store.change_plan(with_repeat(store.plan, store.rows(), FRESH))
        _train(store)
    return Answered(each, store.plan, store.rows(), store.fact("prepared"), store.fact("seconds"))


def _train(store: StudyStore) -> None:
    for _ in train_study(store, lambda _: None, never_stop):
        pass
    missing = len(store.plan.runs()) - store.count()
    if missing:
        raise UserError(f"{missing} runs are missing.", "", "")


def page(answers: Sequence[Answered]) -> str:
    """Returns the page."""
    machine, first = facts("python -m benchmarks.findings"), answers[0].facts
    runs, seconds = sum(len(each.rows) for each in answers), sum(each.seconds for each in answers)
    lines = [
        "# Findings",
        "",
        f"The eight ready questions of the Studies page, asked of ants and bees: {first['train_size']} photos to learn "
        f"from and {first['val_size']} to judge by, through {first['backbone']} ({first['feature_size']:,} features a "
        "photo, truly frozen), with the paper's recipe (4 qubits, depth 6, 30 epochs, Adam at 0.0004). Accuracies are "
        "those after the last epoch unless a table says otherwise: no photo chose an epoch. Where a best "
        "of many settings is named, the same photos chose it, which flatters it.",
        "",
        f"Made by `make findings` on {machine['date']}: {runs:,} runs trained in {seconds:,.0f} seconds, "
        f"{machine['processor']}, {load():.1f} processes wanting a core; commit {_commit()}. "
        "Every question can be asked again by "
        "`python -m qtl_core study ask QUESTION --backbone mobilenet_v2`: the same seeds train the same runs.",
        "",
        "How to read it: each number is a mean over seeds with the standard deviation of single runs behind it. Every "
        "comparison is paired by seed, so that both sides learn from the same photos in the same order; p is of "
        "Wilcoxon's signed-rank test, corrected by Holm's steps for all comparisons of the question; the interval is a "
        "95% bootstrap of the mean difference, of its comparison alone. Cliff's delta tells how often runs of one side "
        "are above runs of the other, all with all: where a few runs fail, it may point the other way than the mean.",
        "",
    ]
    lines += [*(f"- **{each.question.title}** {_first_sentence(each)}" for each in answers), ""]
    for each in answers:
        lines += _section(each)
    return "\n".join([*lines, *_known(answers)]).rstrip() + "\n"


def _commit() -> str:
    """Returns which commit of the program this is: figures move in their last digits from one engine to another."""
    asked = ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return said or "unknown"


def _measure(each: Answered) -> str:
    return each.plan.measure or usual_measure(list(each.rows.values()))


def _first_sentence(each: Answered) -> str:
    measure = _measure(each)
    said = result_words(each.plan, each.rows, compared(each.plan, each.rows, measure), measure, each.facts)
    return said.split(" The best of ")[0]  # what that is has its own place below; caveats go with the verdict


def _section(each: Answered) -> list[str]:
    plan, measure = each.plan, _measure(each)
    found = compared(plan, each.rows, measure)
    return [
        f"## {each.question.title}",
        "",
        f"{each.question.about} `study ask {each.question.name}{_seed_option(each.question)}`",
        "",
        f"*{plan_words(plan)}* Trained in {each.seconds:,.1f} seconds.",
        "",
        *_why_fresh(each.question),
        f"**{result_words(plan, each.rows, found, measure, each.facts)}**",
        "",
        limits_words(plan, measure, each.facts),
        "",
        f"{MEASURES[measure].capitalize()}; in percent, mean ± standard deviation of single runs:",
        "",
        *_table(each, measure),
        "",
        *_comparisons(plan, found, measure),
    ]


def _why_fresh(asked: Question) -> list[str]:
    if asked.name not in FRESH_FROM:
        return []
    why = "A first answer from 30 draws could tell nothing from luck, and the number was raised: these are other draws."
    return [why, ""]


def _seed_option(asked: Question) -> str:
    first = FRESH_FROM.get(asked.name)
    return f" --seed {first}" if first else ""


def _table(each: Answered, measure: str) -> list[str]:
    """Returns the figures of all cells: the first axis down, the second one across."""
    plan = each.plan
    if not plan.axes:
        return ["| all runs |", "| --: |", f"| {_figure(each, plan.cells()[0], measure)} |"]
    first, *others = plan.axes
    if not others:
        rows = [
            f"| {value_words(first.setting, cell.at[first.setting])} | {_figure(each, cell, measure)} |"
            for cell in plan.cells()
        ]
        return [f"| {setting_words(first.setting)} | |", "| --- | --: |", *rows]
    second = others[0]
    by_place = {tuple(cell.at.values()): cell for cell in plan.cells()}
    head = " | ".join(value_words(second.setting, value) for value in second.values)
    lines = [
        f"| {setting_words(first.setting)} \\ {setting_words(second.setting)} | {head} |",
        f"| --- |{' --: |' * len(second.values)}",
    ]
    for value in first.values:
        cells = " | ".join(_figure(each, by_place[value, other], measure) for other in second.values)
        lines.append(f"| {value_words(first.setting, value)} | {cells} |")
    return lines


def _figure(each: Answered, cell: Cell, measure: str) -> str:
    values = np.array([value for value in values_of(each.plan.runs_of(cell), each.rows, measure) if value is not None])
    if not len(values):
        return "broke down"
    return f"{100 * values.mean():.1f} ± {100 * values.std(ddof=1):.1f}"


def _comparisons(plan: StudyPlan, found: Sequence[Comparison], measure: str) -> list[str]:
    if not found:
        return []
    ordered = sorted(found, key=lambda each: (each.p_corrected, -abs(each.difference)))[:MOST_COMPARISONS]
    more = (
        f"The {MOST_COMPARISONS} of {len(found)} comparisons with the smallest p:" if len(ordered) < len(found) else ""
    )
    named = [comparison_words(plan, each) for each in ordered]
    is_placed = any(at for _, _, at in named)
    head = ["", "against", *(["at"] if is_placed else [])]
    figures = ["difference in points", "above : below", "95% interval", "p", "p, corrected", "Cliff's delta"]
    lines = [
        *([more, ""] if more else []),
        f"| {' | '.join([*head, *figures])} |",
        f"|{' --- |' * len(head)}{' --: |' * len(figures)}",
    ]
    for each, (a, b, at) in zip(ordered, named, strict=True):
        spread = f"{_points(each.low)} to {_points(each.high)}"
        own = [
            _points(each.difference),
            f"{each.above} : {each.below}",
            spread,
            _p(each.p),
            _p(each.p_corrected),
            f"{each.delta:+.2f}",
        ]
        lines.append(f"| {' | '.join([a, b, *([at] if is_placed else []), *own])} |")
    return [*lines, ""]


def _points(value: float) -> str:
    text = f"{100 * value:+.1f}"
    return text.lstrip("+-") if float(text) == 0 else text


def _p(value: float) -> str:
    return "< 0.0001" if value < 0.0001 else f"{value:.4f}"


def _known(answers: Sequence[Answered]) -> list[str]:
    """Returns the figures known before beside those found."""
    asked = next((each for each in answers if each.question.name == "little-data"), None)
    if asked is None:
        return []
    lines, missed = [], 0
    for cell in asked.plan.cells():
        variant, amount = cell.at["variant"], cell.at["per_class"]
        if amount not in KNOWN[variant]:
            continue
        values = values_of(asked.plan.runs_of(cell), asked.rows, "last_val_accuracy")
        found, known = np.array([value for value in values if value is not None]), KNOWN[variant][amount]
        error = 2 * found.std(ddof=1) * (1 / KNOWN_DRAWS + 1 / len(found)) ** 0.5
        gap = found.mean() - known
        missed += abs(gap) >= error
        said = f"{_points(gap)} | {100 * error:.1f} | {'yes' if abs(gap) < error else 'no'}"
        lines.append(f"| {place_words({'variant': variant})} | {amount} | {known:.3f} | {found.mean():.3f} | {said} |")
    total = len(lines)
    said = f"All {total} were found again." if not missed else f"{total - missed} of {total} were found again."
    return [
        "## Figures that were known before",
        "",
        "“Who wins with little data?” had been measured before there were studies: ants and bees, MobileNetV2, 30 "
        "other draws, last epoch, the recipe otherwise. Other draws have other means, so a figure is found again where "
        f"it differs by less than two standard errors of the difference. {said}",
        "",
        "| head | photos a class | known | found | points apart | two standard errors | found again |",
        "| --- | --: | --: | --: | --: | --: | --- |",
        *lines,
    ]


if __name__ == "__main__":
    main(sys.argv[1:])
