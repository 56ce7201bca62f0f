"""Trainings that have not come far enough: said where it is so, never of one that goes well, and with what helps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from qtl_core.evaluation.diagnosis.advice import NOTHING_LEFT, other_rate
from qtl_core.evaluation.diagnosis.checks import diagnose, sought_in_words
from qtl_core.evaluation.diagnosis.remedies import remedy_for, with_remedy
from qtl_core.evaluation.diagnosis.underfitting import (
    kept_early,
    never_answered,
    slope_and_chance,
    slow_for_numbers,
    still_falling,
    underfitted,
)
from qtl_core.runs.view import RunView, TrainedRun
from qtl_core.settings import (
    RunSettings,
    TrainingSettings,
    is_small,
    numbers_rate,
    numbers_training,
    small_set_training,
    steps_of,
)
from qtl_core.settings.presets import is_slow_for, makes_few_steps
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.task import KeptFeatures, TrainingTask
from tests.helpers.made_histories import answers, history, numbers_history

FLAT = [0.66] * 30
STUCK = {"train": (10, 9), "confusion": ((3, 1), (2, 2)), "losses": FLAT, "accuracy": 12 / 19}


def kinds(view: RunView) -> list[str]:
    return [finding.kind for finding in diagnose(view)]


def remedy(view: RunView):
    return remedy_for(TrainedRun.of(view), diagnose(view))


def test_twelve_of_nineteen_of_its_own_pictures_are_too_few():
    """27 pictures, 19 to learn from: 30 epochs of the recipe are 150 steps, and 63% are right."""
    view = history(**STUCK)
    (finding,) = [each for each in diagnose(view) if each.kind in ("underfitting", "nothing learnt")]
    assert finding.kind == "nothing learnt" or "12 of 19" in finding.what
    assert "12 of 19 (63.2%)" in underfitted(view).what or "12 of 19 (63%)" in underfitted(view).what
    assert "150 steps in 30 epochs; the paper takes 1,830" in underfitted(view).why
    found = remedy(view)
    assert found.label == "Use the small-set settings and train"
    assert found.settings.training == small_set_training(19)
    assert steps_of(found.settings.training, 19) >= 1830


@pytest.mark.parametrize(
    "changes",
    [
        {"accuracy": 17 / 19},  # what is missed while weights still move
        {"over": False},
        {"augmentation": True},  # no picture is seen twice
        {"train": (1300, 1300)},  # more pictures than numbers: no linear layer need get them all
        {"train": (62, 61)},  # no small set: what is missed may have wrong labels
        {"confusion": ((4, 0), (0, 4))},  # validation, after the epoch, is right
    ],
)
def test_what_may_be_well_is_not_called_underfitted(changes):
    assert underfitted(history(**(STUCK | changes))) is None


def test_a_loss_that_falls_to_the_end_goes_on_at_its_rate():
    falling = list(np.linspace(0.69, 0.45, 8))
    view = history((100, 100), losses=falling, epochs=8, accuracy=0.8)
    (finding,) = diagnose(view)
    assert finding.kind == "still falling" and "over the last 5 epochs" in finding.what
    assert remedy(view).label == "Train 2 more epochs"
    assert finding.do == remedy(view).do
    for schedule, label in (("constant", "Train 8 more epochs"), ("cosine", "Raise the learning rate")):
        other = history((100, 100), losses=falling, epochs=8, accuracy=0.8, schedule=schedule)
        assert remedy(other).label.startswith(label), "a cosine is made for its epochs, and none can be added"
    course = {"train": (100, 100), "epochs": 8, "accuracy": 0.8}
    assert still_falling(history(losses=[*falling[:-5], *[0.5] * 5], **course)) is None
    assert still_falling(history(losses=list(np.linspace(0.3, 0.1, 8)), **course)) is None, "it has learnt most of it"
    assert still_falling(history(losses=falling, **course | {"accuracy": 0.95})) is None, "it only gets surer"


@pytest.mark.parametrize("losses", [(0.67, 0.6), (0.69, 0.63, 0.56), (0.69, 0.65, 0.6, 0.55)])
def test_a_training_of_a_few_epochs_that_fell_at_every_one_is_not_at_its_end(losses):
    """The recipe stopped after two to four epochs at a low rate, with four in five training pictures right."""
    course = {"train": (122, 122), "accuracy": 0.8, "epochs": len(losses), "learning_rate": 0.0001}
    view = history(losses=losses, **course)
    (finding,) = diagnose(view)
    assert finding.what.endswith(f"over the last {len(losses)} epochs.") and "these are all there were" in finding.why
    assert remedy(view).more_epochs == 10 - len(losses), "to the end of the first rate, before another rate is tried"
    assert kinds(history(losses=(*losses[:-1], losses[-2]), **course)) == [], "it stood still"
    assert kinds(history(losses=[0.69 - 0.01 * index for index in range(len(losses))], **course)) != ["still falling"]
    assert kinds(history(losses=losses, **course | {"accuracy": 0.95})) == [], "it only gets surer"


def test_what_is_not_looked_for_is_not_said_to_be():
    """A set of 244 may have wrong labels: whether its training pictures are learnt is left open, and said once."""
    said = sought_in_words(TrainedRun.of(history(train=(122, 122))))
    assert "training pictures that are not learnt" not in said and "is not looked at: among 244" in said
    assert "training pictures that are not learnt" in sought_in_words(TrainedRun.of(history(train=(40, 40))))


def test_vanishing_gradients_are_not_answered_with_more_steps():
    view = history((50, 50), ((20, 10), (10, 20)), [0.7, 0.69, 0.68], accuracy=0.5)
    epochs = tuple(replace(epoch, layer_gradients=(0.001,) * 6) for epoch in view.epochs)
    assert underfitted(view) is not None
    assert kinds(replace(view, epochs=epochs)) == ["vanishing"]


def test_a_slope_is_held_against_its_scatter_by_a_t_test():
    dice = np.random.default_rng(3)
    for _ in range(20):
        losses = dice.normal(size=9) - 0.2 * np.arange(9)
        fit = stats.linregress(np.arange(9), losses, alternative="less")
        slope, chance = slope_and_chance(losses)
        assert slope == pytest.approx(fit.slope) and chance == pytest.approx(fit.pvalue)
    assert slope_and_chance(np.full(6, 0.5)) == (0.0, 1.0)


def test_a_flat_noisy_curve_is_called_falling_once_in_a_hundred_at_most():
    dice, trials = np.random.default_rng(5), 2000
    called = sum(slope_and_chance(dice.normal(size=10))[1] < 0.01 for _ in range(trials))
    assert called <= 0.01 * trials + 3 * np.sqrt(0.01 * trials)


def test_a_class_that_the_kept_weights_never_answer_is_named():
    told = [answers(((4, 0), (4, 0))), answers(((3, 1), (1, 3)))]
    view = history((10, 10), ((4, 0), (4, 0)), [0.6, 0.3], probabilities=told, accuracy=0.95)
    assert never_answered(view).what == "The answer “bees” is never given, though 4 validation pictures show it."
    for classes, more in ((3, ", nor is that of one more class."), (4, ", nor are those of 2 more classes.")):
        table = tuple((4, *[0] * (classes - 1)) for _ in range(classes))
        assert never_answered(history([10] * classes, table, [0.6, 0.3], accuracy=0.95)).what.endswith(more)
    few = history((10, 10), ((4, 0), (2, 0)), [0.6, 0.3], accuracy=0.95)
    assert never_answered(few) is None, "of two pictures both are missed once in nine times"


def test_weights_kept_before_anything_was_learnt_are_said_and_the_loss_keeps_later_ones():
    early, late = answers(((3, 1), (1, 3)), 0.55), answers(((3, 1), (1, 3)), 0.7)
    view = history((10, 10), ((3, 1), (1, 3)), [0.69, 0.3], probabilities=[early, late], accuracy=1.0)
    epochs = (replace(view.epochs[0], train_accuracy=0.5), view.epochs[1])
    view = replace(view, epochs=epochs)
    assert "of epoch 1, when 10 of 20" in kept_early(view).what
    assert remedy(view).settings.training.best_by == "loss"
    assert kept_early(replace(view, epochs=(replace(epochs[0], train_accuracy=0.95), epochs[1]))) is None


def test_none_of_it_is_said_of_two_hundred_trainings_that_go_well():
    """The recipe on two clouds of points, each seed its own draw; a class left out would take a table of answers."""
    tasks, training = [], TrainingSettings(learning_rate=0.002)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        direction, labels = rng.standard_normal(32) / np.sqrt(32), np.arange(80) % 2
        made = [
            (rng.standard_normal((80, 32)) + 4 * np.outer(2 * labels - 1, direction)).astype(np.float32)
            for _ in range(2)
        ]
        source = KeptFeatures(*made, labels, labels, classes=2)
        tasks.append(TrainingTask(RunSettings().circuit, replace(training, seed=seed), source))
    said = 0
    for result in train_many(tasks, lambda: False):
        view = history((40, 40), ((40, 0), (0, 40)), list(result.train_losses), learning_rate=0.002)
        figures = zip(view.epochs, result.train_accuracies, result.val_accuracies, result.val_losses, strict=True)
        epochs = tuple(
            replace(
                epoch,
                train_accuracy=float(train),
                val_accuracy=float(val),
                val_loss=float(loss),
                is_best=epoch.epoch == result.best_epoch,
            )
            for epoch, train, val, loss in figures
        )
        view = replace(view, epochs=epochs)
        said += any(check(view) is not None for check in (underfitted, still_falling, kept_early))
    assert said == 0


@pytest.mark.parametrize("pictures", [1, 4, 19, 40, 122, 244, 5000])
def test_few_pictures_get_the_paper_s_steps_within_the_longest_training(pictures):
    made = small_set_training(pictures, TrainingSettings(seed=7, learning_rate=0.1))
    assert made.seed == 7 and made.learning_rate == 0.0004 and made.best_by == "loss"
    assert steps_of(made, pictures) >= 1830 or made.epochs == 500
    assert made.epochs >= 30 and 2 * made.step_size < made.epochs <= 3 * made.step_size
    assert is_small(pictures) == (pictures <= 122)


def test_no_pictures_are_no_small_set():
    assert not is_small(0)
    with pytest.raises(ValueError):
        small_set_training(0)


@pytest.mark.parametrize(
    ("changes", "do", "label"),
    [
        ({}, "Train 2 more epochs, at the learning rate of the last one.", "Train 2 more epochs"),
        ({"step_size": 9}, "Train 1 more epoch, at the learning rate of the last one.", "Train 1 more epoch"),
        (
            {"step_size": 8},
            "Raise the learning rate from 0.0004 to 0.004.",
            "Raise the learning rate to 0.004 and train again",
        ),
        (
            {"learning_rate": 0.0001},
            "Raise the learning rate from 0.0001 to 0.0004.",
            "Raise the learning rate to 0.0004 and train again",
        ),
        (
            {"step_size": 8, "learning_rate": 0.004, "epochs": 8},
            "Train for 16 epochs from the beginning.",
            "Train again for 16 epochs",
        ),
        ({"step_size": 500, "gamma": 1.0, "learning_rate": 0.004, "epochs": 500}, None, "Train 8 more epochs"),
    ],
)
def test_what_is_advised_is_what_the_button_does(changes, do, label):
    view = history((70, 70), losses=list(np.linspace(0.69, 0.45, 8)), accuracy=0.8, **changes)
    (finding,) = diagnose(view)
    assert (finding.kind, remedy(view).label) == ("still falling", label)
    assert finding.do == (do or f"{label}, at the learning rate of the last one.")


def test_several_findings_share_one_advice_and_the_last_resort_is_pictures():
    view = history((10, 10), ((4, 0), (4, 0)), [0.6, 0.3], accuracy=0.6)
    first, second = with_remedy(TrainedRun.of(view), (underfitted(view), never_answered(view)))
    assert first.do == "Train for 1,830 steps, and keep the weights of the lowest validation loss."
    assert second.do == ""
    longest = {"epochs": 500, "step_size": 500, "learning_rate": 0.004}
    tried = history((70, 70), ((40, 0), (40, 0)), [0.6, 0.3], accuracy=0.95, **longest)
    found = TrainedRun.of(tried), (never_answered(tried),)
    assert remedy_for(*found) is None
    assert with_remedy(*found)[0].do == NOTHING_LEFT
    rare = history((100, 7), ((40, 0), (4, 0)), [0.6, 0.3], accuracy=0.95)
    (advised,) = with_remedy(TrainedRun.of(rare), (never_answered(rare),))
    assert advised.do == "Let every class count as much in every step, by balanced class weights."
    assert remedy_for(TrainedRun.of(rare), (never_answered(rare),)).settings.training.class_weights == "balanced"
    weighted = history((100, 7), ((40, 0), (4, 0)), [0.6, 0.3], accuracy=0.95, class_weights="balanced")
    (advised,) = with_remedy(TrainedRun.of(weighted), (never_answered(weighted),))
    assert advised.do.startswith("Add training pictures of bees (7 so far)")
    assert "class weights" not in advised.do


@pytest.mark.parametrize(
    ("pictures", "changes", "said"),
    [
        (8, {}, "Train for more steps: 8 pictures are 60 steps so, and 1,000 are the most possible."),
        (20, {}, "Train for more steps: 20 pictures are 150 steps so, and the paper takes 1,830."),
        (4, {"epochs": 1}, "Train for more steps: 4 pictures are 1 step so, and 500 are the most possible."),
        (8, {"epochs": 500}, "Raise the learning rate, to ten times its value for a start."),
        (244, {}, "Raise the learning rate, to ten times its value for a start, or train for more epochs."),
        (244, {"epochs": 500, "learning_rate": 0.0001}, "Raise the learning rate from 0.0001 to the paper's, 0.0004."),
        (244, {"learning_rate": 0.001}, "Raise the learning rate from 0.001 to 0.004, or train for more epochs."),
        (
            244,
            {"learning_rate": 0.004},
            "Train for more epochs; the learning rate of 0.004 is as high as it should be.",
        ),
        (244, {"learning_rate": 0.004, "epochs": 500}, NOTHING_LEFT),
    ],
)
def test_nothing_impossible_is_advised(pictures, changes, said):
    assert other_rate(TrainingSettings(**changes), pictures) == said


def test_a_training_that_was_stopped_is_told_by_the_steps_it_made():
    stopped = history((10, 9), ((3, 1), (2, 2)), FLAT[:4], accuracy=12 / 19)
    assert "19 pictures are 20 steps in 4 epochs; the paper takes 1,830" in underfitted(stopped).why


@pytest.mark.parametrize(("pictures", "few", "enough"), [(8, 499, 500), (20, 365, 366), (122, 59, 60)])
def test_steps_are_few_only_where_there_can_be_more(pictures, few, enough):
    assert makes_few_steps(TrainingSettings(epochs=few), pictures)
    assert not makes_few_steps(TrainingSettings(epochs=enough), pictures)
    assert not makes_few_steps(TrainingSettings(epochs=1), 123) and not makes_few_steps(TrainingSettings(), 0)


def test_whoever_follows_remedies_comes_to_an_end():
    view, seen = history(**STUCK), []
    while (found := remedy(view)) and found.settings is not None:
        assert found.settings not in seen
        seen.append(found.settings)
        view = replace(view, prepared=replace(view.prepared, settings=found.settings))
        assert len(seen) < 20
    assert len(seen) >= 2


def test_rows_of_few_numbers_at_the_paper_s_rate_are_told_that_a_higher_one_learns_more():
    view = numbers_history()
    (finding,) = [each for each in diagnose(view) if each.kind == "underfitting"]
    assert finding.what == "It has not learnt its own training rows: 70 of 105 (66.7%) are right."
    assert "A higher rate learns more: 0.0004 is a small step for 4 numbers a row, where 0.05 suits" in finding.why
    assert finding.do == "Raise the learning rate from 0.0004 to 0.05, for 68 epochs."
    found = remedy(view)
    assert found.label == "Raise the learning rate to 0.05 and train again"
    assert found.settings == replace(view.prepared.settings, training=numbers_training(105, 4))


@pytest.mark.parametrize(
    "changes",
    [
        {"learning_rate": 0.05},  # as it suits: what is missed lies between the classes
        {"learning_rate": 0.02},  # half of that learns nearly as much
        {"accuracy": 0.9},  # it has learnt them
        {"over": False},
        {"source": "drawn", "table": ""},  # pictures, whose features are the paper's
        {"features": 512},
    ],
)
def test_other_trainings_are_not_called_too_slow(changes):
    assert slow_for_numbers(TrainedRun.of(numbers_history(**changes))) is None


def test_the_rate_that_suits_numbers_is_never_called_too_high():
    for features in (1, 2, 4, 13, 30, 511, 512, 2048):
        for way in ("nothing learnt", "collapsed"):
            stuck = ((5, 5, 5),) * 3 if way == "nothing learnt" else ((15, 0, 0),) * 3
            rate = numbers_rate(features)
            view = numbers_history(features, learning_rate=rate, confusion=stuck, losses=[1.1] * 30, accuracy=1 / 3)
            assert not [each for each in diagnose(view) if "Lower the learning rate" in each.do], (features, way)


@pytest.mark.parametrize(
    ("features", "rate"), [(1, 0.05), (2, 0.05), (4, 0.05), (12, 0.017), (30, 0.0068), (512, 0.0004), (2048, 0.0004)]
)
def test_fewer_numbers_are_learnt_at_a_higher_rate_up_to_a_bound(features, rate):
    assert numbers_rate(features) == rate
    made = numbers_training(105, features, TrainingSettings(seed=7))
    assert (made.learning_rate, made.seed, made.best_by) == (rate, 7, "loss")
    assert steps_of(made, 105) >= 1830
    assert not is_slow_for(made, features)


def test_the_settings_for_numbers_learn_a_table_that_the_recipe_does_not_and_only_that_one_is_told():
    """Three classes in four columns, as irises are: over ten seeds, with the figures of real trainings."""
    dice = np.random.default_rng(3)
    labels = np.repeat(range(3), 50)
    values = dice.normal(np.array([[-1.0, 1, -1.3, -1.2], [0, -0.6, 0.3, 0.2], [0.9, -0.2, 1, 1]])[labels], 0.35)
    order = dice.permutation(150)
    learnt, held = order[:105], order[105:]
    train, val = (values[part].astype(np.float32) for part in (learnt, held))
    source = KeptFeatures(train, val, labels[learnt], labels[held], classes=3)
    for training, is_told in ((TrainingSettings(), True), (numbers_training(105, 4), False)):
        tasks = [TrainingTask(RunSettings().circuit, replace(training, seed=seed), source) for seed in range(10)]
        found = train_many(tasks, lambda: False)
        right = np.array([each.val_accuracies[each.best_epoch - 1] for each in found])
        assert (np.median(right) < 0.8) == is_told and (right.min() > 0.9) != is_told
        for run in found:
            view = numbers_history(
                losses=list(run.train_losses), accuracy=float(run.train_accuracies[-1]), **vars(training)
            )
            below = is_told and run.train_accuracies[-1] < 0.8
            assert slow_for_numbers(TrainedRun.of(view)) is not None if below else True
            assert is_told or slow_for_numbers(TrainedRun.of(view)) is None


def test_whose_rate_it_is_is_said_to_sgd():
    assert other_rate(TrainingSettings(optimiser="sgd", learning_rate=0.02)).endswith("the paper's (Adam's) is 0.0004.")
    assert "the paper's (Adam's), 0.0004" in other_rate(TrainingSettings(optimiser="sgd", learning_rate=0.0001))
    assert "Adam" not in other_rate(TrainingSettings(learning_rate=0.0001))
