"""A run trained again with exactly its settings: whether the numbers are equal, and what it was made with instead."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from qtl_core.runs.events import EpochDone, Prepared, Tested
from qtl_core.runs.provenance import Provenance
from qtl_core.runs.view import RunView

FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate", "is_best")


@dataclass(frozen=True)
class Reproduction:
    """The comparison of two trainings with one setting.

    Attributes:
        epochs: Epochs that both have.
        first_other: The first epoch whose numbers differ, or None.
        lengths: Epochs of each.
        largest: The largest difference of a probability in the epochs that both have.
    """

    epochs: int
    first_other: int | None
    lengths: tuple[int, int]
    largest: float

    @property
    def is_equal(self) -> bool:
        """True if all numbers of all epochs are equal, to the last bit."""
        return self.first_other is None and self.lengths[0] == self.lengths[1]


def same_numbers(then: RunView, now: RunView) -> Reproduction:
    """Compares every epoch's figures and every picture's probabilities; times are not compared."""
    both = list(zip(then.epochs, now.epochs, strict=False))
    other = next((before.epoch for before, after in both if not _equal(before, after)), None)
    if other is None and then.tested and now.tested and not _same_test(then.tested, now.tested):
        other = then.tested.epoch
    largest = max((_apart(before, after) for before, after in both), default=0.0)
    return Reproduction(len(both), other, (len(then.epochs), len(now.epochs)), largest)


def differences_made_with(then: tuple[Prepared, Provenance], now: tuple[Prepared, Provenance]) -> list[str]:
    """Returns what differs in what the two were made with: versions, pictures, weights, device, engine; as sentences.

    What is not known of one of them is said as well: it may be the reason.
    """
    (prepared, made), (prepared_now, made_now) = then, now
    found = [
        f"{name}: {made.versions.get(name, 'not known')} then, {made_now.versions.get(name, 'not known')} now."
        for name in sorted({*made.versions, *made_now.versions})
        if made.versions.get(name) != made_now.versions.get(name)
    ]
    found += _pictures(made, made_now)
    if prepared.weights_sha256 != prepared_now.weights_sha256:
        found.append(
            f"The image network's weights are others: {prepared.backbone_title} {prepared.weights_sha256[:8]} then, "
            f"{prepared_now.backbone_title} {prepared_now.weights_sha256[:8]} now."
        )
    for name, words in (("device", "The image network ran on"), ("engine", "The circuit was simulated by")):
        before, after = getattr(prepared, name) or "not known", getattr(prepared_now, name) or "not known"
        ran_nowhere = name == "device" and not (prepared.device and prepared_now.device)  # its features were kept
        if before != after and not ran_nowhere:
            found.append(f"{words} another: {before} then, {after} now.")
    if made.platform != made_now.platform:
        found.append(f"The machine: {made.platform or 'not known'} then, {made_now.platform or 'not known'} now.")
    return found


def _pictures(then: Provenance, now: Provenance) -> list[str]:
    if then.data is None or now.data is None:
        return ["It is not known whether the pictures are the same: no fingerprint of them was kept."]
    if then.data.sha256 == now.data.sha256:
        return []
    if not (then.data.test and now.data.test):  # runs of before there were test parts left them aside
        plain = [replace(data, test=()).sha256 for data in (then.data, now.data)]
        if plain[0] == plain[1]:
            return []
    before, after = (dict((*data.train, *data.val, *data.test)) for data in (then.data, now.data))
    gone, new = len(before.keys() - after.keys()), len(after.keys() - before.keys())
    changed = sum(before[name] != after[name] for name in before.keys() & after.keys())
    counts = ((gone, "gone"), (new, "new"), (changed, "changed"))
    said = ", ".join(f"{count} {word}" for count, word in counts if count) or "the same ones in another order"
    return [f"The pictures are others: {said}."]


def _same_test(before: Tested, after: Tested) -> bool:
    figures = (before.epoch, before.loss, before.accuracy), (after.epoch, after.loss, after.accuracy)
    same = np.array_equal(before.probabilities, after.probabilities, equal_nan=True)
    return bool(np.array_equal(*figures, equal_nan=True)) and same


def _equal(before: EpochDone, after: EpochDone) -> bool:
    figures = all(np.array_equal(getattr(before, name), getattr(after, name), equal_nan=True) for name in FIGURES)
    return figures and np.array_equal(before.val_probabilities, after.val_probabilities, equal_nan=True)


def _apart(before: EpochDone, after: EpochDone) -> float:
    if before.val_probabilities.shape != after.val_probabilities.shape:
        return 1.0  # other pictures: nothing can be further apart
    return float(np.max(np.abs(before.val_probabilities - after.val_probabilities), initial=0.0))
