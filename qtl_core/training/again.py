"""The pictures and features of a run that is over, found again as they were when it was trained."""

from __future__ import annotations

from qtl_core.callbacks import ShouldStop
from qtl_core.errors import UserError
from qtl_core.training.events import Prepared
from qtl_core.training.preparation import Preparation
from qtl_core.training.remembered import cached_preparation

MUST_MATCH = ("classes", "train_size", "val_files", "val_labels", "weights_sha256")  # else they would not be the run's


def restore_preparation(then: Prepared, should_stop: ShouldStop, refused: str) -> Preparation:
    """Returns a run's pictures and features.

    Training pictures come as they are, also where augmented views of them were trained on: views would be many
    features for one picture.

    Args:
        then: What was trained on.
        should_stop: Asked often.
        refused: What cannot be had without them, as a sentence.

    Raises:
        UserError: They are not those the run was trained with, or their features are not kept.
        StoppedByUser: `should_stop` said so.
    """
    if then.from_elsewhere:
        raise UserError(refused, "It was trained elsewhere, on pictures that are not known here.")
    found = cached_preparation(then.settings.changed(augmentation=False), should_stop)
    if any(getattr(then, name) != getattr(found.prepared, name) for name in MUST_MATCH):
        raise UserError(
            refused,
            "The pictures or the network's weights are no longer those it was trained with.",
            "Train again, on what is there now.",
        )
    return found
