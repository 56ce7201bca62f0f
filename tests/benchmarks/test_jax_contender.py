"""The JAX contender computes the training that the compiled engine computes, so that their times can be compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.settings import CircuitSettings, ModelSettings, TrainingSettings
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import KeptFeatures, TrainingTask

TRAIN, VAL, FEATURES = 18, 7, 5  # the last batch is short


def tasks(circuit: CircuitSettings, precision: str) -> list[TrainingTask]:
    rng = np.random.default_rng(3)
    labels = np.arange(TRAIN + VAL) % 3
    rows = (rng.standard_normal((3, FEATURES))[labels] + rng.standard_normal((TRAIN + VAL, FEATURES))).astype("f")
    source = KeptFeatures(rows[:TRAIN], rows[TRAIN:], labels[:TRAIN], labels[TRAIN:], classes=3)
    training = TrainingSettings(epochs=4, batch_size=4, learning_rate=0.02, step_size=2, q_delta=0.5)
    return [TrainingTask(circuit, replace(training, seed=seed), source, precision) for seed in (0, 7)]


@pytest.mark.parametrize(
    ("circuit", "precision", "exact"),
    [
        (CircuitSettings(4, 6), "double", 1e-10),
        (CircuitSettings(4, 6), "single", 1e-4),
        (CircuitSettings(6, 2, "ring"), "double", 1e-10),
    ],
)
def test_it_trains_as_the_compiled_engine_does(circuit, precision, exact):
    jax = pytest.importorskip("jax")
    from benchmarks.jax_training import inputs_of, pictures_of, training_of

    works = tasks(circuit, precision)
    with jax.enable_x64(precision == "double"):
        curves, weights = training_of(works[0], len(works))(inputs_of(works), pictures_of(works[0]))
        alone, _ = training_of(works[0], 1)(inputs_of(works[:1]), pictures_of(works[0]))
    np.testing.assert_allclose(alone.val_losses, curves.val_losses[0], atol=exact)
    for seed, run in enumerate(train_many(works, lambda: False)):
        np.testing.assert_allclose(curves.train_losses[seed], run.train_losses, atol=exact)
        np.testing.assert_allclose(curves.val_losses[seed], run.val_losses, atol=exact)
        np.testing.assert_allclose(curves.val_accuracies[seed], run.val_accuracies, atol=1e-6)
        for name, values in run.best_weights.items():
            np.testing.assert_allclose(weights[name][seed], values, atol=10 * exact, err_msg=name)


def test_it_refuses_what_it_does_not_train():
    pytest.importorskip("jax")
    from benchmarks.jax_training import training_of

    with pytest.raises(ValueError, match="recipe alone"):
        training_of(replace(tasks(CircuitSettings(), "single")[0], model=ModelSettings("linear")), 1)
