"""Model cards: what a run is before it is asked, and when its answers mean nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qtl_core.inference.bundled import bundled_run
from qtl_core.inference.model_card import constant_answer, limits_in_words, model_card
from qtl_core.inference.own_weights import brings_own_network, weights_problem

BUNDLED = bundled_run()
SEEN_BEFORE = "Its image network learnt from 1.3 million photos before, perhaps from some of these, too."


def with_answers(probabilities: np.ndarray):
    best = BUNDLED.best
    epochs = tuple(replace(each, val_probabilities=probabilities) if each is best else each for each in BUNDLED.epochs)
    return replace(BUNDLED, epochs=epochs)


def test_it_says_what_was_learnt_from_how_good_it_is_and_what_it_is_made_of():
    learnt, checked, photos, made = model_card(BUNDLED, is_bundled=True)
    right = BUNDLED.prepared.pictures_right(BUNDLED.checkpoint.best_val_accuracy)
    assert learnt == "It tells ants from bees. It learnt that from 244 drawings."
    assert checked.startswith(f"Of 153 drawings kept for checking it gets {right} right")
    assert "with 95% confidence" in checked
    assert checked.endswith(". They also chose the moment of training kept, which flatters it.")
    assert photos.startswith("Of 153 real photos")
    assert photos.endswith(SEEN_BEFORE)
    assert "EfficientNet-Lite0 (19 MB" in made
    assert "4 qubits and 6 layers" in made
    assert len(model_card(BUNDLED)) == 3
    assert "misses 42 of 200" in limits_in_words(BUNDLED, is_bundled=True)


def test_photos_may_have_been_seen_before_and_a_single_epoch_was_not_chosen():
    data = replace(BUNDLED.prepared.settings.data, source="photos")
    settings = replace(BUNDLED.prepared.settings, data=data)
    of_photos = replace(BUNDLED, prepared=replace(BUNDLED.prepared, settings=settings))
    _, checked, _ = model_card(of_photos)
    assert checked.endswith(f"They also chose the moment of training kept, which flatters it. {SEEN_BEFORE}")
    once = replace(of_photos, epochs=of_photos.epochs[-1:])
    assert "chose" not in model_card(once)[1] and model_card(once)[1].endswith(SEEN_BEFORE)
    brought = replace(once, prepared=replace(once.prepared, weights_sha256="ab" * 32))
    assert "before" not in model_card(brought)[1]  # of weights that a person brought, nobody knows
    assert SEEN_BEFORE not in " ".join(model_card(BUNDLED))


def test_three_classes_are_told_apart_and_what_is_not_known_is_not_said():
    prepared = replace(BUNDLED.prepared, classes=("a", "b", "c"), train_size=0, val_size=0)
    learnt, checked, _ = model_card(replace(BUNDLED, prepared=prepared))
    assert learnt == "It tells a, b and c apart. It was trained elsewhere: what it learnt from is not known here."
    assert checked == "How good it is was not measured."
    assert (
        limits_in_words(replace(BUNDLED, prepared=prepared)) == "Whatever it is shown, it names one of these classes."
    )


def test_a_run_that_answers_everything_alike_is_found_and_a_broken_one_is_not_taken_for_one():
    assert constant_answer(BUNDLED) == ""
    assert constant_answer(with_answers(np.tile([0.2, 0.8], (153, 1)))) == "bees"
    assert constant_answer(with_answers(np.full((153, 2), np.nan))) == ""


def test_missing_and_other_weights_are_told_apart_without_a_path(own_home):
    def problem(backbone: str, sha256: str) -> str:
        settings = BUNDLED.prepared.settings.changed(backbone=backbone)
        found = weights_problem(
            replace(BUNDLED, prepared=replace(BUNDLED.prepared, settings=settings, weights_sha256=sha256))
        )
        return str(found or "")

    assert weights_problem(BUNDLED) is None
    assert "not those this run was trained with" in problem("efficientnet_lite0", "0" * 64)
    assert "Train once with ResNet-34, which downloads them" in problem("resnet34", "")
    assert "Whoever runs this server" in problem("resnet34", "0" * 64)
    assert str(own_home) not in problem("resnet34", "") + problem("efficientnet_lite0", "0" * 64)


def test_a_run_that_brings_its_whole_network_needs_no_file():
    last = BUNDLED.epochs[-1]
    kept = replace(last.checkpoint, best_backbone_state={"conv1.weight": np.zeros((2, 3, 3, 3))})
    own = replace(BUNDLED, epochs=(*BUNDLED.epochs[:-1], replace(last, checkpoint=kept)))
    assert brings_own_network(own)
    assert not brings_own_network(BUNDLED)
    assert weights_problem(own) is None
