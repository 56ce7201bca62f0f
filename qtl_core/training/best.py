"""Which epoch's weights are kept: the one with the best validation figure, the first of equals."""

from __future__ import annotations

from dataclasses import replace

from qtl_core.training.events import Checkpoint


def improves(best_by: str, before: Checkpoint, val_accuracy: float, val_loss: float) -> bool:
    """Whether these figures beat the best ones in `before`, by "accuracy" or by "loss"."""
    if best_by == "loss":
        return val_loss < before.best_val_loss
    return val_accuracy > before.best_val_accuracy


def with_best(checkpoint: Checkpoint, val_accuracy: float, val_loss: float) -> Checkpoint:
    """Returns the checkpoint with its own epoch as the best one."""
    return replace(
        checkpoint,
        best_epoch=checkpoint.epoch,
        best_val_accuracy=val_accuracy,
        best_val_loss=val_loss,
        best_weights=checkpoint.weights,
        best_backbone_state=checkpoint.backbone_state,
    )
