"""What training changed in every head of the registry: each part that it has and that learns, held against numpy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qtl_core.explain.training_change_words import (
    circuit_words,
    conclusion_words,
    summary_words,
    turn_words,
    where_learnt_words,
)
from qtl_core.explain.training_changes import (
    ANGLES,
    EVERYTHING,
    LAYER_AFTER,
    LAYER_BEFORE,
    NO_CNOTS,
    PARTS,
    ZERO_ANGLES,
    TrainingChanges,
    is_finite,
    parts_of,
    training_changes,
)
from qtl_core.network.head_scores import class_scores
from qtl_core.settings import RunSettings
from qtl_core.settings.heads import HEADS
from tests.helpers.every_head import every_head, made_weights

FEATURES, PICTURES = 6, 50


def changed(settings: RunSettings, **fixed: bool) -> tuple[TrainingChanges, dict, dict, np.ndarray, np.ndarray]:
    """A start, a head far from it but for the parts that stand still, and what is found of the two."""
    sizes = FEATURES, 2, settings.circuit, settings.model
    start = made_weights(*sizes, standardise=settings.training.standardise, seed=1)
    now = made_weights(*sizes, standardise=settings.training.standardise, seed=2)
    for part, names in PARTS.items():
        if part in fixed:
            now |= {name: start[name] for name in names if name in start}
    moved = {name: start[name] for name in start if name.startswith("standardise.")}
    now |= moved  # what standardises the features never learns
    features = np.random.default_rng(4).normal(0.3, 1, (PICTURES, FEATURES)).astype(np.float32)
    labels = class_scores(settings.circuit, now, features, settings.model).argmax(axis=1)
    labels[:4] = 1 - labels[:4]
    return training_changes(settings, start, now, features, labels), start, now, features, labels


@every_head
def test_each_part_that_learns_is_set_back_alone_and_all_of_them_together(head, standardise):
    settings = RunSettings().changed(head=head, standardise=standardise, qubits=3, depth=2, hidden_units=5)
    fixed = {ANGLES: True} if head == "dressed_fixed" else {}
    found, start, now, features, labels = changed(settings, **fixed)
    parts = parts_of(settings.model)
    assert found.moved.keys() == parts.keys()
    assert found.trained.correct == PICTURES - 4
    learning = [part for part in parts if part not in fixed] if len(parts) > 1 else []
    of_circuit = [ZERO_ANGLES, NO_CNOTS] if HEADS[head].has_circuit else []
    assert list(found.resets) == [*learning, EVERYTHING, *of_circuit]
    for name in (*learning, EVERYTHING):
        back = parts[name] if name in parts else [each for mine in parts.values() for each in mine]
        other = now | {each: start[each] for each in back}
        then = class_scores(settings.circuit, other, features, settings.model).argmax(axis=1)
        assert found.resets[name].score.correct == (then == labels).sum()
    for part, names in parts.items():
        change = np.concatenate([np.ravel(now[name].astype(float) - start[name]) for name in names])
        assert found.moved[part].rms == pytest.approx(np.sqrt(np.square(change).mean()))


@every_head
def test_sentences_speak_of_the_parts_that_there_are(head, standardise):
    settings = RunSettings().changed(head=head, standardise=standardise, qubits=3, depth=2, hidden_units=5)
    found, *_ = changed(settings, **({ANGLES: True} if head == "dressed_fixed" else {}))
    said = " ".join((summary_words(found), *circuit_words(found)))
    assert "nan" not in said and "inf" not in said
    if HEADS[head].has_circuit:
        assert "angles" in said
    else:
        assert "angle" not in said and "CNOT" not in said and "layer before" not in said
        assert turn_words(found) == "There is no circuit in this head, and so no angle that training could turn."
        assert where_learnt_words(found) == conclusion_words(found)
    assert ("one linear layer: training moved its 14 numbers" in said) == (head == "linear")
    assert ("Training moved the first layer by" in said) == (head in ("bottleneck", "mlp"))
    assert ("6 angles stand still" in said) == (head == "dressed_fixed")


def test_what_was_chosen_to_stand_still_is_said_so_and_not_set_back():
    settings = RunSettings().changed(head="mlp", hidden_units=5, freeze="pre_net")
    found, *_ = changed(settings, **{LAYER_BEFORE: True})
    assert found.still == (LAYER_BEFORE,)
    assert list(found.resets) == [LAYER_AFTER, EVERYTHING]
    said = summary_words(found)
    assert "Training moved the last layer by" in said
    assert "; the first layer stood still, as chosen." in said


def test_a_linear_head_owes_all_that_it_gets_right_to_its_one_layer():
    found, start, _, features, labels = changed(RunSettings().changed(head="linear"))
    before = (class_scores(RunSettings().circuit, start, features, found.model).argmax(axis=1) == labels).sum()
    assert conclusion_words(found).startswith(f"46 of 50 are right instead of {before} at the start; more than luck")


@pytest.mark.parametrize("head", HEADS)
def test_a_head_with_a_part_that_is_no_number_has_no_answers(head):
    settings = RunSettings().changed(head=head)
    _, start, now, features, labels = changed(settings)
    now["post_net.bias"][0] = np.nan
    assert not is_finite(now, settings.model)
    found = training_changes(settings, start, now, features, labels)
    assert not found.resets
    assert summary_words(replace(found)).endswith("is not known: its weights stopped being finite.")
