"""`make bench`: measures, writes benchmarks/RESULTS.md, and prints the main figures as JSON on the last line."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.homes import home
from benchmarks.threads import keep_to_one_thread

if TYPE_CHECKING:
    from benchmarks.effort import Effort
    from benchmarks.report import Section

RESULTS = Path(__file__).parent / "RESULTS.md"
SECTIONS = ("head", "growth", "many", "features", "recipe", "prediction", "floor", "noise")
ONLY_IN_FULL = ("growth", "recipe")  # they give none of the figures that the short mode prints


def main(words: Sequence[str] | None = None) -> None:
    """Runs the benchmark."""
    keep_to_one_thread()
    options = _parser().parse_args(words)
    with home(options.home):  # entered before anything is imported that looks for its files once
        effort = _effort(options)
        began = time.perf_counter()
        sections, load = _measured(effort, options.only)
        minutes = (time.perf_counter() - began) / 60
    out = options.out or (RESULTS if effort.name == "full" and not options.only else None)
    if out:
        more = {"took": f"{minutes:.1f} minutes", "load before and after": load}
        _write(out, _command(effort, options.only), sections, more)
    print(json.dumps(_figures(effort, sections)), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures how quick the studio is here.")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="the main figures alone, under two minutes (or QUICK=1)")
    size.add_argument("--tiny", action="store_true", help="see that everything works; the figures mean nothing")
    parser.add_argument("--only", choices=SECTIONS, help="this section alone; --out then says where it goes")
    parser.add_argument("--home", help="keep features and compiled code in this folder, not in one that is removed")
    parser.add_argument("--out", type=Path, help="write the report to this file (a full run: benchmarks/RESULTS.md)")
    return parser


def _effort(options: argparse.Namespace) -> Effort:
    from benchmarks.effort import FULL, QUICK, TINY

    if options.tiny:
        return TINY
    return QUICK if options.quick or os.environ.get("QUICK", "0") not in ("", "0") else FULL


def _measured(effort: Effort, only: str | None) -> tuple[list[Section], str]:
    """Returns all sections or one, and how loaded the machine was before and after."""
    from benchmarks.bench import open_bench, say
    from benchmarks.machine import load
    from benchmarks.threads import torch_threads
    from qtl_core.training.compiled import warm_up

    before = load()
    say("Compiling ...")
    warm_up.warm_up().join()
    bench = open_bench(effort)
    names = [only] if only else [name for name in SECTIONS if effort.whole or name not in ONLY_IN_FULL]
    with torch_threads(1):
        sections = [importlib.import_module(f"benchmarks.{name}").measure(bench) for name in names]
    return sections, f"{before:.1f} and {load():.1f}"


def _command(effort: Effort, only: str | None) -> str:
    words = {"full": "", "quick": "QUICK=1", "tiny": 'ARGS="--tiny"'}[effort.name]
    return f'make bench ARGS="--only {only}"' if only else f"make bench {words}".rstrip()


def _write(out: Path, command: str, sections: Sequence[Section], more: dict[str, str]) -> None:
    from benchmarks.machine import facts
    from benchmarks.report import markdown

    out.write_text(markdown(facts(command) | more, sections), encoding="utf-8")


def _figures(effort: Effort, sections: Sequence[Section]) -> dict[str, float]:
    """Returns what the last line shows: the main figures, or in the short mode those it is known for."""
    from benchmarks.report import figures_of
    from benchmarks.targets import QUICK_FIGURES

    found = figures_of(sections)
    names = [name for name in QUICK_FIGURES if name in found] if effort.name == "quick" else found
    return {name: float(f"{found[name]:.4g}") for name in names}


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
