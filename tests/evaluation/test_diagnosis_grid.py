"""What is said over a grid: imbalance of either part x size x what happened, all on courses made by hand.

A course is made from the definition of what happened, so the right finding is known for every point.
"""

from __future__ import annotations

import dataclasses
import math
import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qtl_core.evaluation.diagnosis import learning_curves
from qtl_core.evaluation.diagnosis.advice import other_rate
from qtl_core.evaluation.diagnosis.chance import AS_GUESSING, entropy
from qtl_core.evaluation.diagnosis.checks import diagnose
from qtl_core.evaluation.diagnosis.finding import figures, finite_part, first_not_finite
from qtl_core.evaluation.diagnosis.learning_curves import overfitting, starting_gradient
from qtl_core.pictures.sources.folder import SPLIT_NOTE
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from tests.helpers.made_histories import answers, by_heart, history

TRAIN = [
    (40, 40),
    (60, 40),
    (75, 25),
    (100, 10),
    (10, 100),
    (100, 1),
    (4, 4),
    (3, 1),
    (50, 50, 50),
    (90, 9, 9),
    (9, 90, 9),
]
VAL = [(20, 20), (57, 3), (3, 57), (76, 77), (5, 5), (300, 300)]
GRID = list(product(TRAIN, VAL))


def of_classes(val: tuple[int, ...], classes: int) -> tuple[int, ...]:
    """A mixture for validation, stretched to that many classes."""
    return (*val, *[val[-1]] * (classes - len(val)))


def kinds(view: RunView) -> list[str]:
    return [finding.kind for finding in diagnose(view)]


def recognising(val: tuple[int, ...], share: float = 0.95) -> list[list[int]]:
    """Every class is recognised in that share of its pictures, the others go round."""
    table = np.zeros((len(val), len(val)), int)
    for label, there in enumerate(val):
        table[label, label] = math.ceil(share * there)
        table[label, (label + 1) % len(val)] += there - math.ceil(share * there)
    return table.tolist()


def always(val: tuple[int, ...], top: int) -> list[list[int]]:
    return [[there if said == top else 0 for said in range(len(val))] for there in val]


@pytest.mark.parametrize(("train", "val"), GRID)
@pytest.mark.parametrize("over", [True, False])
def test_of_a_training_that_recognises_every_class_nothing_is_said(train, val, over):
    guessing = stats.entropy(train)
    losses = [0.9 * np.log(len(train)), 0.6 * guessing, 0.4 * guessing, 0.3 * guessing]
    assert kinds(history(train, recognising(of_classes(val, len(train))), losses, over=over)) == []


@pytest.mark.parametrize(("train", "val"), GRID)
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("level", [1.0, 3.0, 0.5])
def test_one_class_for_all_is_a_collapse_whatever_the_mixtures_and_the_training_loss(train, val, known, level):
    """`level` is the last training loss as a share of guessing's: about it, far above, and well below."""
    val, top = of_classes(val, len(train)), int(np.argmax(train))
    guessing = stats.entropy(train)
    view = history(
        train, always(val, top), [2 * guessing, 1.2 * level * guessing, level * guessing], accuracy=0.5, known=known
    )
    found = diagnose(view)
    assert found[0].kind == "collapsed"
    assert not {"overfitting", "nothing learnt", "imbalance"} & set(kinds(view))
    said = f"{found[0].why} {found[0].do}"
    rare = all(3 * count <= train[top] for label, count in enumerate(train) if label != top)
    assert ("classes are imbalanced" in said) == (known and rare)
    if known and rare:
        assert f"{train[top]} of the {sum(train)} training pictures are {view.prepared.classes[top]}" in said
        assert f"Add training pictures of {view.prepared.classes[0 if top else 1]}" in said


@pytest.mark.parametrize("others", [0, 1, 2])
def test_one_class_is_right_where_too_few_of_another_are_there_to_tell(others):
    assert kinds(history((40, 40), [[58, 0], [others, 0]], [0.6, 0.4, 0.3])) == []
    told = [[58, 0], [others, 0]]
    assert "collapsed" not in kinds(history((100, 1), told, [0.3, 0.1, 0.02], accuracy=0.99)), "it may see the bee"
    assert "collapsed" not in kinds(history((100, 1), told, [0.3, 0.2, 0.2], accuracy=1.0)), "it is right on the bee"
    assert "collapsed" not in kinds(history((100, 1), told, [0.3, 0.2, 0.2], accuracy=0.99, known=False))


@pytest.mark.parametrize(
    ("others", "seen"),
    [
        (0, "No validation picture is"),
        (1, "Only 1 of the validation pictures is"),
        (2, "Only 2 of the validation pictures are"),
    ],
)
@pytest.mark.parametrize("rate", [0.0004, 0.004, 0.05])
@pytest.mark.parametrize("loss", [0.0555, 0.06, 0.2])
def test_what_validation_cannot_tell_for_want_of_pictures_training_tells(others, seen, rate, loss):
    """100 ants and 1 bee: all is taken for ants, in both parts; a loss of guessing on its way down is no learning."""
    view = history((100, 1), [[50, 0], [others, 0]], [0.3, 0.22, loss], accuracy=100 / 101, learning_rate=rate)
    (finding,) = diagnose(view)
    total = 50 + others
    assert finding.what == (
        f"Training has collapsed to one class: after epoch 3, {total} of {total} "
        "validation pictures are taken for ants."
    )
    assert finding.why.startswith("The classes are imbalanced: 100 of the 101 training pictures are ants.")
    assert f"{seen} of another class, so the validation part cannot tell" in finding.why
    assert finding.do.startswith("Add training pictures of bees (1 so far), or use fewer of ants")
    assert ("learning rate" in finding.do) == (rate == 0.05)


def test_where_training_has_two_common_classes_a_rare_one_is_not_why_nothing_is_learnt():
    view = history((50, 50, 1), [[50, 0, 0], [0, 0, 0], [1, 0, 0]], [0.9, 0.8], accuracy=50 / 101)
    (finding,) = diagnose(view)
    assert finding.kind == "nothing learnt"
    assert "imbalanced" not in f"{finding.why} {finding.do}"


def sentences(view: RunView) -> list[str]:
    text = " ".join(f"{each.what} {each.why} {each.do}" for each in diagnose(view))
    return re.split(r"(?<=[.!?]) (?=[A-Z])", text)


def check_advice(view: RunView) -> None:
    """No sentence stands twice, imbalance is no matter of a higher rate, and rates go one way."""
    said = sentences(view)
    assert len(set(said)) == len(said)
    rates = [each for each in said if re.match("(Raise|Lower) the learning rate", each)]
    assert len(rates) <= 1
    assert not any("imbalanced" in each for each in said) or not any(each.startswith("Raise") for each in rates)


@pytest.mark.parametrize("rate", [1e-6, 0.0004, 0.004, 0.05])
@pytest.mark.parametrize("train", [(40, 40), (75, 25), (100, 1), (10, 100), (90, 9, 9)])
@pytest.mark.parametrize("val", [(20, 20), (57, 3), (50, 1), (1, 50)])
def test_no_advice_goes_against_another_and_no_sentence_stands_twice(train, val, rate):
    val, guessing = of_classes(val, len(train)), stats.entropy(train)
    halves = [[there - there // 2, there // 2, *[0] * (len(train) - 2)] for there in val]
    tables = [always(val, 0), always(val, 1), halves, recognising(val, 0.4)]
    courses = [(2.0, 1.2, 1.0), (1.0, 0.4, 0.1), (1.0, 2.0, 1.6)]  # guesses, learns, jumps
    for confusion, shares, known in product(tables, courses, (True, False)):
        losses = [share * guessing for share in shares]
        view = history(train, confusion, losses, accuracy=max(train) / sum(train), known=known, learning_rate=rate)
        epochs = tuple(replace(epoch, layer_gradients=(1e-6,) * 6) for epoch in view.epochs)  # these vanish as well
        check_advice(replace(view, epochs=epochs))


def test_whoever_follows_the_advice_on_the_rate_is_never_sent_back():
    for rate in (1e-6, 0.0001, 0.0004, 0.001, 0.004, 0.02, 0.5):
        been = [rate]
        while True:
            said = other_rate(RunSettings().changed(learning_rate=been[-1]).training)
            if not said.startswith(("Raise", "Lower")):
                break
            been.append(0.004 if "ten times" in said or " to 0.004" in said else 0.0004)
            assert been[-1] not in been[:-1]
            assert (been[-1] > been[-2]) == said.startswith("Raise")


@pytest.mark.parametrize("table", [always((20, 20), 0), [[10, 10], [10, 10]]])
@pytest.mark.parametrize("rate", [0.0004, 0.004])
def test_uneven_classes_are_named_first_and_the_advice_is_about_pictures(table, rate):
    (finding,) = diagnose(history((100, 1), table, [0.06, 0.06], accuracy=100 / 101, learning_rate=rate))
    assert finding.why.startswith("The classes are imbalanced")
    assert finding.do.startswith("Add training pictures of bees")
    assert "learning rate" not in finding.do


@pytest.mark.parametrize(
    ("loss", "said"),
    [
        (0.06, "epoch 2 is still 0.06, that of"),
        (0.053, "epoch 2 is 0.05, hardly below 0.06, that of"),
        (0.2, "epoch 2 is 0.20, above 0.06, that of"),
    ],
)
def test_a_training_loss_is_called_one_and_held_against_guessing_also_where_both_look_alike(loss, said):
    (finding,) = diagnose(history((100, 1), [[10, 10], [10, 10]], [0.3, loss], accuracy=100 / 101))
    assert f"The training loss of {said} guessing by how common each class is in training" in finding.why


def test_losses_that_differ_are_told_with_the_decimals_that_show_it():
    assert figures(0.7, 1.4) == ("0.70", "1.40")
    assert figures(0.061, 0.064) == ("0.061", "0.064")
    assert figures(0.5, 0.5) == ("0.50", "0.50")


def test_a_collapse_leaves_the_rate_to_the_jump_beside_it():
    found = diagnose(history((40, 40), always((20, 20), 0), [0.7, 1.4, 1.2], accuracy=0.5))
    assert [finding.kind for finding in found] == ["collapsed", "jumping"]
    assert "learning rate" not in found[0].do
    assert "The training loss jumps" in found[1].what


def test_a_collapse_onto_what_is_somewhat_commoner_says_how_common_it_is():
    counted = "50 of the 70 training pictures are ants"
    (finding,) = diagnose(history((50, 20), always((30, 30), 0), [0.6, 0.6], accuracy=0.71))
    assert counted in finding.why
    for train, top in (((50, 20), 1), ((35, 35), 0)):
        (finding,) = diagnose(history(train, always((30, 30), top), [0.7, 0.7], accuracy=0.5))
        assert finding.kind == "collapsed" and "training pictures are" not in finding.why


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_labels_at_random_are_learnt_by_heart_also_where_the_validation_loss_hardly_rises(classes):
    each = 20
    dealt = np.full((classes, classes), each // classes) + np.eye(classes, dtype=int) * (each % classes)
    losses = [share * np.log(classes) for share in (1.0, 0.9, 0.7, 0.6, 0.58)]
    view = history((60,) * classes, dealt.tolist(), losses)
    (finding,) = diagnose(view)
    assert finding.kind == "nothing to learn" and "no more than luck" in finding.what
    assert "by heart" in finding.why and "dealt out at random" in finding.why
    assert "folders of their classes" in finding.do
    assert kinds(history((60,) * classes, dealt.tolist(), [*losses[:4], 0.5 * losses[0]], over=False)) == []
    assert kinds(history((60,) * classes, recognising((20,) * classes, 0.7), losses)) == []
    assert "overfitting" not in kinds(history((2, 1), [[10, 10], [10, 10]], losses, accuracy=1.0)), "may be luck"
    few = (np.eye(classes, dtype=int) + np.roll(np.eye(classes, dtype=int), 1, axis=1)).tolist()
    assert kinds(history((60,) * classes, few, losses)) == []


@pytest.mark.parametrize("classes", [2, 3, 5])
@pytest.mark.parametrize("share", [1.0, 0.95, 0.8])
def test_classes_under_each_others_names_are_told_so_and_not_that_it_learns_by_heart(classes, share):
    table = recognising((20,) * classes, share)
    table[0], table[1] = table[1], table[0]
    (finding,) = diagnose(
        history(
            (60,) * classes, table, [0.6, 0.4, 0.2], probabilities=[answers(table, sure) for sure in (0.6, 0.9, 0.99)]
        )
    )
    assert finding.kind == "swapped" and "of 20 ants are taken for bees and" in finding.what
    assert "swapped" not in kinds(history((60,) * classes, table, [1.7, 1.7, 1.7], accuracy=1 / classes))
    assert "swapped" not in kinds(history((60,) * classes, recognising((20,) * classes, share), [0.6, 0.4, 0.2]))


def test_a_class_missed_for_another_is_not_swapped_with_it():
    assert "swapped" not in kinds(history((60, 60, 60), [[0, 20, 0], [0, 20, 0], [0, 0, 20]], [0.6, 0.4, 0.2]))
    assert "swapped" not in kinds(history((60, 60), [[0, 2], [2, 0]], [0.6, 0.4, 0.2])), "two of two may be luck"


def test_all_but_one_given_one_class_are_a_collapse_too():
    assert kinds(history((40, 40), [[20, 0], [19, 1]], [0.7, 0.7], accuracy=0.5)) == ["collapsed"]
    assert "collapsed" not in kinds(history((40, 40), [[20, 0], [17, 3]], [0.7, 0.7], accuracy=0.5))


def test_all_but_two_in_a_hundred_given_one_class_are_a_collapse():
    assert kinds(history((40, 40), [[50, 0], [48, 2]], [0.7, 0.7], accuracy=0.5)) == ["collapsed"]
    assert "collapsed" not in kinds(history((40, 40), [[50, 0], [47, 3]], [0.7, 0.7], accuracy=0.5))
    assert "collapsed" not in kinds(history((40, 40), [[25, 0], [23, 2]], [0.7, 0.7], accuracy=0.5))


@pytest.mark.parametrize("collapses", [True, False])
def test_a_collapse_is_one_of_the_last_epoch(collapses):
    one, both = answers(always((20, 20), 0)), answers(((19, 1), (1, 19)))
    told = [both, both, one] if collapses else [one, one, both]
    view = history((40, 40), ((20, 0), (0, 20)), [0.7, 0.7, 0.7], accuracy=0.5, probabilities=told)
    assert ("collapsed" in kinds(view)) == collapses


def test_a_collapse_on_validation_alone_is_told_from_one_that_ignores_all_pictures():
    """By the last epoch's loss: the others' may be on the other side of guessing's."""
    (finding,) = diagnose(history((40, 40), always((20, 20), 0), [0.7, 0.5, 0.31], accuracy=0.95))
    assert "a training loss of 0.31, where guessing has 0.69" in finding.why
    assert "validation pictures may be of another kind" in finding.why
    (finding,) = diagnose(history((40, 40), always((20, 20), 0), [0.61, 0.65, 0.64], accuracy=0.5))
    assert "nearly always the same class, whatever a picture shows" in finding.why


def test_a_class_that_is_said_by_mistake_of_steps_is_no_matter_of_imbalance():
    """The class that is rare in training is said of all: that is not because it is rare."""
    (finding,) = diagnose(history((100, 10), always((20, 20), 1), [0.4, 0.4], accuracy=0.5, learning_rate=0.05))
    assert finding.kind == "collapsed"
    assert "imbalanced" not in finding.why
    assert "Lower the learning rate from 0.05" in finding.do


def test_with_many_classes_a_common_one_that_is_missed_too_rules_imbalance_out():
    (finding,) = diagnose(history((50, 50, 5), always((10, 10, 10), 0), [1.0, 1.0], accuracy=0.5))
    assert finding.kind == "collapsed"
    assert "imbalanced" not in f"{finding.why} {finding.do}"


def test_a_collapse_while_training_is_learnt_points_at_unlike_parts():
    (finding,) = diagnose(history((40, 40), always((20, 20), 0), [0.6, 0.4, 0.2]))
    assert finding.kind == "collapsed"
    assert "validation pictures may be of another kind" in finding.why


def test_parts_that_the_app_made_of_one_folder_are_not_said_to_be_of_another_kind():
    view = history((40, 40), always((20, 20), 0), [0.6, 0.4, 0.2])
    (finding,) = diagnose(dataclasses.replace(view, prepared=dataclasses.replace(view.prepared, notes=(SPLIT_NOTE,))))
    assert finding.kind == "collapsed"
    assert "another kind" not in finding.why and "both parts are of the same folder" in finding.why
    assert "right folders" not in finding.do and finding.do.startswith(("Raise", "Train for more"))


def test_a_training_on_its_way_is_waited_for_but_not_where_the_other_class_hardly_counts():
    falls = [0.65, 0.5, 0.3]
    assert kinds(history((40, 40), always((20, 20), 0), falls, over=False)) == []
    assert kinds(history((40, 40), always((20, 20), 0), [0.65, 0.31, 0.3], over=False)) == ["collapsed"]
    assert kinds(history((100, 1), always((20, 20), 0), [0.2, 0.1, 0.03], accuracy=0.99, over=False)) == ["collapsed"]


@pytest.mark.parametrize(("train", "val"), GRID)
def test_of_a_training_that_has_learnt_nothing_that_is_said(train, val):
    """Half of every class is given the first class, half the second, and the loss stays where it began."""
    val = of_classes(val, len(train))
    halves = [[there - there // 2, there // 2, *[0] * (len(train) - 2)] for there in val]
    view = history(train, halves, [np.log(len(train)) * factor for factor in (1.0, 0.999, 0.998)], accuracy=0.34)
    (finding,) = diagnose(view)
    assert finding.kind == "nothing learnt"
    assert f"commonest class gets {max(val)} right" in finding.what
    assert f"{stats.entropy(train):.2f}, that of guessing by how common each class is in training" in finding.why


@pytest.mark.parametrize("confusion", [((54, 3), (0, 3)), ((57, 0), (0, 3)), ((50, 7), (0, 3)), ((2, 0), (0, 2))])
def test_a_rare_class_in_validation_that_is_recognised_is_learnt(confusion):
    """57 of 60 right where always naming the commonest class gets as many, at a training loss hardly below guessing."""
    assert kinds(history((60, 60), confusion, [0.69, 0.66, 0.65], accuracy=0.5)) == []


def test_training_pictures_that_are_right_say_that_something_is_learnt():
    unclear = ((3, 2), (3, 2))
    assert kinds(history((40, 40), unclear, [0.69, 0.65], accuracy=0.5)) == ["nothing learnt"]
    assert kinds(history((40, 40), unclear, [0.69, 0.65], accuracy=0.75)) == ["underfitting"]
    assert kinds(history((75, 25), unclear, [0.6, 0.56], accuracy=0.75)) == ["nothing learnt"], "as many are one class"


def test_training_pictures_count_that_are_right_after_the_last_epoch():
    view = history((40, 40), ((3, 2), (3, 2)), [0.69, 0.65], accuracy=0.5)
    first, last = view.epochs
    assert kinds(replace(view, epochs=(first, replace(last, train_accuracy=0.75)))) == ["underfitting"]
    assert kinds(replace(view, epochs=(replace(first, train_accuracy=0.75), last))) == ["nothing learnt"]


@pytest.mark.parametrize(
    ("confusion", "expected"),
    [
        (((2, 1), (0, 1)), ["underfitting"]),
        (((1, 1), (0, 1)), ["underfitting"]),
        (((2, 1), (1, 1)), ["nothing learnt"]),
    ],
)
def test_of_pictures_too_few_for_any_test_answers_count_from_half_way_between_luck_and_all_right(confusion, expected):
    assert kinds(history((40, 40), confusion, [0.69, 0.65], accuracy=0.5)) == expected


def test_a_loss_of_nine_tenths_of_guessing_is_still_as_guessing():
    least = AS_GUESSING * entropy((40, 40))
    halves = ((10, 10), (10, 10))
    assert kinds(history((40, 40), halves, [0.69, least], accuracy=0.5)) == ["nothing learnt"]
    assert kinds(history((40, 40), halves, [0.69, np.nextafter(least, 0)], accuracy=0.5)) == ["underfitting"]


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.2, 0.3, 0.4])
@pytest.mark.parametrize("train", [(120, 120), (160, 80), (300, 30)])
@pytest.mark.parametrize("val", [(76, 77), (120, 40)])
def test_wrong_labels_are_no_trouble_of_training(noise, train, val):
    """As good as can be learnt: the share `noise` of all labels is wrong, and so is that share of the answers."""
    guessing = stats.entropy(train)
    best = min(guessing, stats.entropy([noise, 1 - noise]))
    losses = [np.log(2), (guessing + best) / 2, best, best]
    assert kinds(history(train, recognising(val, 1 - noise), losses, accuracy=1 - noise)) == []


@pytest.mark.parametrize(("train", "val"), GRID)
def test_learning_by_heart_is_found_in_any_mixture(train, val):
    view = by_heart(train, of_classes(val, len(train)))
    assert kinds(view) == ["overfitting"]


def test_falling_to_the_loss_of_guessing_is_no_learning_by_heart():
    view = by_heart((100, 10))
    falls = [factor * stats.entropy([100, 10]) for factor in (2.0, 1.5, 1.2, 1.0, 0.95)]
    view = replace(view, epochs=tuple(replace(e, train_loss=loss) for e, loss in zip(view.epochs, falls, strict=True)))
    assert "overfitting" not in kinds(view)


@pytest.mark.parametrize(("lost", "expected"), [((0.5, 2.0), []), ((1.2, 2.0), ["overfitting"])])
def test_of_two_pictures_both_must_get_worse_alike(lost, expected):
    """The standard error is that of a sample: of 0.5 and 2.0 it is 0.75, and 1.96 times that is more than the mean."""
    before = np.array([[0.9, 0.1], [0.1, 0.9]])
    now = before.copy()
    for label, more in enumerate(lost):
        now[label, label] *= math.exp(-more)
        now[label, 1 - label] = 1 - now[label, label]
    told = [before.astype(np.float32), now.astype(np.float32)]
    view = history((40, 40), ((1, 0), (0, 1)), [0.4, 0.1], accuracy=0.99, probabilities=told)
    assert [finding.kind for finding in [overfitting(view)] if finding] == expected


def test_a_single_picture_that_gets_much_worse_is_no_learning_by_heart():
    view = history((40, 40), ((30, 0), (0, 30)), [0.6, 0.3, 0.1, 0.05])
    worse = view.epochs[-1].val_probabilities.copy()
    worse[0] = (1e-6, 1 - 1e-6)
    loss = float(-np.log(worse[np.arange(60), view.prepared.val_labels]).mean())
    assert loss - view.epochs[0].val_loss > 0.15 * np.log(2), "enough for the threshold"
    last = replace(view.epochs[-1], val_probabilities=worse, val_loss=loss)
    assert kinds(replace(view, epochs=(*view.epochs[:-1], last))) == []


@pytest.mark.parametrize("train", [(100, 10), (300, 100)])
def test_a_rare_class_that_is_missed_is_named_with_what_to_do(train):
    (finding,) = diagnose(history(train, ((20, 0), (12, 8)), [0.5, 0.2, 0.15]))
    assert finding.kind == "imbalance"
    assert "only 8 of 20 bees are recognised, and 20 of 20 ants" in finding.what
    assert f"{train[0]} of the {sum(train)} training pictures are ants" in finding.why
    assert f"Add training pictures of bees ({train[1]} so far)" in finding.do
    assert "Lower" not in finding.do


def test_a_class_is_not_missed_for_being_rare_where_it_is_not_or_nobody_knows():
    missed, falls = ((20, 0), (12, 8)), [0.5, 0.2, 0.15]
    assert kinds(history((40, 40), missed, falls)) == []
    assert kinds(history((100, 34), missed, falls)) == []
    assert kinds(history((100, 10), missed, falls, known=False)) == []
    assert kinds(history((100, 10), ((12, 8), (8, 12)), falls)) == [], "both are missed alike"
    assert kinds(history((100, 10), ((20, 0), (2, 0)), falls)) == [], "two pictures say nothing"
    assert kinds(history((100, 10), ((20, 0), (6, 14)), falls)) == [], "two of three are recognised"
    assert kinds(history((100, 10), missed, falls[:1])) == [], "the first epoch may not have come to it"


def test_of_many_rare_classes_three_are_named():
    val = [
        [10, 0, 0, 0, 0, 0],
        *[[9 if said == 0 else int(said == label) for said in range(6)] for label in range(1, 6)],
    ]
    (finding,) = diagnose(history((300, 5, 6, 7, 8, 9), val, [0.9, 0.3, 0.2]))
    assert finding.kind == "imbalance"
    assert (
        "of bees (5 so far), cats (6 so far), dogs (7 so far) and 2 other classes, or use fewer of ants" in finding.do
    )


def test_of_four_rare_classes_one_is_another():
    val = [[10, 0, 0, 0, 0], *[[9 if said == 0 else int(said == label) for said in range(5)] for label in range(1, 5)]]
    (finding,) = diagnose(history((300, 5, 6, 7, 8), val, [0.9, 0.3, 0.2]))
    assert "of bees (5 so far), cats (6 so far), dogs (7 so far) and one other class, or" in finding.do


def test_three_pictures_of_a_rare_class_are_enough_to_say_that_it_is_missed():
    (finding,) = diagnose(history((100, 10, 100), ((20, 0, 0), (3, 0, 0), (0, 0, 20)), [0.9, 0.3, 0.2]))
    assert finding.kind == "imbalance"
    assert "only 0 of 3 bees are recognised" in finding.what


def test_the_learning_rate_is_named_beside_an_imbalance_only_where_it_is_high():
    missed, falls = ((20, 0), (12, 8)), [0.5, 0.2, 0.15]
    (usual,) = diagnose(history((100, 10), missed, falls))
    assert "learning rate" not in usual.do
    (high,) = diagnose(history((100, 10), missed, falls, learning_rate=0.01))
    assert high.do.endswith("Lower the learning rate from 0.01: the paper's is 0.0004.")


def test_a_rare_class_missed_ever_more_surely_is_not_learning_by_heart():
    told = [answers(((20, 0), (14, 6)), sure) for sure in (0.6, 0.7, 0.9, 0.99, 0.999)]
    view = history((100, 10), ((20, 0), (14, 6)), [0.3, 0.2, 0.1, 0.05, 0.02], probabilities=told)
    assert overfitting(view) is not None, "by its figures alone it would be"
    assert kinds(view) == ["imbalance"]


def test_jumping_hides_all_advice_on_how_to_do_better():
    """Each of these is said of the same answers where the loss does not jump."""
    halves = ((10, 10), (10, 10))
    flat, jumps = [0.69, 0.69, 0.69], [0.69, 1.2, 0.9]
    assert kinds(history((40, 40), halves, flat, accuracy=0.5)) == ["nothing learnt"]
    assert kinds(history((40, 40), halves, jumps, accuracy=0.5)) == ["jumping"]
    rare = ((20, 0), (14, 6))
    assert kinds(history((100, 10), rare, [0.3, 0.2, 0.1])) == ["imbalance"]
    assert kinds(history((100, 10), rare, [0.1, 0.6, 0.2])) == ["jumping"]
    view = by_heart()
    leaps = zip(view.epochs, [0.6, 0.3, 0.9, 0.4, 0.25], strict=True)
    view = replace(view, epochs=tuple(replace(epoch, train_loss=loss) for epoch, loss in leaps))
    recovered = [finding.kind for finding in diagnose(view)]
    assert recovered == ["overfitting"], "a jump that was made good"
    worse = replace(view, epochs=(*view.epochs[:-1], replace(view.epochs[-1], train_loss=0.29)))
    assert kinds(worse) == ["overfitting"]
    twice = [0.6, 0.3, 0.9, 0.2, 0.28]
    leaps = zip(worse.epochs, [*twice[:3], 0.1, 0.25], strict=True)
    assert kinds(replace(worse, epochs=tuple(replace(e, train_loss=loss) for e, loss in leaps))) == ["jumping"]


def test_a_collapse_does_not_hide_that_the_loss_jumps():
    assert kinds(history((40, 40), always((20, 20), 0), [0.7, 1.4, 1.2], accuracy=0.5)) == ["collapsed", "jumping"]


def test_one_picture_makes_no_jump():
    """Of 100 pictures beside a single other one, that one's loss alone moves the mean by more than guessing's share."""
    steps = [0.06, 0.06 + 4 / 101, 0.06 + 4 / 101]
    assert 0.15 * stats.entropy([100, 1]) < 4 / 101
    assert "jumping" not in kinds(history((100, 1), ((58, 0), (1, 0)), steps, accuracy=0.99))


def test_imbalance_alone_makes_no_gradient_vanish():
    """Where 99 of 100 are of one class, answers are nearly right unseen, and all gradients are a fifth."""
    view = history((100, 1), ((57, 0), (0, 3)), [0.5, 0.2, 0.1, 0.06], accuracy=0.99)
    for gradient, expected in ((0.001, []), (0.0004, ["vanishing"])):
        epochs = tuple(replace(epoch, layer_gradients=(gradient,) * 6) for epoch in view.epochs)
        assert kinds(replace(view, epochs=epochs)) == expected
    balanced = history((50, 50), ((28, 2), (2, 28)), [0.7, 0.69, 0.68], accuracy=0.5)
    epochs = tuple(replace(epoch, layer_gradients=(0.001,) * 6) for epoch in balanced.epochs)
    assert kinds(replace(balanced, epochs=epochs)) == ["vanishing"]


def flat(gradient: float) -> RunView:
    """A run that still guesses, all of whose angles have that gradient."""
    view = history((50, 50), ((28, 2), (2, 28)), [0.7, 0.69, 0.68], accuracy=0.5)
    return replace(view, epochs=tuple(replace(epoch, layer_gradients=(gradient,) * 6) for epoch in view.epochs))


@pytest.mark.parametrize(
    ("gradient", "repetitions"), [(234_567**-0.5, "200,000"), (1e-3, "1,000,000"), (3_560_000**-0.5, "4,000,000")]
)
def test_vanishing_gradients_say_how_many_repetitions_they_take_to_one_figure(gradient, repetitions):
    (finding,) = diagnose(flat(gradient))
    assert f"would need some {repetitions} repetitions of the circuit" in finding.why


def test_a_gradient_that_so_many_repetitions_can_just_tell_does_not_vanish(monkeypatch):
    view = flat(0.001)
    monkeypatch.setattr(learning_curves, "VANISHING", starting_gradient(view))
    assert kinds(view) == []


def test_gradients_of_exactly_nothing_are_said_in_words():
    view = history((50, 50), ((28, 2), (2, 28)), [0.7, 0.69, 0.68], accuracy=0.5)
    view = replace(view, epochs=tuple(replace(epoch, layer_gradients=(0.0,) * 6) for epoch in view.epochs))
    (finding,) = diagnose(view)
    assert finding.kind == "vanishing"
    assert "nothing at all for any angle" in finding.what


COURSES = {
    "learns": history(),
    "collapses": history((100, 1), always((20, 20), 0), [0.3, 0.2, 0.2, 0.2], accuracy=0.99),
    "learns nothing": history((40, 40), ((10, 10), (10, 10)), [0.69] * 4, accuracy=0.5),
    "misses a class": history((100, 10), ((20, 0), (14, 6)), [0.3, 0.2, 0.1, 0.1]),
    "by heart": by_heart(),
    "jumps": history(losses=[0.69, 1.2, 0.9, 1.5]),
}
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "layer_gradients", "val_probabilities")


@pytest.mark.parametrize("course", COURSES)
@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_nothing_follows_from_what_is_no_number(course, figure, value):
    view = COURSES[course]
    assert len(view.epochs) >= 4
    for broken in range(len(view.epochs)):
        changed = {
            "layer_gradients": (0.01, value),
            "val_probabilities": np.full_like(view.epochs[0].val_probabilities, value),
        }.get(figure, value)
        epochs = list(view.epochs)
        epochs[broken] = replace(epochs[broken], **{figure: changed})
        spoilt = replace(view, epochs=tuple(epochs))
        assert first_not_finite(spoilt) == broken + 1
        assert finite_part(spoilt).epochs == view.epochs[:broken]
        found = diagnose(spoilt)
        assert found == diagnose(replace(view, epochs=view.epochs[:broken]))
        assert not any(word in f"{each.what} {each.why} {each.do}" for each in found for word in ("nan", " inf"))


def test_of_a_head_from_elsewhere_nothing_is_said():
    view = history(losses=[math.nan])
    assert diagnose(view) == ()
    unmeasured = replace(view.prepared, train_size=0, train_counts=(), val_size=0, val_labels=(), val_files=())
    nobody = replace(view.epochs[0], train_loss=0.7, val_probabilities=np.zeros((0, 2), np.float32))
    assert diagnose(replace(view, prepared=unmeasured, epochs=(nobody,))) == ()


def tables(classes: int, most: int) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.integers(0, most), min_size=classes, max_size=classes)
    return st.lists(row, min_size=classes, max_size=classes).filter(lambda table: any(map(any, table)))


@given(
    st.integers(2, 4).flatmap(lambda classes: st.tuples(tables(classes, 200), tables(classes, 30))),
    st.lists(st.floats(0, 3), min_size=1, max_size=6),
    st.floats(0, 1),
    st.booleans(),
    st.booleans(),
)
def test_whatever_a_run_says_findings_agree_with_each_other(mixture, losses, accuracy, known, over):
    (train, *_), confusion = mixture
    train = train if any(train) else [1] * len(train)
    view = history(train, confusion, losses, accuracy=accuracy, known=known, over=over)
    check_advice(view)
    found = diagnose(view)
    names = {finding.kind for finding in found}
    assert len(names) == len(found)
    assert not ("overfitting" in names and names & {"collapsed", "imbalance", "nothing learnt", "jumping"})
    text = " ".join(f"{each.what} {each.why} {each.do}" for each in found)
    assert "nan" not in text
    assert known or "imbalanced" not in text
    shares = np.sum(confusion, axis=0) / np.sum(confusion)
    assert "collapsed" not in names or shares.max() >= 0.97 or np.sum(confusion) < 50
