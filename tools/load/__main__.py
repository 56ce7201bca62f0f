"""`python -m tools.load`: thirty visitors at once on an app of its own; `--soak` for an hour of it.

python -m tools.load --seconds 180 --out load.json
python -m tools.load --soak --out soak.json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.machine import facts
from tools.load.day import Day, have_a_day
from tools.load.figures import Figures, failures, growth, in_words, percentile, places_true

SOAK_SECONDS, SOAK_STAY = 3600, 180


def main() -> int:
    """Has a day and says how it went; 1 if something was not as it should be."""
    arguments = _arguments()
    stay = SOAK_STAY if arguments.soak else None
    seconds = arguments.seconds or (SOAK_SECONDS if arguments.soak else 180)
    with tempfile.TemporaryDirectory(prefix="hard-day-") as folder:
        day = asyncio.run(
            have_a_day(Path(folder), arguments.visitors, arguments.browsers, arguments.trainers, seconds, stay)
        )
    found = _figures(day, arguments, seconds)
    print(in_words(found))
    if arguments.out:
        Path(arguments.out).write_text(json.dumps(found.as_json(), indent=1) + "\n", encoding="utf-8")
    return 1 if found.failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__.partition("\n")[0])
    parser.add_argument("--visitors", type=int, default=30, help="at once, the browsers and trainers among them")
    parser.add_argument("--browsers", type=int, default=2, help="real ones")
    parser.add_argument("--trainers", type=int, default=6, help="one of them with PennyLane")
    parser.add_argument("--seconds", type=int, default=0, help="how long")
    parser.add_argument("--soak", action="store_true", help="an hour, in which people come and go")
    parser.add_argument("--out", default="", help="a file for the figures, as JSON")
    return parser.parse_args()


def _figures(day: Day, arguments: argparse.Namespace, seconds: int) -> Figures:
    told = day.told
    changes = [each for page in told.changes.values() for each in page]
    in_browsers = [each for page in day.browser_changes.values() for each in page]
    counted, right = places_true(told)
    busy = day.samples[-1].server_seconds - day.samples[0].server_seconds
    memory = {
        "server, share of one core": round(busy / (day.samples[-1].seconds or 1.0), 2),
        "server MB at the end": day.samples[-1].server_mb,
        "server MB at most": max(each.server_mb for each in day.samples),
        "workers MB at most": max(each.workers_mb for each in day.samples),
        "growth over the second half in %": round(100 * growth(day.samples), 1),
        "threads at most": max(each.threads for each in day.samples),
        "threads at the end": day.after.threads,
        "open files at most": max(each.files for each in day.samples),
        "open files at the end": day.after.files,
    }
    return Figures(
        machine=facts("")["processor"],
        visitors=arguments.visitors,
        browsers=arguments.browsers,
        trainers=arguments.trainers,
        seconds=seconds,
        sessions=told.visits + arguments.browsers,
        page_changes=len(changes),
        median=round(statistics.median(changes), 3) if changes else 0.0,
        percentile_95=round(percentile(changes, 0.95), 3),
        slowest=round(max(changes, default=0.0), 3),
        by_page={title: round(statistics.median(each), 3) for title, each in sorted(told.changes.items())},
        browser_changes=len(in_browsers),
        browser_median=round(statistics.median(in_browsers), 3) if in_browsers else None,
        browser_percentile_95=round(percentile(in_browsers, 0.95), 3) if in_browsers else None,
        refreshes_a_second=round(told.refreshes / seconds, 1),
        runs_finished=told.finished,
        places_told=counted,
        places_true=right,
        memory=memory,
        samples=day.samples,
        left_behind=day.left,
        failures=failures(told, changes, day.samples, day.left),
    )


if __name__ == "__main__":
    sys.exit(main())
