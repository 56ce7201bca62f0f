"""Suspected wrong labels: pictures that a linear probe, fitted to the others, takes for another class for certain.

Two rounds: confident learning says which labels are in doubt, and a probe fitted without those pictures says which are
surely another class; a wrong label among the fitted ones makes a probe less sure of all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.pictures.findings.confident_learning import by_suspicion, surely_another, suspected_labels
from qtl_core.pictures.findings.finding import CheckedSet, Finding, key_of
from qtl_core.pictures.findings.linear_probe import FOLDS, folds_of, out_of_fold

FEWEST = 10  # pictures of each class: a probe of fewer says little
# A group is judged by a probe that saw none of it. Of a class of one group such a probe knows nothing, and says for
# certain that all of it is another class.
FEWEST_GROUPS = 5  # of each class: of three, with single pictures in the other class, whole bursts were accused
IN_WORDS = ("none", "one", "two", "three", "four", "five")
LARGEST_GROUP = 0.5  # of its class: the rest is what its pictures are judged by


def why_not_looked_for(checked: CheckedSet, groups: Sequence[str] | None = None) -> str:
    """Returns why wrong labels are not looked for, as a sentence; "" where they are.

    Args:
        checked: The pictures, N.
        groups: Those of `wrong_labels`; None while they are not known, which is asked first as it costs nothing.
    """
    count = Counter(picture.label for picture in checked.pictures)
    few = [name for label, name in enumerate(checked.classes) if count[label] < FEWEST]
    if len(checked.classes) < 2:
        return "Wrong labels are looked for once there are two classes."
    if few:
        return f"Wrong labels are looked for once every class has {FEWEST} pictures."
    return "" if groups is None else _too_few_groups(checked, groups)


def _too_few_groups(checked: CheckedSet, groups: Sequence[str]) -> str:
    """Returns which class has too few groups to be judged by the rest of it, or one that is most of it; else ""."""
    sizes: list[Counter[str]] = [Counter() for _ in checked.classes]
    for picture, group in zip(checked.pictures, groups, strict=True):
        sizes[picture.label][group] += 1
    count, name = min((len(of_class), name) for of_class, name in zip(sizes, checked.classes, strict=True))
    if count < FEWEST_GROUPS:
        return (
            f"Wrong labels are looked for once every class has pictures of {IN_WORDS[FEWEST_GROUPS]} bursts "
            f"or moments; {name} has {IN_WORDS[count]}."
        )
    for of_class, name in zip(sizes, checked.classes, strict=True):
        if (largest := max(of_class.values())) > LARGEST_GROUP * of_class.total():
            return (
                "Wrong labels are looked for once no burst is more than half of its class; "
                f"one of {name} is {largest:,} of {of_class.total():,} pictures."
            )
    return ""


def wrong_labels(
    checked: CheckedSet,
    features: np.ndarray,
    groups: Sequence[str],
    digests: Sequence[str],
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
) -> list[Finding]:
    """Returns a finding for each suspected picture, the surest first.

    Args:
        checked: The pictures, N.
        features: Of a frozen network, (N, feature_size); rows that are not finite are left out.
        groups: A name for each picture, equal for those that are never divided: a copy with the same wrong label would
            vouch for it.
        digests: SHA-256 of each file.
        progress: Told (folds done, folds in all).
        should_stop: Asked before every fold.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    labels = np.array([picture.label for picture in checked.pictures])
    known = np.flatnonzero(np.isfinite(features).all(axis=1))
    labels, rows = labels[known], features[known]
    folds = folds_of(labels.tolist(), [groups[at] for at in known.tolist()], FOLDS)
    classes = len(checked.classes)
    probabilities, suspected = _judged(rows, labels, folds, classes, progress, should_stop)
    found = []
    for place in by_suspicion(labels, probabilities, suspected).tolist():
        picture, other = checked.pictures[known[place]], int(suspected[place])
        share, own = probabilities[place, other], probabilities[place, labels[place]]
        said = (
            f"Labelled {checked.classes[picture.label]}, but a linear layer that learnt from the other pictures says "
            f"{checked.classes[other]} ({share:.0%}, against {own:.0%})."
        )
        key = key_of("wrong label", [digests[known[place]], checked.classes[picture.label]])
        found.append(Finding("wrong label", said, (picture,), "move", to_label=other, key=key))
    return found


def _judged(
    features: np.ndarray,
    labels: np.ndarray,
    folds: np.ndarray,
    classes: int,
    progress: ProgressCallback,
    should_stop: ShouldStop,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the probabilities of the second round, and the class each picture surely shows instead, or -1."""
    steps = 2 * len(np.unique(folds))
    first = out_of_fold(features, labels, folds, classes, lambda done, _: progress(done, steps), should_stop)
    doubted = suspected_labels(labels, first) >= 0
    before, after = (np.bincount(labels[which], minlength=classes) for which in (np.ones_like(doubted), ~doubted))
    if (2 * after < before).any():  # so many that little of a class would be left to fit to
        doubted[:] = False

    def told(done: int, _: int) -> None:
        progress(steps // 2 + done, steps)

    second = out_of_fold(features, labels, folds, classes, told, should_stop, doubted)
    return second, surely_another(labels, second)
