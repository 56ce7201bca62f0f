"""Trains every recipe of transfer against a start from scratch; `make transfer-table` writes benchmarks/TRANSFER.md.

Ants and bees to cats and dogs and back (real photos, which have to be there), and spirals to other spirals. For every
seed the first task is trained on all it has; what that seed learnt is then carried to the second task, which is trained
on few pictures a class, from the carried start and from scratch, on the same pictures in the same order. So the
differences are over whole repetitions: first training, draw of pictures, order and fresh numbers.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.bench import say
from benchmarks.homes import SHARED, home
from benchmarks.threads import keep_to_one_thread
from benchmarks.transfer_report import transfer_markdown
from benchmarks.transfer_rows import CONTROL, Row, Story
from qtl_core.common.errors import DivergedError
from qtl_core.common.progress import never_stop
from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.events import Arrays, Prepared
from qtl_core.settings import RunSettings
from qtl_core.training.preparation import Preparation, prepare
from qtl_core.training.repeat import train_tasks
from qtl_core.training.task import TrainingTask, task_of
from qtl_core.training.transfer.arms import TransferComparison
from qtl_core.training.transfer.comparison import StartOf, carried_start, compare_starts
from qtl_core.training.transfer.facts import facts_of
from qtl_core.training.transfer.recipes import RECIPES, with_recipe

OUT = Path(__file__).parent / "TRANSFER.md"
SEEDS = 20
PHOTO_AMOUNTS = (5, 10, 20, 60)  # of each class; 60 is all that the cats and dogs have
POINT_AMOUNTS = (10, 25, 100, 1000)  # 1,000 is all
RECIPE = RunSettings().changed(backbone="mobilenet_v2")
# The paper's spirals: five qubits, depth 5, rate 0.07, batch 10. Its 1,000 steps are 5 epochs of 2,000 points; here
# there are more epochs, at a rate that stays, because few points make few steps.
SPIRALS = RunSettings().changed(
    source="points", qubits=5, depth=5, learning_rate=0.07, batch_size=10, epochs=20, schedule="constant"
)
CATS = RECIPE.changed(source="folder", folder=str((SHARED / "datasets/cats_dogs_small").resolve()))
ANTS_BEES, CATS_DOGS = ("ants and bees", RECIPE), ("cats and dogs", CATS)
QUICK = 0.01  # a last layer alone moves, too
QUICKER = (
    f"cats and dogs, this second task alone at a learning rate of {QUICK:g} (the first at "
    f"{RECIPE.training.learning_rate:g})",
    CATS.changed(learning_rate=QUICK),
)
PLAIN = ("spirals of 1.52 turns", SPIRALS)
PAIRS = (
    (ANTS_BEES, CATS_DOGS, PHOTO_AMOUNTS),
    (CATS_DOGS, ANTS_BEES, PHOTO_AMOUNTS),
    (ANTS_BEES, QUICKER, PHOTO_AMOUNTS),
    (PLAIN, ("the same spirals turned by 45°", SPIRALS.changed(rotation_degrees=45.0)), POINT_AMOUNTS),
    (PLAIN, ("the same spirals turned by 90°", SPIRALS.changed(rotation_degrees=90.0)), POINT_AMOUNTS),
    (PLAIN, ("wider spirals of 2 turns", SPIRALS.changed(turns=2.0)), POINT_AMOUNTS),
)
CONTROLS = tuple(name for name, recipe in RECIPES.items() if recipe.freeze)  # each where something stands still


@dataclass(frozen=True)
class First:
    """The first task, trained with every seed.

    Attributes:
        preparation: What it was trained on.
        heads: The best weights by seed.
        accuracy: The median over the seeds of the best validation accuracy.
        moved: The median over the seeds of how far its angles moved (root mean square, radians).
    """

    preparation: Preparation
    heads: dict[int, Arrays]
    accuracy: float
    moved: float


def main(words: Sequence[str] | None = None) -> None:
    """Measures and writes the page."""
    options = _parser().parse_args(words)
    keep_to_one_thread()
    began = time.perf_counter()
    with home(options.home):
        stories = [_measured(*pair, options.seeds) for pair in PAIRS[options.first : options.pairs]]
    minutes = (time.perf_counter() - began) / 60
    took = f"{minutes:.1f} minutes{', with features kept from before' if options.home else ''}"
    options.out.write_text(transfer_markdown(stories, options.seeds, took), encoding="utf-8")
    say(f"Written to {options.out}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.transfer", description="Measures what transfer brings.")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many, 10 or more")
    parser.add_argument("--pairs", type=int, default=len(PAIRS), help="stop after so many pairs of tasks")
    parser.add_argument("--first", type=int, default=0, help="leave out so many pairs at the beginning")
    parser.add_argument("--home", help="keep features and compiled code in this folder, not in one that is removed")
    parser.add_argument("--out", type=Path, default=OUT, help="write the page to this file")
    return parser


def _measured(
    one: tuple[str, RunSettings], other: tuple[str, RunSettings], amounts: tuple[int, ...], seeds: int
) -> Story:
    say(f"{one[0]} to {other[0]} ...")
    first, here = _first(one[1], seeds), _prepared(other[1])
    rows = [
        row
        for name, settings, start in _starts(first, here)
        for row in _rows(name, settings, start, here, amounts, seeds)
    ]
    prepared = here.prepared
    return Story(one[0], other[0], prepared.val_size, other[1].data.noun, tuple(rows), first.accuracy, first.moved)


def _prepared(settings: RunSettings) -> Preparation:
    return prepare(settings, lambda _: None, never_stop, allow_fallback=False)


def _first(settings: RunSettings, seeds: int) -> First:
    """Trains the first task with every seed."""
    preparation = _prepared(settings)
    tasks = [task_of(settings.changed(seed=seed), preparation.features.with_seed(seed)) for seed in range(seeds)]
    runs = train_tasks(tasks, lambda _: None, never_stop, "Training")
    if broken := [run for run in runs if isinstance(run, DivergedError)]:
        raise broken[0]
    good = [run for run in runs if not isinstance(run, DivergedError)]
    heads = {task.training.seed: run[2] for task, run in zip(tasks, good, strict=True)}
    best = [float(run.curves["val_accuracy"][run.best_epoch - 1]) for run in good]
    moved = [_moved(task, heads[task.training.seed]) for task in tasks]
    return First(preparation, heads, float(np.median(best)), float(np.median(moved)))


def _moved(task: TrainingTask, head: Arrays) -> float:
    """Returns how far the angles moved from their start, root mean square, in radians."""
    size, classes, training = task.source.feature_size, task.source.classes, task.training
    start = initial_weights(size, classes, task.circuit, training.q_delta, training.seed, task.model)
    return float(np.sqrt(np.mean((head["q_params"] - start["q_params"]) ** 2)))


def _starts(first: First, here: Preparation) -> Iterator[tuple[str, RunSettings, StartOf]]:
    """Yields every recipe and every control: its name, the settings it asks for, and how its tasks start."""
    there = facts_of(first.preparation.prepared)
    found = {}
    for name, recipe in RECIPES.items():
        settings = with_recipe(recipe, "first", there, here.prepared.settings)
        found[name] = settings, _by_seed(first, replace(here.prepared, settings=settings))
    for name, (settings, start) in found.items():
        yield RECIPES[name].title, settings, start
    for name in CONTROLS:
        settings, start = found[name]
        yield f"{CONTROL}{RECIPES[name].title}", settings, still_at_random(start)


def _by_seed(first: First, prepared: Prepared) -> StartOf:
    """Each seed starts from what the same seed learnt of the first task."""
    there = facts_of(first.preparation.prepared)
    starts = {seed: carried_start(there, head, facts_of(prepared)) for seed, head in first.heads.items()}
    return lambda task: starts[task.training.seed](task)


def still_at_random(start_of: StartOf) -> StartOf:
    """Returns the control of a start: nothing is carried, and the same numbers stand still, at their random start."""
    return lambda task: (None, start_of(task)[1])


def _rows(
    name: str, settings: RunSettings, start: StartOf, here: Preparation, amounts: tuple[int, ...], seeds: int
) -> Iterator[Row]:
    say(f"  {name} ...")
    plan = TransferComparison(replace(here.prepared, settings=settings), seeds, amounts)
    *_, found = compare_starts(here.features, plan, start, lambda _: None, never_stop)
    for amount in found.amounts:
        yield Row(name, amount, found.trained, is_control=name.startswith(CONTROL))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(130)
