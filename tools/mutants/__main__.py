"""`make mutants`: see the package."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tools.mutants.covering import coverage_of
from tools.mutants.equal import unequal
from tools.mutants.making import Mutant, mutants_of, sample
from tools.mutants.rooms import ROOMS
from tools.mutants.running import outcomes
from tools.mutants.trees import FOLDER, made_tree, preload

SAMPLE, SEED, WORKERS = 60, 11, 2
ENOUGH = 0.95  # of what is made is to be caught or listed as equal
HEADER = "room            made  tried  caught  equal  survived  score  seconds"


def main() -> int:
    """Tries the rooms that are asked for and prints the table; returns 1 if one scores below `ENOUGH`."""
    told = os.environ
    size = None if (wanted := told.get("SAMPLE") or str(SAMPLE)) == "all" else int(wanted)
    names = (told.get("ROOM") or " ".join(ROOMS)).replace(",", " ").split()
    if unknown := [name for name in names if name not in ROOMS]:
        print(f"There is no room {', '.join(unknown)}; there are: {', '.join(ROOMS)}.", file=sys.stderr)
        return 2
    trees = [made_tree(number) for number in range(int(told.get("WORKERS") or WORKERS))]
    preload()
    lines = [HEADER, *(_tried(name, size, int(told.get("SEED") or SEED), trees) for name in names)]
    print("", *lines, f"{size or 'all'} of each room, seed {told.get('SEED') or SEED}", sep="\n")
    return int(any(line.endswith("!") for line in lines))


def _tried(name: str, size: int | None, seed: int, trees: Sequence[Path]) -> str:
    """Tries one room, prints what survived, and returns its line of the table."""
    room, began, kept = ROOMS[name], time.monotonic(), FOLDER / f"{name}-survived.json"
    made = [mutant for file in room.files() for mutant in mutants_of(file, (trees[0] / file).read_text())]
    chosen = sample(made, size, seed)
    to_try = unequal(chosen)
    if again := bool(os.environ.get("AGAIN")) and kept.exists():
        keys = set(json.loads(kept.read_text()))
        to_try = [mutant for mutant in to_try if mutant.key in keys]
    survived, counts = [], Counter()
    for mutant, outcome in outcomes(to_try, coverage_of(name, room, trees[0]), trees, room.environment):
        counts[outcome] += 1
        if outcome == "survived":
            survived.append(mutant.key)
            _show(mutant)
    kept.write_text(json.dumps(survived))
    equal = 0 if again else len(chosen) - len(to_try)
    tried = equal + len(to_try)
    score = 1 - len(survived) / max(tried, 1)
    took, low = time.monotonic() - began, "  !" if score < ENOUGH else ""
    figures = f"{len(made):5} {tried:6} {counts['caught']:7} {equal:6} {len(survived):9} {score:6.1%} {took:8.0f}{low}"
    print(f"{name:14} {figures}", flush=True)
    return f"{name:14} {figures}"


def _show(mutant: Mutant) -> None:
    print(f"survived  {mutant.file}:{mutant.line}")
    print(*(f"  - {line}" for line in mutant.before.splitlines()), sep="\n")
    print(*(f"  + {line}" for line in mutant.after.splitlines()), "", sep="\n", flush=True)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # libraries that were only imported to be forked have pages to say about their end
