"""Every kind of head over many seeds: how right it gets, and how long it takes, into benchmarks/HEADS.md.

    make heads-table                # or python -m benchmarks.heads; a minute; needs the photos for the figures there

All heads learn the ants and bees through MobileNetV2 with the paper's recipe, from the same features, on all cores. The
photos are taken where they are (`QTL_SHARED`); without them the drawn pictures stand in, and the result says so.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench import say
from benchmarks.clock import in_turns, seconds_of
from benchmarks.machine import facts, load
from qtl_core.common.progress import never_stop
from qtl_core.evaluation.seed_spread import QUANTILES
from qtl_core.settings import DataSettings, ModelSettings, RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_count
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.preparation import prepare
from qtl_core.training.starting import trained_parameters
from qtl_core.training.task import KeptFeatures, TrainingTask, task_of

OUT = Path(__file__).parent / "HEADS.md"
ALONE = 5  # runs one after another on one core, of which the mean is taken


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
    is_busy = load() > 1  # others want the cores as well: then only a run's own time says something
    asked = RunSettings(data=DataSettings(backbone="mobilenet_v2"))
    preparation = prepare(asked, lambda _: None, never_stop)
    source, prepared = preparation.features, preparation.prepared
    chosen = {name: replace(prepared.settings, model=ModelSettings(name)) for name in HEADS}
    found = {name: figures_of(settings, source, seeds) for name, settings in chosen.items()}
    say(f"{timed} seeds of every head, {rounds} turns ...")
    lists = {name: tasks_of(settings, source, timed) for name, settings in chosen.items()}
    whole = {
        name: lambda tasks=tasks: seconds_of(lambda: train_many(tasks, never_stop)) for name, tasks in lists.items()
    }
    alone = {name: lambda tasks=tasks: _processor_seconds(tasks[:ALONE]) / ALONE for name, tasks in lists.items()}
    for name, seconds in in_turns(whole, rounds).items():
        found[name]["seconds"] = None if is_busy else round(seconds, 3)
    for name, seconds in in_turns(alone, rounds).items():
        found[name]["processor_milliseconds_a_run"] = round(1000 * seconds, 1)
    return {
        "pictures": prepared.settings.data.source,
        "network": prepared.backbone_title,
        "features": source.feature_size,
        "training_pictures": len(source.train_labels),
        "validation_pictures": len(source.val_labels),
        "seeds": seeds,
        "timed_seeds": timed,
        "machine": facts("python -m benchmarks.heads"),
        "is_busy": is_busy,
        "heads": found,
    }


def _processor_seconds(tasks: list[TrainingTask]) -> float:
    """Returns what these runs take of one core, whatever else the machine does meanwhile."""
    began = time.process_time()
    train_many(tasks, never_stop, threads=1)
    return time.process_time() - began


def in_markdown(found: Mapping[str, Any]) -> str:
    """Returns the figures as a page with a table."""
    heads, machine = found["heads"], found["machine"]
    lines = [
        "# Every head on ants and bees",
        "",
        f"{found['training_pictures']} + {found['validation_pictures']} pictures ({found['pictures']}) through "
        f"{found['network']} ({found['features']:,} features), the paper's recipe, {found['seeds']} seeds; best epoch "
        f"of each, chosen by these validation pictures. Made by `make heads-table` on {machine['date']}: "
        f"{machine['processor']}. A run's time is one core's; seconds are those of {found['timed_seeds']} seeds at "
        f"once on all cores, the best of some turns{', not told as others wanted them too' * found['is_busy']}.",
        "",
        "| head | numbers that learn | right, median | middle 90 % of the seeds | loss, median | a run | seconds |",
        "| --- | --: | --: | --: | --: | --: | --: |",
    ]
    for name, each in heads.items():
        (low, high), total = each["band_right"], found["validation_pictures"]
        lines.append(
            f"| {HEADS[name].title} | {each['trained_parameters']:,} | {each['median_right']} of {total} "
            f"({each['median_accuracy']:.3f}) | {low} to {high} | {each['median_loss']:.3f} | "
            f"{each['processor_milliseconds_a_run']:.1f} ms | {'' if found['is_busy'] else round(each['seconds'], 2)} |"
        )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str]) -> None:
    """Measures, prints a table, and writes the figures where they are wanted."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.heads", description="every kind of head over many seeds"
    )
    parser.add_argument("--seeds", type=int, default=40, help="over how many the accuracy is told")
    parser.add_argument("--timed", type=int, default=100, help="how many are timed at once")
    parser.add_argument("--rounds", type=int, default=5, help="how often each head has its turn; the best counts")
    parser.add_argument("--out", type=Path, default=OUT, help="write the page to this file")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    chosen = parser.parse_args(arguments)
    found = measure(chosen.seeds, chosen.timed, chosen.rounds)
    print(in_markdown(found))
    chosen.out.write_text(in_markdown(found), "utf-8")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
