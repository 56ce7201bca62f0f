"""The circuit's angles that a drawing shows: before training, while it goes on, and in the end."""

from __future__ import annotations

import numpy as np

from qtl_core.common.errors import UserError
from qtl_core.network.initial_weights import initial_weights
from qtl_core.pictures.backbones.weights_files import spec_of
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import RunSettings

ANY_CLASSES = 2  # the circuit's angles are drawn before the classes' layer, so their number does not matter


def untrained_angles(settings: RunSettings, feature_size: int | None = None) -> np.ndarray:
    """Returns the angles that training starts from, shape (weight_count,), radians.

    Those of the circuit itself, whatever the head: one without a circuit has none.

    Args:
        settings: Circuit, spread and seed.
        feature_size: Features of a picture where they are known; else the chosen backbone's, since all of a run's
            randomness is drawn in one sequence and the layer before the circuit comes first.
    """
    features = feature_size or spec_of(settings.data.backbone).feature_size
    training = settings.training
    return initial_weights(features, ANY_CLASSES, settings.circuit, training.q_delta, training.seed)["q_params"]


def why_no_circuit(settings: RunSettings) -> str:
    """Returns the sentence that says why a run has no circuit to draw or to export, or ""."""
    if settings.model.spec.has_circuit:
        return ""
    return f"The head has no circuit: it is {spoken_head(settings.model.spec.title)}."


def check_circuit(settings: RunSettings, refused: str) -> None:
    """Refuses a run without a circuit.

    Args:
        settings: The run's.
        refused: What cannot be had of it, as a sentence.

    Raises:
        UserError: It has none.
    """
    if why := why_no_circuit(settings):
        raise UserError(refused, why, "Choose a dressed circuit as the head, or a run that was trained with one.")


def spoken_head(title: str) -> str:
    """Returns a head's title within a sentence: "a linear layer"."""
    return f"a {title[0].lower()}{title[1:]}"


def run_angles(view: RunView) -> tuple[np.ndarray, np.ndarray]:
    """Returns a run's angles as they stand, and as they were before training, each of shape (weight_count,), radians.

    As they stand: the last epoch's while it trains, the best epoch's once it is over. What those of a head trained
    elsewhere were before is not known: NaN. Of a head without a circuit there are none.

    Raises:
        ValueError: The run's settings are not known yet.
    """
    if view.prepared is None:
        raise ValueError("the run is still being prepared")
    if not view.prepared.settings.model.spec.has_circuit:
        return np.zeros(0), np.zeros(0)
    if view.prepared.from_elsewhere:
        now = TrainedRun.of(view).checkpoint.best_weights["q_params"]
        return now, np.full_like(now, np.nan)
    if view.checkpoint is None:
        before = untrained_angles(view.prepared.settings, view.prepared.feature_size)
        return before, before
    weights = view.checkpoint.best_weights if view.is_over else view.checkpoint.weights
    carried = view.checkpoint.start_weights.get("q_params")
    before = untrained_angles(view.prepared.settings, view.prepared.feature_size) if carried is None else carried
    return weights["q_params"], before
