"""Few pictures under the paper's recipe and under the small-set settings: the figures those were chosen by.

    python -m benchmarks.small_sets FOLDER [BACKBONE]     # train/<class> and val/<class>; about a minute

From 5 to 30 pictures a class are drawn to learn from, a third as many to choose the best epoch by, 40 times; all other
pictures judge the weights that are kept. Both settings see the same draws and seeds, so differences are paired.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from qtl_core.common.progress import never_stop
from qtl_core.settings import RunSettings, TrainingSettings, small_set_training
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.preparation import prepare
from qtl_core.training.task import KeptFeatures, TrainingTask

DRAWS = 40
PICTURES = (5, 8, 13, 20, 30)  # of each class, to learn from
FEWEST_LEFT = 10  # of each class, to judge by


def main(arguments: Sequence[str]) -> None:
    """Prints a line for every number of pictures and setting."""
    folder, backbone = arguments[0], arguments[1] if len(arguments) > 1 else "mobilenet_v2"
    asked = RunSettings().changed(source="folder", folder=str(Path(folder).resolve()), backbone=backbone)
    kept = prepare(asked, lambda _: None, never_stop, allow_fallback=False).features
    features = np.concatenate([kept.train, kept.val])
    labels = np.concatenate([kept.train_labels, kept.val_labels])
    for each in PICTURES:
        if min(np.bincount(labels)) < each + _validation(each) + FEWEST_LEFT:
            continue
        draws = list(_draws(features, labels, each))
        usual = _accuracies(draws, TrainingSettings())
        small = _accuracies(draws, small_set_training(each * (labels.max() + 1)))
        gain = small - usual
        error = gain.std(ddof=1) / len(gain) ** 0.5
        print(
            f"{each:3d} a class: recipe {_spread(usual)}, small-set settings {_spread(small)}, "
            f"paired {gain.mean():+.3f} (standard error {error:.3f}), "
            f"better in {(gain > 0).sum()} of {len(gain)}, worse in {(gain < 0).sum()}"
        )


def _validation(each: int) -> int:
    return max(2, each // 3)


def _draws(features: np.ndarray, labels: np.ndarray, each: int) -> Iterator[tuple[KeptFeatures, KeptFeatures]]:
    """Yields the same training pictures twice: beside few validation pictures, and beside all that are left."""
    for seed in range(DRAWS):
        dice = np.random.default_rng((seed, each))
        orders = [dice.permutation(np.flatnonzero(labels == label)) for label in range(labels.max() + 1)]
        cuts = (slice(0, each), slice(each, each + _validation(each)), slice(each + _validation(each), None))
        train, few, rest = (np.concatenate([order[cut] for order in orders]) for cut in cuts)
        yield tuple(  # type: ignore[misc]
            KeptFeatures(features[train], features[val], labels[train], labels[val], classes=len(orders))
            for val in (few, rest)
        )


def _accuracies(draws: Sequence[tuple[KeptFeatures, KeptFeatures]], training: TrainingSettings) -> np.ndarray:
    """Returns, for every draw, how many of the pictures left are right with the weights that are kept."""
    settings = [RunSettings(training=training).changed(seed=seed) for seed in range(len(draws))]
    tasks = [
        TrainingTask(each.circuit, each.training, source)
        for each, pair in zip(settings, draws, strict=True)
        for source in pair
    ]
    found = train_many(tasks, never_stop)
    return np.array(
        [rest.val_accuracies[few.best_epoch - 1] for few, rest in zip(found[::2], found[1::2], strict=True)]
    )


def _spread(values: np.ndarray) -> str:
    low, middle, high = np.percentile(values, [10, 50, 90])
    return f"{middle:.3f} ({low:.3f}-{high:.3f})"


if __name__ == "__main__":
    main(sys.argv[1:])
