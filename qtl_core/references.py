"""What a model compares pictures with: the features kept of its training; the head that comes along brings its own.

Called in a worker, or from a shell; torch is imported only then.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.bundled import RUN_ID, bundled_reference
from qtl_core.callbacks import never_stop
from qtl_core.doubt import FEWEST, Reference, reference_from
from qtl_core.errors import UserError
from qtl_core.training.events import Prepared

if TYPE_CHECKING:
    from qtl_core.answering import Model
    from qtl_core.training.task import KeptFeatures

KEPT = 3  # references, each 1 MB at the recipe's size
MOST_PICTURES = 5_000  # training pictures to compare with, evenly picked: 25 MB of features


def reference_for(model: Model) -> Reference | str:
    """Returns what a model compares pictures with, or the sentence that says why there is nothing."""
    try:
        return bundled_reference() if model.key == RUN_ID else _remembered(model)
    except UserError as error:
        return error.what


@lru_cache(maxsize=KEPT)
def _remembered(model: Model) -> Reference:
    """A failure is not remembered: another training may keep the features again."""
    return reference_of(model.run.prepared)


def reference_of(prepared: Prepared) -> Reference:
    """Makes the reference of a run from the features that were kept when it was trained.

    Raises:
        UserError: There can be none; `what` says why.
    """
    if prepared.settings.training.backbone_mode == "published":
        raise UserError(
            "As published, the image network itself drifted while this run was trained, so no features were kept that "
            "a picture could be compared with."
        )
    if prepared.val_size < FEWEST:
        raise UserError(
            f"Only {prepared.val_size} pictures were held out from its training, too few to say how far away a picture "
            f"of its kind may be; that takes {FEWEST}."
        )
    source = _kept_features(prepared)
    return reference_from(_evenly(source.train), source.val)


def _kept_features(prepared: Prepared) -> KeptFeatures:
    from qtl_core.training.again import prepared_again

    gone = "The features of its training pictures are no longer kept here, or the pictures have changed since."
    try:
        return prepared_again(prepared, never_stop, gone).source
    except UserError as error:
        raise UserError(gone) from error


def _evenly(features: np.ndarray) -> np.ndarray:
    count = len(features)
    return features[np.linspace(0, count - 1, min(count, MOST_PICTURES)).round().astype(int)]
