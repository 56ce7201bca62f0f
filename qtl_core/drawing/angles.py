"""The circuit's angles that a drawing shows: before training, while it goes on, and in the end."""

from __future__ import annotations

import numpy as np

from qtl_core.network.initial_weights import initial_weights
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings
from qtl_core.settings.backbones import BACKBONES

ANY_CLASSES = 2  # the circuit's angles are drawn before the classes' layer, so their number does not matter


def untrained_angles(settings: RunSettings, feature_size: int | None = None) -> np.ndarray:
    """Returns the angles that training starts from, shape (weight_count,), radians.

    Args:
        settings: Circuit, spread and seed.
        feature_size: Features of a picture where they are known; else the chosen backbone's, since all of a run's
            randomness is drawn in one sequence and the layer before the circuit comes first.
    """
    features = feature_size or BACKBONES[settings.data.backbone].feature_size
    training = settings.training
    return initial_weights(features, ANY_CLASSES, settings.circuit, training.q_delta, training.seed)["q_params"]


def run_angles(view: RunView) -> tuple[np.ndarray, np.ndarray]:
    """Returns a run's angles as they stand, and as they were before training, each of shape (weight_count,), radians.

    As they stand: the last epoch's while it trains, the best epoch's once it is over. What those of a head trained
    elsewhere were before is not known: NaN.

    Raises:
        ValueError: The run's settings are not known yet.
    """
    if view.prepared is None:
        raise ValueError("the run is still being prepared")
    if view.prepared.from_elsewhere:
        now = TrainedRun.of(view).checkpoint.best_weights["q_params"]
        return now, np.full_like(now, np.nan)
    before = untrained_angles(view.prepared.settings, view.prepared.feature_size)
    if view.checkpoint is None:
        return before, before
    weights = view.checkpoint.best_weights if view.is_over else view.checkpoint.weights
    return weights["q_params"], before
