"""The walk beyond the last gate: the numbers are those of the layer after the circuit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ui.base.theme import MEASUREMENT
from ui.circuit.answer_steps import ANSWER, MEASURED, SCORES, SHARES, LayerAfter, stage_figure, stage_words, stages_of
from ui.circuit.input import Input

LAYER = LayerAfter(("ants", "bees"), np.array([[2.0, -1.0], [-0.5, 0.25]]), np.array([0.1, -0.2]))
READ = np.array([0.5, -0.8])
PICTURE = Input(np.zeros(2), "this picture", true=1)


def test_every_step_says_and_draws_what_torch_computes():
    scores = torch.nn.functional.linear(torch.tensor(READ), torch.tensor(LAYER.weights), torch.tensor(LAYER.bias))
    shares = scores.softmax(0).numpy()
    assert "Qubit 0 +0.50, qubit 1 −0.80." in stage_words(MEASURED, READ, LAYER, PICTURE)
    assert "mean of +1 for each 0 and −1 for each 1, here computed exactly" in stage_words(
        MEASURED, READ, LAYER, PICTURE
    )
    assert "ants +0.10 +2.00 × +0.50 −1.00 × (−0.80) ≈ +1.90" in stage_words(SCORES, READ, LAYER, PICTURE)
    assert f"ants {100 * shares[0]:.1f}%" in stage_words(SHARES, READ, LAYER, PICTURE)
    said = stage_words(ANSWER, READ, LAYER, PICTURE)
    assert f"**ants**, {100 * shares[0]:.0f}%, which is wrong." in said
    drawn = {stage: stage_figure(stage, READ, LAYER).data[0].x for stage in (MEASURED, SCORES, ANSWER)}
    np.testing.assert_allclose(drawn[MEASURED], READ)
    np.testing.assert_allclose(drawn[SCORES], scores.numpy())
    np.testing.assert_allclose(drawn[ANSWER], shares)


@pytest.mark.parametrize(("layer", "count"), [(LAYER, 4), (None, 1)])
def test_without_a_trained_layer_the_walk_ends_at_the_measurement(layer, count):
    assert len(stages_of(layer)) == count


def test_a_class_has_its_colour_in_scores_and_in_the_answer():
    layer = LayerAfter(("cats", "dogs"), LAYER.weights[:2], LAYER.bias[:2], ("#111111", "#222222"))
    for stage in (SCORES, ANSWER):
        assert tuple(stage_figure(stage, READ, layer).data[0].marker.color) == ("#111111", "#222222")
    assert stage_figure(MEASURED, READ, layer).data[0].marker.color == MEASUREMENT
