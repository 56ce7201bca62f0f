"""Points and tables under the paper's rate and under those for numbers: the figures `numbers_rate` was chosen by.

    python -m benchmarks.numbers [SEEDS]     # a minute or two; no pictures needed

Of every set seven rows in ten are learnt from; half of the others choose the epoch (by the lowest loss), and the other
half judge its weights. Every learning rate sees the same draws and seeds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np

from qtl_core.common.progress import never_stop
from qtl_core.settings import CircuitSettings, DataSettings, TrainingSettings, numbers_rate, numbers_training
from qtl_core.tables.points import SHAPES, fresh_points
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import KeptFeatures, TrainingTask

SEEDS = 20
RATES = (0.001, 0.004, 0.01, 0.02, 0.05, 0.07)
Rows = tuple[np.ndarray, np.ndarray]


def main(arguments: Sequence[str]) -> None:
    """Prints a line for every set: the paper's recipe, every rate with the paper's steps, what is chosen."""
    seeds = int(arguments[0]) if arguments else SEEDS
    for name, rows in sets().items():
        draws = list(_draws(*rows(), seeds))
        learnt, features = draws[0][0].train.shape
        suited = numbers_training(learnt, features)
        found = {f"{rate:g}": _right(draws, replace(suited, learning_rate=rate)) for rate in RATES}
        found = {"paper": _right(draws, TrainingSettings())} | found
        found[f"numbers ({numbers_rate(features):g})"] = _right(draws, suited)
        shares = ", ".join(f"{which} {values.mean():.3f}" for which, values in found.items())
        print(f"{name}, {learnt} rows of {features}: {shares}", flush=True)


def sets() -> dict[str, Callable[[], Rows]]:
    """Returns what is learnt, by name: values of shape (rows, numbers) and labels."""
    from sklearn import datasets

    tables = {"iris": datasets.load_iris, "wine": datasets.load_wine, "cancer": datasets.load_breast_cancer}
    found: dict[str, Callable[[], Rows]] = {}
    for name, load in tables.items():
        found[name] = lambda load=load: load(return_X_y=True)
    found["twelve columns"] = lambda: datasets.make_classification(
        400, 12, n_informative=6, n_classes=3, random_state=1, flip_y=0.02
    )
    for shape in SHAPES:
        found[shape] = lambda shape=shape: fresh_points(DataSettings(source="points", shape=shape, points=900))
    return found


def _draws(values: np.ndarray, labels: np.ndarray, seeds: int) -> Iterator[tuple[KeptFeatures, KeptFeatures]]:
    """Yields the same rows to learn from twice: beside those that choose the epoch, and beside those that judge."""
    classes = int(labels.max()) + 1
    for seed in range(seeds):
        dice = np.random.default_rng(seed)
        orders = [dice.permutation(np.flatnonzero(labels == label)) for label in range(classes)]
        cuts = [np.split(order, [int(0.7 * len(order)), int(0.85 * len(order))]) for order in orders]
        learnt, choose, judge = (np.concatenate(part) for part in zip(*cuts, strict=True))
        middle, reach = values[learnt].mean(axis=0), values[learnt].std(axis=0)
        scaled = ((values - middle) / reach).astype(np.float32)
        first, second = (
            KeptFeatures(scaled[learnt], scaled[part], labels[learnt], labels[part], classes=classes)
            for part in (choose, judge)
        )
        yield first, second


def _right(draws: Sequence[tuple[KeptFeatures, KeptFeatures]], training: TrainingSettings) -> np.ndarray:
    """Returns, for every draw, the share of the judging rows that is right with the weights that are kept."""
    tasks = [
        TrainingTask(CircuitSettings(), replace(training, seed=seed, best_by="loss"), source)
        for seed, pair in enumerate(draws)
        for source in pair
    ]
    found = train_many(tasks, never_stop)
    return np.array(
        [judge.val_accuracies[choose.best_epoch - 1] for choose, judge in zip(found[::2], found[1::2], strict=True)]
    )


if __name__ == "__main__":
    main(sys.argv[1:])
