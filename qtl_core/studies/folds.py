"""Runs over folds: every picture but those of the test is held out once, the same division for every cell and seed.

The folds are those of `training.folds`. What is learnt from is one array a fold, which all its runs share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.training.cross_validation import all_of, groups_of
from qtl_core.training.folds import folds_of
from qtl_core.training.task import KeptFeatures

if TYPE_CHECKING:
    from qtl_core.training.preparation import Preparation


@dataclass(frozen=True, eq=False)
class Divided:
    """Pictures divided into folds as they are asked for.

    Attributes:
        preparation: Of all training and validation pictures, without augmented views.
    """

    preparation: Preparation
    _made: dict[tuple[int, int], KeptFeatures] = field(default_factory=dict, repr=False)

    def source(self, fold: int, folds: int) -> KeptFeatures:
        """Returns the features to learn from, and as validation those of a fold.

        Args:
            fold: Which one is held out, from 1.
            folds: How many there are.

        Raises:
            UserError: A class has too few pictures for so many folds.
        """
        if (fold, folds) not in self._made:
            self._made.update({(number, folds): each for number, each in enumerate(self._all(folds), start=1)})
        return self._made[fold, folds]

    def _all(self, folds: int) -> list[KeptFeatures]:
        whole, classes = self.preparation.features, self.preparation.prepared.classes
        features, labels = all_of(whole)
        divided = folds_of(labels, folds, classes, groups_of(self.preparation))
        return [_held_out(whole, features, labels, places) for places in divided]


def _held_out(whole: KeptFeatures, features: np.ndarray, labels: np.ndarray, places: np.ndarray) -> KeptFeatures:
    learnt = np.delete(np.arange(len(labels)), places)
    return KeptFeatures(
        features[learnt], features[places], labels[learnt], labels[places], classes=whole.classes, seed=whole.seed
    )
