"""Every kind of head over many seeds: how right it gets, and how long it takes; `python -m benchmarks.heads`.

All heads learn the ants and bees through MobileNetV2 with the paper's recipe, from the same features, on all cores. The
photos are taken where they are (`QTL_SHARED`); without them the drawn pictures stand in, and the result says so.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench import say
from benchmarks.clock import in_turns, seconds_of
from benchmarks.machine import cores
from qtl_core.common.progress import never_stop
from qtl_core.evaluation.seed_spread import QUANTILES
from qtl_core.settings import DataSettings, ModelSettings, RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_count
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.preparation import prepare
from qtl_core.training.starting import trained_parameters
from qtl_core.training.task import KeptFeatures, TrainingTask, task_of


def tasks_of(settings: RunSettings, source: KeptFeatures, seeds: int) -> list[TrainingTask]:
    """Returns the tasks of the seeds 0..seeds-1, all of which read the same features."""
    return [task_of(settings.changed(seed=seed), source.with_seed(seed)) for seed in range(seeds)]


def figures_of(settings: RunSettings, source: KeptFeatures, seeds: int) -> dict[str, Any]:
    """Returns how many validation pictures a head gets right at its best epoch, and its loss there, over seeds."""
    tasks = tasks_of(settings, source, seeds)
    runs = train_many(tasks, never_stop)
    pictures = len(source.val_labels)
    right = np.array([round(run.best_val_accuracy * pictures) for run in runs])
    low, median, high = (int(each) for each in np.quantile(right, QUANTILES, method="closest_observation"))
    return {
        "parameters": parameter_count(source.feature_size, source.classes, settings.circuit, settings.model),
        "trained_parameters": trained_parameters(tasks[0]),
        "median_right": median,
        "band_right": [low, high],
        "median_accuracy": round(median / pictures, 4),
        "band_accuracy": [round(low / pictures, 4), round(high / pictures, 4)],
        "median_loss": round(float(np.median([run.best_val_loss for run in runs])), 4),
    }


def measure(seeds: int, timed: int, rounds: int) -> dict[str, Any]:
    """Trains every kind of head; returns figures and seconds by its name."""
    asked = RunSettings(data=DataSettings(backbone="mobilenet_v2"))
    preparation = prepare(asked, lambda _: None, never_stop)
    source, prepared = preparation.features, preparation.prepared
    chosen = {name: replace(prepared.settings, model=ModelSettings(name)) for name in HEADS}
    found = {name: figures_of(settings, source, seeds) for name, settings in chosen.items()}
    say(f"{timed} seeds of every head, {rounds} turns ...")
    lists = {name: tasks_of(settings, source, timed) for name, settings in chosen.items()}
    turns = {
        name: lambda tasks=tasks: seconds_of(lambda: train_many(tasks, never_stop)) for name, tasks in lists.items()
    }
    for name, seconds in in_turns(turns, rounds).items():
        found[name][f"seconds_{timed}_seeds"] = round(seconds, 3)
    return {
        "pictures": prepared.settings.data.source,
        "network": prepared.backbone_title,
        "features": source.feature_size,
        "training_pictures": len(source.train_labels),
        "validation_pictures": len(source.val_labels),
        "seeds": seeds,
        "cores": cores(),
        "heads": found,
    }


def table(found: Mapping[str, Any]) -> str:
    """Returns the figures as a Markdown table."""
    timed = next(name for name in next(iter(found["heads"].values())) if name.startswith("seconds_"))
    lines = ["| head | learn | median right | middle 90 % | loss | seconds |", "| --- | --: | --: | --- | --: | --: |"]
    for name, each in found["heads"].items():
        low, high = each["band_right"]
        lines.append(
            f"| {HEADS[name].title} | {each['trained_parameters']:,} | {each['median_right']} of "
            f"{found['validation_pictures']} | {low} to {high} | {each['median_loss']:.3f} | {each[timed]:.2f} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Measures, prints a table, and writes the figures where they are wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.heads", description=__doc__)
    parser.add_argument("--seeds", type=int, default=40, help="over how many the accuracy is told")
    parser.add_argument("--timed", type=int, default=100, help="how many are timed at once")
    parser.add_argument("--rounds", type=int, default=5, help="how often each head has its turn; the best counts")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.seeds, chosen.timed, chosen.rounds)
    print(table(found))
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
