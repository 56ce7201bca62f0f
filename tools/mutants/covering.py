"""Coverage, the tests that reach each line, and the time of each: one run of a room's tests as they are."""

from __future__ import annotations

import functools
import hashlib
import json
import math
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tools.mutants.rooms import Room
from tools.mutants.trees import FOLDER, ended, forked, pytest_code

if TYPE_CHECKING:
    import pytest

TESTS_FAILED = 1  # pytest's exit code
SLOW = 3.0  # seconds; a slower test is left out: with it a room would take hours, and the quick ones are to suffice


@dataclass(frozen=True)
class Coverage:
    """The lines that a room's tests reach.

    Attributes:
        seconds: What each test takes of the processor, with the processes that it waits for.
        reached: For every file, for every line (as text, for JSON), the tests that reach it.
    """

    seconds: dict[str, float]
    reached: dict[str, dict[str, list[str]]]

    def tests_for(self, file: str, line: int) -> list[str]:
        """Returns the tests to try a change of this line on, quickest first.

        A line that no test reaches in this process is run on import, or in a process that a test starts: any test
        may be the one that notices; those come first that reach some other line of the file.
        """
        lines = self.reached.get(file, {})
        quick = {test for test, took in self.seconds.items() if took <= SLOW}
        if tests := quick & set(lines.get(str(line), ())):
            return sorted(tests, key=self.seconds.__getitem__)
        near = {test for tests in lines.values() for test in tests}
        return sorted(quick, key=lambda test: (test not in near, self.seconds[test]))


def coverage_of(name: str, room: Room, tree: Path) -> Coverage:
    """Runs a room's tests in an unchanged tree, unless they were since its source and tests last changed.

    Tests that fail as they are can notice nothing, so they are left out, with a word.

    Raises:
        SystemExit: The tests cannot be run.
    """
    files = [*room.files(), *room.test_files()]
    state = hashlib.sha256(b"".join((tree / file).read_bytes() for file in files)).hexdigest()
    kept = FOLDER / f"{name}-coverage.json"
    if kept.exists() and (told := json.loads(kept.read_text()))["state"] == state:
        return Coverage(told["seconds"], told["reached"])
    made, log = FOLDER / f"{name}-made.json", FOLDER / f"{name}-unchanged.log"
    child = forked(tree, room.environment, log, lambda: _measured(room, made))
    while (code := ended(child, math.inf)) is None:
        time.sleep(0.2)
    if code not in (0, TESTS_FAILED):
        raise SystemExit(f"The tests of {name} cannot be run: {log}\n{log.read_text()[-3000:]}")
    if code:
        print(f"Some tests of {name} fail as they are, and are left out: {log}", flush=True)
    kept.write_text(json.dumps({"state": state, **(told := json.loads(made.read_text()))}))
    return Coverage(**told)


def _measured(room: Room, made: Path) -> int:
    import coverage

    measuring = coverage.Coverage(data_file=None, include=[str(Path.cwd() / file) for file in room.files()])
    watch = _Watch(measuring, room.files())
    measuring.start()
    code = pytest_code(room.test_files(), [watch])
    measuring.stop()
    made.write_text(json.dumps(asdict(Coverage(watch.seconds, _reached(measuring, room, watch.seconds)))))
    return code


def _reached(measuring: object, room: Room, tests: Mapping[str, float]) -> dict[str, dict[str, list[str]]]:
    data, of_file = measuring.get_data(), defaultdict(list)
    for test in tests:
        of_file[test.partition("::")[0]].append(test)
    found = {}
    for file in room.files():
        contexts = data.contexts_by_lineno(str(Path.cwd() / file))
        found[file] = {str(line): sorted(set(_tests(of_file, names))) for line, names in contexts.items()}
    return found


def _tests(of_file: Mapping[str, Sequence[str]], contexts: Sequence[str]) -> Iterator[str]:
    """Yields the tests that contexts stand for: a test's own, or a file's, whose fixtures tests may share."""
    for context in contexts:
        if context:
            yield from of_file.get(context, [context])


def forget(files: Sequence[str]) -> None:
    """Empties the caches of these files: a test that finds its answer there does not reach the line that gives it."""
    for file in files:
        module = sys.modules.get(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        for value in vars(module).values() if module else ():
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def _processor_seconds() -> float:
    """Counts the processor's time, not the clock's: the same on a machine that is busy with other things."""
    return sum(os.times()[:4])


class _Watch:
    """Tells coverage which test runs, and notes how long it takes."""

    def __init__(self, measuring: object, files: Sequence[str]) -> None:
        self.measuring, self.files, self.seconds, self.failed, self.began = measuring, files, {}, set(), 0.0

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        forget(self.files)
        self.measuring.switch_context(item.nodeid.partition("::")[0])

    def pytest_runtest_call(self, item: pytest.Item) -> None:
        self.measuring.switch_context(item.nodeid)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.began = _processor_seconds()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        if nodeid not in self.failed:
            self.seconds[nodeid] = _processor_seconds() - self.began

    def pytest_sessionfinish(self) -> None:
        self.measuring.switch_context("")
