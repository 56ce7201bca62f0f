"""Tries mutants: each in a forked child, on the tests that reach it, until one fails."""

from __future__ import annotations

import math
import os
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tools.mutants.covering import Coverage
from tools.mutants.making import Mutant
from tools.mutants.trees import ended, forked, pytest_code

# Beyond, the change made something go on for ever: seconds of the processor, or of the clock where it waits for ever.
MOST_WORK, MOST_WAITING = 10.0, 120.0
TIMES = 5  # and so many times what the tests take unchanged; of the clock ten times that, as a machine may be busy
NO_TEST_FAILED = 0

Outcome = Literal["caught", "survived"]


@dataclass
class _Try:
    mutant: Mutant
    tree: Path
    original: str
    deadline: float


def outcomes(
    mutants: Sequence[Mutant], coverage: Coverage, trees: Sequence[Path], environment: Mapping[str, str]
) -> Iterator[tuple[Mutant, Outcome]]:
    """Yields every mutant with what became of it, as many at once as there are trees.

    Anything but tests that pass counts as caught: a test that fails, an import that does, a process that dies or hangs.
    """
    waiting, free, tries = list(mutants), list(trees), {}
    while waiting or tries:
        while waiting and free:
            mutant, tree = waiting.pop(0), free.pop()
            trying = _Try(mutant, tree, (tree / mutant.file).read_text(), _deadline(mutant, coverage))
            tries[_started(mutant, coverage, tree, environment)] = trying
        for child, each in list(tries.items()):
            if (code := ended(child, each.deadline)) is None:
                continue
            (each.tree / each.mutant.file).write_text(each.original)
            free.append(tries.pop(child).tree)
            yield each.mutant, "survived" if code == NO_TEST_FAILED else "caught"
        time.sleep(0.02)


def _deadline(mutant: Mutant, coverage: Coverage) -> float:
    tests = coverage.tests_for(mutant.file, mutant.line)
    return time.monotonic() + MOST_WAITING + 10 * TIMES * sum(coverage.seconds[test] for test in tests)


def _started(mutant: Mutant, coverage: Coverage, tree: Path, environment: Mapping[str, str]) -> int:
    tests = coverage.tests_for(mutant.file, mutant.line)
    (tree / mutant.file).write_text(mutant.source)
    work = math.ceil(MOST_WORK + TIMES * sum(coverage.seconds[test] for test in tests))
    return forked(tree, environment, tree.with_suffix(".log"), lambda: _tried(tests, work))


def _tried(tests: Sequence[str], work: int) -> int:
    done = math.ceil(sum(os.times()[:2]))  # a forked process counts from nothing, but not on every system
    resource.setrlimit(resource.RLIMIT_CPU, (done + work, done + work))
    return pytest_code(["-x", *tests])
