"""Cross-validation: who is held out when, what belongs together, and what is said of the folds."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.evaluation.cross_validation import CrossValidation, Fold, fold_rows
from qtl_core.evaluation.seed_spread import best_rows
from qtl_core.settings import RunSettings
from qtl_core.training import cross_validation as module
from qtl_core.training import repeat as repeating
from qtl_core.training.compiled import warm_up as compiling
from qtl_core.training.cross_validation import cross_validate, folds_job
from qtl_core.training.feature_memory import cached_preparation
from qtl_core.training.folds import folds_of
from qtl_core.training.repeat import train_seeds, train_tasks
from tests.helpers.made_networks import quick_settings

CLASSES = ("ants", "bees")


@given(st.integers(6, 40), st.integers(6, 40), st.integers(2, 6))
@settings(max_examples=25)
def test_every_picture_is_held_out_once_and_classes_are_shared_out_evenly(ants, bees, folds):
    labels = np.array([0] * ants + [1] * bees)
    found = folds_of(labels, folds, CLASSES)
    assert sorted(np.concatenate(found).tolist()) == list(range(ants + bees))
    counts = np.array([np.bincount(labels[each], minlength=2) for each in found])
    assert (np.ptp(counts, axis=0) <= 1).all()


def test_what_belongs_together_is_in_one_fold():
    labels = np.arange(60) % 2
    groups = [f"burst {place // 5}" if place < 40 else "" for place in range(60)]
    found = folds_of(labels, 4, CLASSES, groups)
    assert sorted(np.concatenate(found).tolist()) == list(range(60))
    where = {
        group: {fold for fold, each in enumerate(found) if group in {groups[at] for at in each}} for group in groups
    }
    assert all(len(folds) == 1 for group, folds in where.items() if group)


def test_folds_are_the_same_every_time():
    labels = np.arange(30) % 2
    first, again = ([each.tolist() for each in folds_of(labels, 3, CLASSES)] for _ in range(2))
    assert len(first) == 3 and first == again


def test_a_class_with_too_few_pictures_is_refused_by_name():
    with pytest.raises(UserError, match="bees has too few pictures for 5 folds") as caught:
        folds_of(np.array([0] * 20 + [1] * 4), 5, CLASSES)
    assert caught.value.why == "It has 4." and caught.value.do == "Choose 4 folds."


def test_a_class_of_few_bursts_is_refused_though_it_has_pictures():
    labels = np.array([0] * 20 + [1] * 20)
    with pytest.raises(UserError, match="bees has too few") as caught:
        folds_of(labels, 5, CLASSES, [""] * 20 + ["one", "two"] * 10)
    assert "in 2 groups of copies or bursts" in caught.value.why


@pytest.fixture
def quick(tmp_path, monkeypatch) -> RunSettings:
    """Settings, and torch for all training: that the compiled engine gives the same is tested elsewhere."""
    monkeypatch.setattr(repeating, "_engine", lambda *_: "torch")
    monkeypatch.setattr(compiling, "warm_up", lambda: SimpleNamespace(is_alive=lambda: False))
    return quick_settings(tmp_path, epochs=3, learning_rate=0.02)


def test_a_setting_is_trained_over_its_folds_without_its_test_part(quick):
    asked = quick.changed(test_share=0.34)
    found = cross_validate(asked, 3)
    features = cached_preparation(asked, lambda: False).features
    everyone = len(features.train) + len(features.val)
    assert (len(found.folds), found.total) == (3, everyone)
    assert all(fold.train_size + fold.size == everyone for fold in found.folds)
    assert all(1 <= fold.best_epoch <= 3 and fold.right >= fold.last_right for fold in found.folds)
    assert "test pictures are in no fold" in " ".join(found.in_words())
    assert [row["fold"] for row in fold_rows(found)] == [1, 2, 3]


def test_so_many_a_class_are_learnt_from_in_every_fold(quick):
    found = cross_validate(quick.changed(per_class=3), 2)
    assert [fold.train_size for fold in found.folds] == [6, 6]
    with pytest.raises(UserError, match="fewer than 100"):
        cross_validate(quick.changed(per_class=100), 2)


@pytest.mark.parametrize("folds", [1, 21])
def test_counts_that_say_nothing_are_refused(quick, folds):
    with pytest.raises(UserError, match="folds are not allowed"):
        folds_job(quick, folds, "somebody")


def test_as_published_is_refused(quick):
    with pytest.raises(UserError, match="cannot be trained over folds"):
        folds_job(quick.changed(backbone_mode="published"), 3, "somebody")


def test_the_words_have_mean_spread_and_what_flatters(quick):
    prepared = cached_or_made(quick)
    folds = tuple(Fold(number, 8, 10, 2, right, right - 1, 0.9) for number, right in ((1, 8), (2, 10), (3, 9)))
    found = CrossValidation(prepared, 4, folds, 6, 1.0)
    words = " ".join(found.in_words("photos"))
    assert found.headline("photos") == "27 of 30 photos right, each judged by a head that had not learnt from it"
    assert "90.0% at the mean, from 80.0% to 100.0%, with a standard deviation of 10.0%" in words
    assert "which flatters; after the last epoch, which nothing chose, it is 80.0%" in words
    assert "corrected for that, the mean lies likely between 35.9% and 100.0%" in words
    assert replace(found, folds=folds[:2]).interval() is None
    assert "6 photos belong together" in words and "In 1 fold training broke down" in words


@pytest.mark.parametrize("readout", [{"shots": 3}, {"depolarizing_two": 0.2}], ids=["shots", "noise"])
def test_all_that_is_said_of_a_fold_is_of_one_reading(own_home, monkeypatch, readout):
    """Other shots would say other classes, so its recalls are of the very answers of which the right are counted."""
    found = []

    def training(tasks, *rest):
        runs = train_tasks(tasks, *rest)
        found.extend(zip(tasks, runs, strict=True))
        return runs

    monkeypatch.setattr(module, "train_tasks", training)
    points = RunSettings().changed(source="points", points=60, epochs=2, qubits=2, depth=1, learning_rate=0.05)
    folds = cross_validate(points.changed(**readout), 4).folds
    assert len(folds) == len(found) == 4
    for fold, (task, run) in zip(folds, found, strict=True):
        right, labels = run.said == task.source.val_labels, task.source.val_labels
        assert fold.right == right.sum()
        assert fold.balanced_accuracy == np.mean([right[labels == label].mean() for label in (0, 1)])


def cached_or_made(quick):
    from qtl_core.training.preparation import prepare

    return prepare(quick, lambda _: None, lambda: False).prepared


def test_seeds_share_one_test_part_and_say_what_it_found(quick):
    asked = quick.changed(test_share=0.34, per_class=3)
    band = train_seeds(asked, 5)
    size = band.prepared.test_size
    assert band.test_accuracies.shape == (5,) and set(np.rint(band.test_accuracies * size) / size) == set(
        band.test_accuracies
    )
    assert f"Of the {size} test pictures, which chose no epoch" in band.tested_in_words()
    assert [row["test_accuracy"] for row in best_rows(band)] == band.test_accuracies.tolist()
    assert (band.prepared.train_size, band.prepared.settings.data.per_class) == (6, 3)
    assert train_seeds(quick, 5).test_accuracies is None


def test_a_seed_of_the_repeat_is_the_run_with_that_seed(quick):
    """Draws of so many a class, and the test part, are those of a single run."""
    from qtl_core.training.run import train

    asked = quick.changed(test_share=0.34, per_class=3, seed=2)
    band = train_seeds(asked, 5)
    alone = train(replace(asked), keep=False)
    assert alone.prepared.train_size == 6
    assert [epoch.val_accuracy for epoch in alone.epochs] == pytest.approx(band.curves["val_accuracy"][0].tolist())
    assert alone.tested.accuracy == pytest.approx(band.test_accuracies[0])
