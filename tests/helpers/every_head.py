"""Runs with every head of the registry, on plain and on standardised features: random weights far from any start."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.network.head_scores import MEAN, SCALE, class_scores
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import CircuitSettings, ModelSettings, RunSettings
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_count, parameter_shapes
from qtl_core.training.feature_memory import restore_preparation

CASES = [(name, standardise) for name in HEADS for standardise in (False, True)]
every_head = pytest.mark.parametrize(
    ("head", "standardise"), CASES, ids=[f"{name}{'-standardised' * each}" for name, each in CASES]
)


def made_weights(
    feature_size: int,
    classes: int,
    circuit: CircuitSettings,
    model: ModelSettings,
    *,
    standardise: bool = False,
    seed: int = 3,
) -> dict[str, np.ndarray]:
    """A head's weights, float32, drawn at random; where features are standardised, with what does that."""
    rng = np.random.default_rng(seed)
    shapes = parameter_shapes(feature_size, classes, circuit, model)
    spread = {"pre_net.weight": 1.5 / np.sqrt(feature_size), "q_params": 0.8, "post_net.bias": 0.05}
    made = {name: spread.get(name, 0.7) * rng.standard_normal(shape) for name, shape in shapes.items()}
    if standardise:
        made |= {MEAN: rng.normal(0.2, 0.1, feature_size), SCALE: rng.uniform(0.5, 3, feature_size)}
    return {name: values.astype(np.float32) for name, values in made.items()}


def with_head(view: RunView, head: str, *, standardise: bool = False, seed: int = 3) -> TrainedRun:
    """The run with another head in place of its own, and what that head says of its validation pictures.

    Its circuit, pictures and image network stay; every epoch has the same weights.
    """
    run = TrainedRun.of(view)
    settings = run.prepared.settings.changed(head=head, standardise=standardise)
    sizes = run.prepared.feature_size, len(run.prepared.classes), settings.circuit, settings.model
    weights = made_weights(*sizes, standardise=standardise, seed=seed)
    prepared = replace(run.prepared, settings=settings, asked=settings, parameters=parameter_count(*sizes))
    features = restore_preparation(run.prepared, lambda: False, "").features.val
    scores = class_scores(settings.circuit, weights, features, settings.model)
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    labels = np.array(prepared.val_labels)
    accuracy = float((shares.argmax(axis=1) == labels).mean())
    loss = float(-np.log(shares[np.arange(len(labels)), labels]).mean())
    epochs = []
    for each in run.epochs:
        checkpoint = replace(
            each.checkpoint,
            weights=weights,
            best_weights=weights if each is run.epochs[-1] else {},
            first_moments={},
            second_moments={},
            best_epoch=1,
            best_val_accuracy=accuracy,
            best_val_loss=loss,
        )
        figures = {"val_loss": loss, "val_accuracy": accuracy, "is_best": each.epoch == 1, "layer_gradients": ()}
        epochs.append(replace(each, val_probabilities=shares, checkpoint=checkpoint, **figures))
    ended = run.ended and replace(run.ended, best_epoch=1, best_val_accuracy=accuracy, best_val_loss=loss)
    return TrainedRun(prepared=prepared, epochs=tuple(epochs), ended=ended)


def settings_of(head: str, **changes: object) -> RunSettings:
    """Usual settings with another head."""
    return RunSettings().changed(head=head, **changes)
