"""Honesty of studies: how often heads that are equal are said to differ, and how often intervals hold the truth.

    python -m benchmarks.honest [--studies 1000]

Equal heads are made in two ways. `trained`: runs of one head over 40,000 seeds are dealt out to the cells, so that they
differ by what luck in training gives, with its ties. `drawn`: shares of 153 pictures, where a seed makes all heads
better or worse together. Every study goes the whole way, through `comparisons.compared`. Writes `benchmarks/HONEST.md`,
and ends with 1 where a figure is out of its limits.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import facts
from qtl_core.common.progress import never_stop
from qtl_core.evaluation.paired_tests import ALPHA
from qtl_core.settings import RunSettings
from qtl_core.studies.chunks import run_chunk, shared_features
from qtl_core.studies.comparisons import Comparison, compared
from qtl_core.studies.plan import StudyPlan, axis_from
from qtl_core.studies.rows import Row

FILE = Path(__file__).with_name("HONEST.md")
STUDIES, PICTURES = 1_000, 153
TRAINED, TOGETHER = 40_000, 2_000  # runs of one head, and how many at a time
MEASURE = "last_val_accuracy"
WITHIN = 0.015  # of the level: what 1,000 studies of an honest test keep to in 97 of 100 times
COVERED, COVERED_FEW = (0.925, 0.975), (0.91, 0.98)  # by a 95% interval, of 20 pairs and of 8
FEW = 10  # pairs
POINTS = RunSettings().changed(source="points", shape="moons", points=40, epochs=1, head="linear", learning_rate=0.003)
PLANS = {  # by what they compare: two heads, several heads with each other, two heads at several places
    "two heads, 20 seeds": (("head=dressed,mlp",), 20),
    "two heads, 8 seeds": (("head=dressed,mlp",), 8),
    "four heads, 20 seeds": (("head=dressed,mlp,linear,bottleneck",), 20),
    "two heads at five rates, 20 seeds": (("head=dressed,mlp", "learning_rate=0.0001,0.0003,0.001,0.003,0.01"), 20),
}

Deal = Callable[[int, int], np.ndarray]  # (cells, seeds) -> accuracies of that shape, all cells alike


@dataclass(frozen=True)
class Honesty:
    """The outcome of many studies of equal heads.

    Attributes:
        name: Which studies.
        pairs: Of each comparison.
        comparisons: How many each study made.
        studies: How many there were.
        alone: The share of all comparisons whose own p-value is below the level.
        together: The share of studies in which a difference is claimed, all of its comparisons corrected.
        covered: The share of intervals that hold the true difference, which is none.
    """

    name: str
    pairs: int
    comparisons: int
    studies: int
    alone: float
    together: float
    covered: float

    @property
    def faults(self) -> list[str]:
        """The figures out of their limits, in words; of one comparison the level is kept to from both sides."""
        found = []
        if self.together > ALPHA + WITHIN:
            found.append(f"{self.name}: {self.together:.1%} of studies claim a difference that is none")
        if self.comparisons == 1 and self.pairs >= FEW and self.together < ALPHA - WITHIN:
            found.append(f"{self.name}: only {self.together:.1%} do, so the test finds less than it could")
        least, most = COVERED if self.pairs >= FEW else COVERED_FEW
        if not least <= self.covered <= most:
            found.append(f"{self.name}: {self.covered:.1%} of the 95% intervals hold the truth")
        return found


def main(arguments: list[str] | None = None) -> int:
    """Measures, writes the table, and returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=STUDIES)
    studies = parser.parse_args(arguments).studies
    found = list(measured(studies))
    FILE.write_text(markdown(found), encoding="utf-8")
    faults = [fault for each in found for fault in each.faults]
    print("\n".join(faults or [f"All within their limits; see {FILE.name}."]))
    return int(bool(faults))


def measured(studies: int) -> Iterator[Honesty]:
    """Yields what came out of every kind of study, with either kind of equal heads."""
    pool = trained(min(TRAINED, 40 * studies))
    for kind, deal in (("drawn", drawn(np.random.default_rng(1))), ("trained", dealt(pool, np.random.default_rng(2)))):
        for name, (axes, seeds) in PLANS.items():
            yield honesty(f"{kind}: {name}", _plan(axes, seeds), deal, studies)


def honesty(name: str, plan: StudyPlan, deal: Deal, studies: int) -> Honesty:
    """Returns what so many studies of a plan say whose cells are all alike."""
    found = [compared(plan, rows_of(plan, deal), MEASURE) for _ in range(studies)]
    every: list[Comparison] = [each for comparisons in found for each in comparisons]
    together = np.mean([any(not each.is_luck for each in comparisons) for comparisons in found])
    alone, covered = (
        np.mean([each.p <= ALPHA for each in every]),
        np.mean([each.low <= 0 <= each.high for each in every]),
    )
    return Honesty(name, plan.seeds, len(every) // studies, studies, float(alone), float(together), float(covered))


def rows_of(plan: StudyPlan, deal: Deal) -> dict[str, Row]:
    """Returns rows of a plan with dealt accuracies."""
    cells = [plan.runs_of(cell) for cell in plan.cells()]
    values = deal(len(cells), plan.seeds)
    return {
        run.key: Row(run.key, run.seed, 1, 1, last_val_accuracy=float(value))
        for runs, shares in zip(cells, values, strict=True)
        for run, value in zip(runs, shares, strict=True)
    }


def drawn(dice: np.random.Generator) -> Deal:
    """Returns a deal of shares of pictures, where a seed is better or worse for all heads together."""

    def deal(cells: int, seeds: int) -> np.ndarray:
        chance = np.clip(dice.normal(0.93, 0.02, seeds), 0, 1)
        return dice.binomial(PICTURES, chance, (cells, seeds)) / PICTURES

    return deal


def dealt(pool: np.ndarray, dice: np.random.Generator) -> Deal:
    """Returns a deal of accuracies out of a pool, none twice in one study."""
    return lambda cells, seeds: dice.choice(pool, (cells, seeds), replace=False)


def trained(runs: int) -> np.ndarray:
    """Returns the accuracies of one head, trained over so many seeds."""
    every = list(StudyPlan("one head", POINTS, (), runs).runs().values())
    shared = shared_features([POINTS], lambda _: None, never_stop)
    parts = (every[at : at + TOGETHER] for at in range(0, runs, TOGETHER))
    found = [outcome.row.last_val_accuracy for part in parts for outcome in run_chunk(part, shared)]
    return np.array(found, float)


def markdown(found: list[Honesty]) -> str:
    """Returns the table with what it is of."""
    runs = min(TRAINED, 40 * found[0].studies)
    lines = [
        "# Studies of equal heads",
        "",
        f"Made by `make honest`: {found[0].studies:,} studies a line, each with the whole of `compared`. All heads are "
        "equal in truth. “Drawn” accuracies are shares of 153 pictures, better or worse with the seed for all heads "
        f"together; “trained” ones are those of one linear head on moons over {runs:,} seeds, dealt out.",
        "",
        "| studies | comparisons each | p below 5% alone | claim a difference | intervals with the truth |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {each.name} | {each.comparisons} | {each.alone:.1%} | {each.together:.1%} | {each.covered:.1%} |"
        for each in found
    ]
    lines += [
        "",
        f"To hold: at most {ALPHA + WITHIN:.1%} of studies claim a difference, of those with one comparison over 20 "
        f"seeds no fewer than {ALPHA - WITHIN:.1%}; of 95% intervals {COVERED[0]:.1%} to {COVERED[1]:.1%} hold "
        f"the truth, of 8 pairs {COVERED_FEW[0]:.0%} to {COVERED_FEW[1]:.0%}. Of several "
        "comparisons Holm's correction keeps below the level, the more so the more they hang "
        "together; of 8 pairs the test is exact, and its possible p-values lie far apart.",
        "",
    ]
    made = facts("make honest")
    return "\n".join([*lines, *(f"- {name}: {value}" for name, value in made.items()), ""])


def _plan(axes: tuple[str, ...], seeds: int) -> StudyPlan:
    return StudyPlan("equal", RunSettings(), tuple(axis_from(axis) for axis in axes), seeds)


if __name__ == "__main__":
    sys.exit(main())
