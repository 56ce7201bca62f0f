"""The division into folds: of the training and the validation pictures together, by scikit-learn, equal for all seeds.

What belongs together, such as copies of a picture or a burst of the camera, is never divided between two folds: beside
its twin a held-out picture would be known by heart.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.settings import DataSettings, spec_of

FEWEST, MOST = 2, int(spec_of(DataSettings(), "divided_into").high)
DIVIDED_BY = 0  # not the run's seed: all seeds are judged by the same folds


def folds_of(labels: np.ndarray, folds: int, classes: Sequence[str], groups: Sequence[str] = ()) -> list[np.ndarray]:
    """Returns the indices of each fold's pictures: stratified, and no group in two of them.

    Args:
        labels: The class of every picture, shape (pictures,).
        folds: How many.
        classes: Their names, for messages.
        groups: What belongs together has the same text; "" where a picture is alone.

    Raises:
        UserError: A class has fewer pictures, or groups of them, than there are folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

    keys = np.array([group or f"alone {place}" for place, group in enumerate(groups or [""] * len(labels))])
    for label, name in enumerate(classes):
        units = len(set(keys[labels == label].tolist()))
        if units < folds:
            raise too_few_to_divide(name, int((labels == label).sum()), units, folds)
    if len(set(keys.tolist())) == len(keys):
        splits = StratifiedKFold(folds, shuffle=True, random_state=DIVIDED_BY).split(labels, labels)
    else:
        splits = StratifiedGroupKFold(folds, shuffle=True, random_state=DIVIDED_BY).split(labels, labels, keys)
    found = [held_out for _, held_out in splits]
    for held_out in found:
        learnt = np.bincount(np.delete(labels, held_out), minlength=len(classes))
        if not len(held_out) or not learnt.all():
            raise too_few_to_divide(classes[int(learnt.argmin())], int((labels == learnt.argmin()).sum()), 1, folds)
    return found


def too_few_to_divide(name: str, pictures: int, units: int, folds: int) -> UserError:
    """Returns the words for a class that cannot be in every fold; it has so many pictures in so many units."""
    what = f"The class {name} has too few pictures for {folds} folds."
    together = f", which belong together in {units} groups of copies or bursts" if units < pictures else ""
    return UserError(what, f"It has {pictures:,}{together}.", f"Choose {max(FEWEST, min(units, folds - 1))} folds.")
