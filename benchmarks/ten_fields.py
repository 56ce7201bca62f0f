"""All experiments of the Learn page learnt anew and set beside one another, into docs/transfer-in-ten-fields.md.

    make ten-fields                   # or python -m benchmarks.ten_fields; a minute

Whatever comes out is written, as it is. No outcome that was kept is taken.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks.bench import say
from benchmarks.homes import PROJECT
from benchmarks.machine import facts, load
from qtl_core.evaluation.holm import holm
from qtl_core.learn.experiments.catalogue import FURTHER, KEYS, experiment
from qtl_core.learn.experiments.experiment import Experiment
from qtl_core.learn.experiments.outcome import Outcome, corrected, learnt
from qtl_core.learn.experiments.words import (
    interval_words,
    nothing_in_common,
    p_words,
    sentence,
    signed,
    story,
    verdict_words,
)
from qtl_core.learn.topics import TOPICS

OUT = PROJECT / "docs/transfer-in-ten-fields.md"
READING = """\
How to read it: task B is learnt by every seed twice, with the same data, the same optimiser and the same step size,
once from a fresh start and once from what task A left. What counts is how many evaluations that takes until B is
done as well as the target says. *Saved* is the mean over seeds of how many fewer it takes from the carried start,
with a 95% bootstrap interval; below zero it takes more. A seed that never gets there counts as all that it used.
Wilcoxon's signed-rank test compares the pairs; p at the usual stop is corrected by Holm's steps over all fields, at
the stop with nothing in common over the stops of its field. *Saved* or *lost* is said only where that p is below
0.05 and the interval and the ranks agree; all else is *uncertain*: luck may give as much. That a saving is owed to
what the tasks share is said only where more is saved than with nothing in common, seed by seed, by the same test and
interval. What learning A takes is not counted, and is said below. All circuits are simulated without noise and every
evaluation is exact, which on a machine would take many shots; each field has its line on what does as well without
anything quantum."""


@dataclass(frozen=True)
class Learnt:
    """An experiment with what came of it.

    Attributes:
        experiment: It.
        stops: The outcomes of all its stops, corrected for one another.
        seconds: What they took.
        among_fields: The usual stop's, corrected for those of the other fields instead.
    """

    experiment: Experiment
    stops: list[Outcome]
    seconds: float
    among_fields: Outcome

    @property
    def usual(self) -> Outcome:
        """The outcome of the usual stop."""
        return self.stops[self.experiment.usual]


def main(arguments: Sequence[str]) -> None:
    """Learns all and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args(arguments)
    OUT.write_text(page(among_fields([_learnt(key) for key in KEYS]), _further()), encoding="utf-8")
    say(f"Wrote {OUT}.")


def _learnt(key: str) -> Learnt:
    say(f"{key} ...")
    found, began = experiment(key), time.perf_counter()
    stops = corrected([learnt(found, likeness) for likeness in found.likenesses])
    return Learnt(found, stops, time.perf_counter() - began, stops[found.usual])


def _further() -> dict[str, list[Learnt]]:
    """Returns the second experiments of fields, by topic; they are no part of the table."""
    return {topic: [_learnt(key) for key in keys] for topic, keys in FURTHER.items()}


def among_fields(found: Sequence[Learnt]) -> list[Learnt]:
    """Returns them with the usual stops corrected for one another."""
    together = holm([each.usual.p for each in found])
    return [
        replace(each, among_fields=replace(each.usual, p_corrected=p)) for each, p in zip(found, together, strict=True)
    ]


def page(found: Sequence[Learnt], further: Mapping[str, Sequence[Learnt]]) -> str:
    """Returns the page.

    Args:
        found: Of each field the experiment that is in the table.
        further: Second ones, by the key of their topic.
    """
    machine, seconds = facts("python -m benchmarks.ten_fields"), sum(each.seconds for each in found)
    counts = Counter(each.among_fields.verdict for each in found)
    all_stops = Counter(stop.verdict for each in found for stop in each.stops)
    lines = [
        "# Transfer in ten fields",
        "",
        f"In each of {len(found)} fields task A is learnt, and then task B, from scratch and from what A left. At the "
        f"stop that the Learn page shows first, something was saved in {counts['saved']}, lost in {counts['lost']}, "
        f"and {counts['uncertain']} cannot be told from luck. That stop is one at which there is something to see: of "
        f"all {all_stops.total()} stops, from nothing in common to nearly the same task, something was saved at "
        f"{all_stops['saved']}, lost at {all_stops['lost']}, and {all_stops['uncertain']} cannot be told from luck.",
        "",
        *_table(found),
        "",
        *READING.splitlines(),
        "",
        f"Made by `make ten-fields` on {machine['date']} in {seconds:,.0f} seconds ({machine['processor']}, "
        f"{load():.1f} processes wanting a core, Python {machine['Python']}, numpy {machine['numpy']}). "
        "`python -m qtl_core learn run KEY` says the same of one field, the Learn page shows its curves.",
        "",
    ]
    for each in found:
        lines += ["## " + TOPICS[each.experiment.key].title, "", *_section(each)]
        for another in further.get(each.experiment.key, ()):
            lines += ["### A second experiment", "", *_section(another)]
    return "\n".join(lines).rstrip() + "\n"


def _table(found: Sequence[Learnt]) -> list[str]:
    names = "Field", "key", "from scratch", "carried start", "saved, mean (95%)", "p", "verdict", "nothing in common"
    return [f"| {' | '.join(names)} |", "| --- | --- | --: | --: | --: | --: | --- | --- |", *map(_row, found)]


def _row(each: Learnt) -> str:
    usual = each.among_fields
    cells = (
        TOPICS[each.experiment.key].title,
        f"`{each.experiment.key}`",
        f"{usual.scratch.median:,.0f}",
        f"{usual.transferred.median:,.0f}",
        f"{signed(usual.difference)} ({interval_words(usual)})",
        p_words(usual.p_corrected).removeprefix("p ").removeprefix("= "),
        f"**{usual.verdict}**",
        _at_zero(each),
    )
    return f"| {' | '.join(cells)} |"


def _at_zero(each: Learnt) -> str:
    return f"{each.stops[0].verdict} ({interval_words(each.stops[0])})"


def _section(each: Learnt) -> list[str]:
    found = each.experiment
    return [
        f"*{found.title}.* {story(found, each.usual)} An evaluation is {found.evaluation}.",
        "",
        f"**{sentence(found, each.usual)}**",
        "",
        nothing_in_common(found, each.stops, each.usual),
        "",
        f"To be honest: {found.without}",
        "",
        "| how alike | task A | from scratch | carried start | never there | verdict |",
        "| --: | --- | --: | --: | --- | --- |",
        *(_stop_row(found, stop) for stop in each.stops),
        "",
        f"In {found.evaluations}: medians, and between what nine of ten seeds lie. It took {each.seconds:.1f} seconds.",
        *(["", f"Method: {found.reference}"] if found.reference else []),
        "",
    ]


def _stop_row(found: Experiment, stop: Outcome) -> str:
    ways = [f"{way.median:,.0f} ({way.low:,.0f} to {way.high:,.0f})" for way in (stop.scratch, stop.transferred)]
    missed = f"{stop.scratch.missed} and {stop.transferred.missed}"
    cells = (f"{stop.likeness.value:g}", stop.likeness.task_a, *ways, missed, verdict_words(stop, found.evaluations))
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main(sys.argv[1:])
