"""Many runs at once, against JAX and against the engine of before: into benchmarks/STUDIES.md.

    make studies-table              # or python -m benchmarks.studies; some ten minutes; needs the photos

The recipe over the features of the photos (`QTL_SHARED`; without them the drawn pictures stand in, and the page says
so). JAX's figures are those of `jax_training`, compile time apart; the engine of before is taken out of git and trains
in a process of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.bench import Bench, open_bench, say
from benchmarks.effort import FULL
from benchmarks.homes import home
from benchmarks.machine import cores, facts, load
from benchmarks.report import Table, seconds, table, times
from qtl_core.common.progress import never_stop
from qtl_core.settings import CircuitSettings
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import TrainingTask

OUT = Path(__file__).parent / "STUDIES.md"
PROJECT = Path(__file__).parents[1]
BEFORE = "b5365f1"  # the last version whose runs were trained one at a time
JAX_SEEDS = {4: (1, 8, 64), 10: (1, 8)}  # trained at once, by qubits; the best of them is compared
JAX_TITLE = "JAX, `jit` of `scan`"
GRID = ("qubits=2:6", "depth=0:8", "learning_rate=0.0001,0.0002,0.0004,0.001,0.003")
GRID_CELLS, GRID_SECONDS = 225, 240
BUSY = 1.1  # times as long by the clock as of the processor, on one core: from here on others had that core, too
# A kernel call of the engine of before: reads features, trains as many runs one after another, prints the seconds.
ENGINE_BEFORE = """
import json, sys, time
import numpy as np
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import KeptFeatures, TrainingTask
features, qubits, runs, rounds = np.load(sys.argv[1]), *map(int, sys.argv[2:])
source = KeptFeatures(*(features[name] for name in ("train", "val", "y", "z")), classes=int(features["classes"]))
tasks = [TrainingTask(CircuitSettings(qubits), TrainingSettings(seed=seed), source) for seed in range(runs)]
train_many(tasks[:2], lambda: False, threads=1)
for _ in range(rounds):
    began, worked = time.perf_counter(), time.process_time()
    train_many(tasks, lambda: False, threads=1)
    print(json.dumps([(time.perf_counter() - began) / runs, (time.process_time() - worked) / runs]), flush=True)
"""


class Spent(NamedTuple):
    """Time spent on a run: seconds by the clock, and seconds of a processor, whatever else the machine does."""

    seconds: float
    processor: float


@dataclass(frozen=True)
class Row:
    """One contender.

    Attributes:
        title: What to call it.
        spent: On a run; the least of all turns, each by itself.
        compiled: Seconds of compiling before the first; None where that is kept from one start to the next.
    """

    title: str
    spent: Spent
    compiled: float | None = None


def main(words: Sequence[str]) -> None:
    """Measures, prints a table, and writes the page."""
    chosen = _parser().parse_args(words)
    with home(chosen.home):
        bench, before = open_bench(FULL), load()
        four = compared(bench, 4, chosen.runs, chosen)
        ten = compared(bench, 10, max(8, chosen.runs // 25), chosen)
        grid = grid_seconds(bench, chosen.grid) if chosen.grid else None
    page = in_markdown(bench, {4: four, 10: ten}, chosen, grid, (before, load()))
    print(page)
    chosen.out.write_text(page, "utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.studies", description="many runs at once, against JAX")
    parser.add_argument("--runs", type=int, default=1000, help="of the recipe, each with a seed of its own")
    parser.add_argument("--rounds", type=int, default=3, help="how often each has its turn; the best counts")
    parser.add_argument("--grid", type=int, default=45, help="seeds of the grid of 225 cells; 0 leaves it out")
    parser.add_argument("--before", default=BEFORE, help="the commit whose engine is compared; empty leaves it out")
    parser.add_argument("--home", help="keep features and compiled code in this folder, not in one that is removed")
    parser.add_argument("--out", type=Path, default=OUT, help="write the page to this file")
    return parser


def tasks_of(bench: Bench, qubits: int, runs: int) -> list[TrainingTask]:
    """Returns the recipe over the seeds 0..runs-1, on so many qubits."""
    work, training = bench.task(CircuitSettings(qubits)), bench.settings.training
    return [replace(work, training=replace(training, seed=seed)) for seed in range(runs)]


# The contenders


def compared(bench: Bench, qubits: int, runs: int, chosen: argparse.Namespace) -> list[Row]:
    """Times every contender in turns: ours on all cores, ours on one core without company, before, and JAX."""
    tasks = tasks_of(bench, qubits, runs)
    alone = tasks[: max(4, runs // 10)]
    say(f"{qubits} qubits: {runs:,} runs ...")
    train_many(tasks[:4], never_stop)
    contenders: dict[str, Callable[[], Spent]] = {
        f"{runs:,} runs at once, {cores()} cores": lambda: spent_on(lambda: train_many(tasks, never_stop), runs),
        "side by side on one core": lambda: _on_one_core(alone, side_by_side=True),
        "one after another on one core": lambda: _on_one_core(alone, side_by_side=False),
    }
    if chosen.before:
        contenders[_before_title(chosen.before)] = lambda: before_spent(bench, chosen.before, qubits, len(alone))
    trainings = {_jax_title(count): jax_training(tasks[:count]) for count in JAX_SEEDS[qubits] if count <= runs}
    contenders |= {title: training for title, (training, _) in trainings.items()}
    compiled = {title: spent for title, (_, spent) in trainings.items()}
    turns = [{title: contender() for title, contender in contenders.items()} for _ in range(chosen.rounds)]
    return [Row(title, least([turn[title] for turn in turns]), compiled.get(title)) for title in contenders]


def spent_on(work: Callable[[], object], runs: int) -> Spent:
    """Returns what one of so many runs takes."""
    began, worked = time.perf_counter(), time.process_time()
    work()
    return Spent((time.perf_counter() - began) / runs, (time.process_time() - worked) / runs)


def least(turns: Sequence[Spent]) -> Spent:
    """Returns the least of all turns, by the clock and of the processor."""
    return Spent(min(turn.seconds for turn in turns), min(turn.processor for turn in turns))


def _on_one_core(tasks: Sequence[TrainingTask], *, side_by_side: bool) -> Spent:
    return spent_on(lambda: train_many(tasks, never_stop, threads=1, side_by_side=side_by_side), len(tasks))


def _before_title(commit: str) -> str:
    return f"the engine of {commit}, one after another on one core"


def _jax_title(count: int) -> str:
    return f"{JAX_TITLE}, a single run" if count == 1 else f"{JAX_TITLE}, `vmap` over {count} seeds"


def jax_training(tasks: Sequence[TrainingTask]) -> tuple[Callable[[], Spent], float]:
    """Compiles the training of these seeds with JAX; returns what times a run of it, and how long compiling took."""
    import jax

    from benchmarks.jax_training import inputs_of, pictures_of, training_of

    say(f"JAX compiles {len(tasks)} runs ...")
    inputs, pictures = inputs_of(tasks), pictures_of(tasks[0])
    began = time.perf_counter()
    training = training_of(tasks[0], len(tasks)).lower(inputs, pictures).compile()
    spent = time.perf_counter() - began
    return lambda: spent_on(lambda: jax.block_until_ready(training(inputs, pictures)), len(tasks)), spent


def before_spent(bench: Bench, commit: str, qubits: int, runs: int) -> Spent:
    """Returns what a run takes with the engine of an earlier commit, one after another on one core."""
    source = bench.source
    with tempfile.TemporaryDirectory() as folder:
        packed = subprocess.run(["git", "archive", commit, "qtl_core"], cwd=PROJECT, capture_output=True, check=True)
        with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
            archive.extractall(folder, filter="data")
        kept = {"train": source.train, "val": source.val, "y": source.train_labels, "z": source.val_labels}
        np.savez(Path(folder, "features.npz"), classes=source.classes, **kept)
        given = [str(Path(folder, "features.npz")), str(qubits), str(runs), "2"]
        told = subprocess.run(
            [sys.executable, "-c", ENGINE_BEFORE, *given],
            cwd=folder,
            env={**os.environ, "QTL_HOME": str(Path(folder, "home"))},
            capture_output=True,
            text=True,
            check=True,
        )
    return least([Spent(*json.loads(line)) for line in told.stdout.splitlines()])


def grid_seconds(bench: Bench, seeds: int) -> tuple[int, float, str]:
    """Trains the grid from a shell, as anybody would; returns its runs, the seconds, and the sentence."""
    say(f"A grid of {GRID_CELLS * seeds:,} runs ...")
    axes = [word for axis in GRID for word in ("--axis", axis)]
    data = bench.settings.data
    words = ["--name", f"grid {time.time():.0f}", "--data", data.source, "--backbone", data.backbone, *axes]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "qtl_core",
        "study",
        "run",
        *words,
        "--seeds",
        str(seeds),
        "--json",
    ]
    began = time.perf_counter()
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    spent = time.perf_counter() - began
    last = json.loads(told.stdout.splitlines()[-1])
    return last["runs"], spent, last["sentence"]


# The page


def was_busy(rows: Sequence[Row]) -> bool:
    """Returns whether others had the cores, too, by the row of one core, which waits for nothing else."""
    return rows[1].spent.seconds > BUSY * rows[1].spent.processor


def ratios(rows: Sequence[Row], *, is_busy: bool = False) -> dict[str, float]:
    """Returns how many times as long as ours, a run, the best of JAX and the engine of before take.

    By the clock; where others want the cores, too, by the processor's time, ours side by side and shared out over all
    cores. `processor` is the gain on one core alone.
    """
    by = 1 if is_busy else 0
    ours = rows[1].spent.processor / cores() if is_busy else rows[0].spent.seconds
    found = {"jax": min(row.spent[by] for row in rows if row.title.startswith(JAX_TITLE)) / ours}
    before = [row.spent for row in rows if row.title.startswith("the engine of")]
    if not before:
        return found
    return found | {"before": before[0][by] / ours, "processor": before[0].processor / rows[1].spent.processor}


def in_markdown(
    bench: Bench,
    found: Mapping[int, Sequence[Row]],
    chosen: argparse.Namespace,
    grid: tuple[int, float, str] | None,
    loads: tuple[float, float],
) -> str:
    """Returns the page."""
    is_busy = was_busy(found[4])
    told = facts("python -m benchmarks.studies") | _versions() | {"load before and after": _loads(loads)}
    parts = ["# Many runs at once", table(Table(("", ""), list(told.items())))]
    parts += ["## To reach", *_busy_words(is_busy), table(reached(ratios(found[4], is_busy=is_busy), grid))]
    for qubits, rows in found.items():
        parts += [f"## {qubits} qubits, depth 6", _how(bench, chosen), table(_table(rows))]
    if grid:
        parts += ["## A grid", _grid_words(grid)]
    return "\n\n".join([*parts, CATALYST]) + "\n"


def _busy_words(is_busy: bool) -> list[str]:
    words = (
        "Others wanted the cores, too, so that the clock compares nothing. These ratios are of the processor's time, "
        "ours divided by the number of cores as if all were ours, JAX's as it is: on a CPU it takes one core."
    )
    return [words] if is_busy else []


def _versions() -> dict[str, str]:
    from importlib.metadata import version

    return {"jax": version("jax")}


def _loads(loads: tuple[float, float]) -> str:
    return " and ".join(f"{each:.1f}" for each in loads)


def reached(gained: Mapping[str, float], grid: tuple[int, float, str] | None) -> Table:
    """Returns the targets with what was measured."""
    rows = [("a run against JAX, vmapped over seeds", "at least 10 ×", times(gained["jax"]), _yes(gained["jax"] >= 10))]
    if "before" in gained:
        title = f"a run on {cores()} cores against the engine of before, one after another on one"
        rows.append((title, "at least 4 ×", times(gained["before"]), _yes(gained["before"] >= 4)))
        rows.append(("the same in time of one core, side by side", "at least 2 ×", *_times_yes(gained["processor"], 2)))
    if grid:
        runs, spent, _ = grid
        reached = _yes(spent < GRID_SECONDS)
        rows.append((f"a grid of {runs:,} runs, from Start to sentence", "under 4 minutes", seconds(spent), reached))
    return Table(("", "wanted", "measured", "reached"), rows)


def _times_yes(ratio: float, wanted: float) -> tuple[str, str]:
    return times(ratio), _yes(ratio >= wanted)


def _yes(reached: bool) -> str:
    return "yes" if reached else "**no**"


def _how(bench: Bench, chosen: argparse.Namespace) -> str:
    training = bench.settings.training
    return (
        f"{bench.materials}, {bench.source.feature_size:,} features, batch {training.batch_size}, {training.epochs} "
        f"epochs, validation included, single precision. Best of {chosen.rounds} turns of each; JAX may use all cores."
    )


def _table(rows: Sequence[Row]) -> Table:
    ours = rows[0].spent.seconds
    lines = [(row.title, seconds(row.spent.seconds), times(row.spent.seconds / ours), *_rest(row)) for row in rows]
    return Table(("", "a run", "as long as the first", "of a processor", "compiled beforehand in"), lines)


def _rest(row: Row) -> tuple[str, str]:
    return seconds(row.spent.processor), _compiled(row.compiled)


def _compiled(spent: float | None) -> str:
    return "kept" if spent is None else seconds(spent)


def _grid_words(grid: tuple[int, float, str]) -> str:
    runs, spent, sentence = grid
    axes = "`, `".join(GRID)
    return (
        f"`python -m qtl_core study run` over `{axes}`: {runs:,} runs in {seconds(spent)}, {runs / spent:.0f} a "
        f"second, from the start of the process to its end. What it said: {sentence}"
    )


CATALYST = """## PennyLane Catalyst

Not among the contenders. Release 0.15.0 installs where this was written (Python 3.11, Linux), but in an environment of
its own: it asks for JAX 0.7.1. Its compiler ends with a segmentation fault for the recipe's batch loss under
its gradient, as a loop over steps and as a single step (four circuits on `lightning.qubit`, adjoint, a dense layer
before and after). What it compiles is one circuit of 4 qubits and depth 6 with its gradient: measured by hand on a busy
machine, 27 ms a call, of which a run of the recipe needs 7,320."""


if __name__ == "__main__":
    main(sys.argv[1:])
