"""Measures how often "Is it learning?" warns of trainings that go well, on their way and at the end.

Beside them stand the same trainings with labels at random, of which it must say that there is nothing to learn.

Run from the project's folder, where the photos and weights are:
    QTL_SHARED=... python -m tools.diagnosis_false_alarms [SEEDS]
For every line of `SETTINGS`, over as many seeds: trainings on the ants and bees with their true labels, and with the
same labels dealt out at random over both parts. Of each: what is said at its end, and, by how many epochs in a row a
finding must have held before it is said, how many were warned of on their way. Nothing is written.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.runs.store.tables import summary
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.engines import ENGINES, engine_name
from qtl_core.training.preparation import Preparation, prepare
from qtl_core.training.task import KeptFeatures, task_of

BASE = {"source": "photos", "backbone": "mobilenet_v2"}
SETTINGS: tuple[dict[str, Any], ...] = (
    {},
    {"epochs": 3},
    {"learning_rate": 0.001},
    {"schedule": "cosine"},
    {"schedule": "one_cycle"},
    {"optimiser": "adamw", "weight_decay": 0.01},
    {"optimiser": "sgd"},
    {"optimiser": "sgd", "momentum": 0.0, "learning_rate": 0.02},
    {"head": "linear"},
    {"head": "bottleneck"},
    {"head": "dressed_fixed"},
    {"head": "mlp"},
)
HELD = (1, 2, 3, 4)


def main(seeds: int) -> None:
    """Measures and prints."""
    preparation = prepare(RunSettings().changed(**BASE), lambda _: None, lambda: False, allow_fallback=False)
    for changes in SETTINGS:
        for shuffled in (False, True):
            runs = list(trainings(preparation, changes, range(seeds), shuffled))
            said = Counter(" + ".join(each.kind for each in diagnose(run)) or "nothing" for run in runs)
            found = [found_on_the_way(run) for run in runs]
            warned = {held: sum(is_warned_of(each, held) for each in found) for held in HELD}
            print(changes or "the recipe", "labels at random" if shuffled else "true labels")
            print("   at the end:", dict(said), "  on the way, by epochs held:", warned, flush=True)


def trainings(preparation: Preparation, changes: dict[str, Any], seeds: range, shuffled: bool) -> Iterator[RunView]:
    """Yields the runs of one line, each with its seed and, if asked for, its own labels at random."""
    for seed in seeds:
        settings = RunSettings().changed(**BASE, **changes, seed=seed)
        source, prepared = preparation.source.with_seed(seed), replace(preparation.prepared, settings=settings)
        if shuffled:
            source = with_labels_at_random(source, seed)
            counts = np.bincount(source.train_labels, minlength=source.classes)
            prepared = replace(
                prepared, val_labels=tuple(map(int, source.val_labels)), train_counts=tuple(map(int, counts))
            )
        view, task = RunView(prepared=prepared), task_of(settings, source)
        for event in ENGINES[engine_name(task)](task, None, lambda: False):
            view = view.apply(event)
        yield view.apply(summary(view))


def with_labels_at_random(source: KeptFeatures, seed: int) -> KeptFeatures:
    """Returns the same features with the labels of both parts dealt out among them anew."""
    labels = np.random.default_rng(seed).permutation(np.concatenate([source.train_labels, source.val_labels]))
    train, val = np.split(labels, [len(source.train_labels)])
    return KeptFeatures(source.train, source.val, train, val, classes=source.classes, seed=seed)


def found_on_the_way(run: RunView) -> list[frozenset[str]]:
    """Returns what is found after each epoch but the last, while a run goes on."""
    views = (replace(run, epochs=run.epochs[:done], ended=None) for done in range(1, len(run.epochs)))
    return [frozenset(finding.kind for finding in diagnose(view)) for view in views]


def is_warned_of(found: list[frozenset[str]], held: int) -> bool:
    """Returns whether a finding held for so many epochs in a row (see `evaluation.diagnosis`)."""
    return any(frozenset.intersection(*found[end - held : end]) for end in range(held, len(found) + 1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 40)
