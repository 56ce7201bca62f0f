"""References to compare pictures with: features kept of a model's training; the bundled head brings its own.

Called in a worker, or from a shell; torch is imported only then.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.errors import Unavailable, UserError
from qtl_core.common.progress import ShouldStop, never_stop
from qtl_core.evaluation.ood import MIN_PICTURES, OodReference, directions, fit_ood_reference
from qtl_core.inference.bundled import HELD_OUT, RUN_ID, bundled_reference, bundled_run, photo_distances
from qtl_core.runs.events import Prepared

if TYPE_CHECKING:
    from qtl_core.inference.requests import TrainedModel
    from qtl_core.training.task import KeptFeatures

CACHE_SIZE = 3  # references, each 1 MB at the recipe's size
MOST_PICTURES = 5_000  # training pictures to compare with, evenly picked: 25 MB of features

_kept: OrderedDict[TrainedModel, OodReference] = OrderedDict()  # of this process, which does one job at a time


def reference_for(model: TrainedModel, should_stop: ShouldStop = never_stop) -> OodReference | Unavailable:
    """Returns what a model compares pictures with, or the sentence on why there is nothing.

    A failure is not remembered: another training may keep the features again.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    if model.key == RUN_ID:
        return bundled_reference()
    try:
        found = _kept.pop(model, None) or reference_of(model.run.prepared, should_stop)
    except UserError as error:
        return Unavailable(error.what)
    _kept[model] = found
    while len(_kept) > CACHE_SIZE:
        _kept.popitem(last=False)
    return found


def reference_of(prepared: Prepared, should_stop: ShouldStop = never_stop) -> OodReference:
    """Makes the reference of a run from the features that were kept when it was trained.

    Raises:
        UserError: There can be none; `what` says why.
        StoppedByUser: `should_stop` said so.
    """
    if prepared.from_elsewhere:
        raise UserError(
            "It was trained elsewhere, on pictures that are not known here, so there are none to compare with."
        )
    if prepared.settings.training.backbone_mode == "published":
        raise UserError(
            "As published, the image network itself drifted while this run was trained, so no features were kept that "
            "a picture could be compared with."
        )
    pictures = prepared.train_size + prepared.val_size
    if pictures < MIN_PICTURES:
        raise UserError(
            f"It knows only {pictures} pictures, too few to say how far away one of their kind may be: that takes "
            f"{MIN_PICTURES}."
        )
    source, trained_on = _kept_features(prepared, should_stop), trained_on_words(prepared)
    if has_photo_limit(prepared):
        return OodReference(directions(source.train), photo_distances(), HELD_OUT, trained_on)
    return fit_ood_reference(evenly(source.train), source.val, trained_on)


def has_photo_limit(prepared: Prepared) -> bool:
    """Returns whether real photos were measured beside what this run learnt from.

    So it is of the whole drawn set through the image network of the bundled head: its limit is then read from real
    photos. Elsewhere it is read from the run's own held-out pictures.
    """
    measured = bundled_run().prepared
    return (
        prepared.settings.data.source == "drawn"
        and prepared.weights_sha256 == measured.weights_sha256
        and (prepared.train_size, prepared.classes) == (measured.train_size, measured.classes)
    )


def trained_on_words(prepared: Prepared) -> str:
    """Returns what a run learnt from, for "it only saw ..."."""
    nouns = {"drawn": "drawings", "photos": "photos", "folder": "pictures", "dataset": "pictures"}
    *first, last = prepared.classes
    return f"{nouns[prepared.settings.data.source]} of {', '.join(first)} and {last}"


def _kept_features(prepared: Prepared, should_stop: ShouldStop) -> KeptFeatures:
    from qtl_core.training.feature_memory import restore_preparation

    gone = "The features of its training pictures are no longer kept here, or the pictures have changed since."
    try:
        return restore_preparation(prepared, should_stop, gone).features
    except UserError as error:
        raise UserError(gone) from error


def evenly(features: np.ndarray) -> np.ndarray:
    """Returns the rows that pictures are compared with: all, or `MOST_PICTURES` evenly picked ones."""
    count = len(features)
    return features[np.linspace(0, count - 1, min(count, MOST_PICTURES)).round().astype(int)]
