"""All engines give the same numbers for any head, optimiser, schedule and whatever else training can be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qtl_core.common.errors import InputError
from qtl_core.network.head_scores import MEAN, SCALE, class_scores, log_softmax
from qtl_core.runs.events import Checkpoint, EpochDone
from qtl_core.settings import CircuitSettings, ModelSettings, TrainingSettings, spec_of
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import parameter_shapes
from qtl_core.training.compiled.engine import train_compiled
from qtl_core.training.compiled.many_runs import train_many
from qtl_core.training.engines import ENGINES
from qtl_core.training.starting import first_weights, standing_still, trained_parameters
from qtl_core.training.task import Engine, KeptFeatures, TrainingTask
from qtl_core.training.torch_engine import train_with_pennylane, train_with_torch

TRAIN, VAL, FEATURES, EPOCHS = 13, 6, 5, 3
EXACT = {"double": 1e-8, "single": 1e-4}
FIGURES = ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "learning_rate")
GROUPS = ("weights", "first_moments", "second_moments", "best_weights")
USUAL = TrainingSettings()


def values_of(name: str) -> tuple[str, ...]:
    return tuple(choice.value for choice in spec_of(USUAL, name).choices)


def features(classes: int, views: int = 0, constant: bool = False) -> KeptFeatures:
    rng = np.random.default_rng(5)
    labels = np.arange(TRAIN + VAL) % classes
    shape = (len(labels), max(views, 1), FEATURES)
    rows = (rng.standard_normal((classes, FEATURES))[labels][:, None] + rng.standard_normal(shape)).astype(np.float32)
    rows[..., 0] = 0.1 if constant else rows[..., 0]  # of which standardising has no spread to scale by
    train = rows[:TRAIN] if views else rows[:TRAIN, 0]
    return KeptFeatures(train, rows[TRAIN:, 0], labels[:TRAIN], labels[TRAIN:], classes=classes, seed=3)


def shapes_of(work: TrainingTask) -> dict[str, tuple[int, ...]]:
    return parameter_shapes(FEATURES, work.source.classes, work.circuit, work.model)


def some_task(**training) -> TrainingTask:
    chosen = {"epochs": EPOCHS, "batch_size": 4, "learning_rate": 0.01, "step_size": 2, "q_delta": 0.5, "seed": 3}
    return TrainingTask(CircuitSettings(2, 2), TrainingSettings(**chosen | training), features(2), "double")


@st.composite
def tasks(draw: st.DrawFn, head: str, optimiser: str, schedule: str) -> TrainingTask:
    """A small task with large steps, so that three epochs change every number by far more than the tolerance."""
    training = TrainingSettings(
        epochs=EPOCHS,
        batch_size=draw(st.sampled_from((1, 4, 9, TRAIN))),
        learning_rate=draw(st.sampled_from((0.003, 0.02))),
        step_size=draw(st.sampled_from((1, 2))),
        gamma=draw(st.sampled_from((0.1, 0.7))),
        q_delta=0.5,
        seed=draw(st.integers(0, 99)),
        best_by=draw(st.sampled_from(values_of("best_by"))),
        optimiser=optimiser,
        momentum=draw(st.sampled_from((0.0, 0.5, 0.9))),
        weight_decay=draw(st.sampled_from((0.0, 0.01, 0.5))),
        label_smoothing=draw(st.sampled_from((0.0, 0.1, 0.5))),
        class_weights=draw(st.sampled_from(values_of("class_weights"))),
        standardise=draw(st.booleans()),
        schedule=schedule,
        warm_up=draw(st.sampled_from((0, 1, 2, 9))),
        patience=draw(st.sampled_from((0, 1, 2))),
    )
    circuit = CircuitSettings(draw(st.integers(1, 3)), draw(st.integers(0, 2)), draw(st.sampled_from(("brick", "all"))))
    source = features(draw(st.integers(2, 3)), draw(st.sampled_from((0, 2))), draw(st.booleans()))
    work = TrainingTask(circuit, training, source, "double", model=ModelSettings(head, draw(st.integers(1, 5))))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    shapes = shapes_of(work)
    if draw(st.booleans()):
        start = {name: 0.5 * rng.standard_normal(shape).astype(np.float32) for name, shape in shapes.items()}
        work = replace(work, start=start)
    shares = {name: draw(st.sampled_from((0.0, 0.5, 1.0))) for name in shapes}
    fixed = {name: rng.random(shapes[name]) < share for name, share in shares.items() if share}
    work = replace(work, fixed=fixed)
    try:
        assume(trained_parameters(work))
    except InputError:  # nothing is left to learn
        assume(False)
    return work


def epochs(engine: Engine, work: TrainingTask, start: Checkpoint | None = None) -> list[EpochDone]:
    return [event for event in engine(work, start, lambda: False) if isinstance(event, EpochDone)]


def assert_same(ours: list[EpochDone], theirs: list[EpochDone], exact: float) -> None:
    assert [epoch.epoch for epoch in ours] == [epoch.epoch for epoch in theirs]
    for left, right in zip(ours, theirs, strict=True):
        for figure in FIGURES:
            assert getattr(left, figure) == pytest.approx(getattr(right, figure), abs=exact), figure
        np.testing.assert_allclose(left.val_probabilities, right.val_probabilities, atol=max(exact, 1e-6))
        assert left.is_best == right.is_best
        assert len(left.layer_gradients) == len(right.layer_gradients)
    left, right = ours[-1].checkpoint, theirs[-1].checkpoint
    assert (left.steps, left.best_epoch) == (right.steps, right.best_epoch)
    for group in GROUPS:
        found, expected = (
            {name: values for name, values in getattr(each, group).items() if values.size} for each in (left, right)
        )
        assert found.keys() == expected.keys(), group
        for name, values in expected.items():
            np.testing.assert_allclose(found[name], values, atol=exact, err_msg=f"{group} {name}")


OPTIMISERS, SCHEDULES = values_of("optimiser"), values_of("schedule")
each_head = pytest.mark.parametrize("head", HEADS)
each_optimiser = pytest.mark.parametrize("optimiser", OPTIMISERS)
each_schedule = pytest.mark.parametrize("schedule", SCHEDULES)


@each_head
@each_optimiser
@each_schedule
@settings(max_examples=2)
@given(data=st.data())
def test_the_compiled_engine_and_torch_agree(data, head, optimiser, schedule):
    work = data.draw(tasks(head, optimiser, schedule))
    ours = epochs(train_compiled, work)
    assert_same(ours, epochs(train_with_torch, work), EXACT["double"])
    (one,) = train_many([work], lambda: False)
    assert one.val_losses.tolist() == [epoch.val_loss for epoch in ours]
    best = ours[-1].checkpoint
    assert one.best_epoch == best.best_epoch
    assert one.best_weights.keys() == best.best_weights.keys()
    assert all(np.array_equal(one.best_weights[name], values) for name, values in best.best_weights.items())


@each_head
@each_optimiser
@settings(max_examples=3)
@given(data=st.data())
def test_they_agree_in_single_precision_too(data, head, optimiser):
    work = data.draw(tasks(head, optimiser, data.draw(st.sampled_from(SCHEDULES))))
    # Losses that differ by rounding alone would be ranked by it.
    work = replace(work, precision="single", training=replace(work.training, best_by="accuracy"))
    assert_same(epochs(train_compiled, work), epochs(train_with_torch, work), EXACT["single"])


@each_optimiser
@pytest.mark.parametrize("head", [name for name, spec in HEADS.items() if spec.has_circuit])
@settings(max_examples=3)
@given(data=st.data())
def test_pennylane_agrees(data, head, optimiser):
    work = data.draw(tasks(head, optimiser, data.draw(st.sampled_from(SCHEDULES))))
    assert_same(epochs(train_compiled, work), epochs(train_with_pennylane, work), EXACT["double"])


@pytest.mark.parametrize("engine", [train_compiled, train_with_torch])
@each_head
@each_optimiser
@settings(max_examples=2)
@given(data=st.data())
def test_going_on_is_equal_to_the_last_bit(data, head, optimiser, engine):
    work = data.draw(tasks(head, optimiser, data.draw(st.sampled_from(SCHEDULES))))
    work = replace(work, precision=data.draw(st.sampled_from(("single", "double"))))
    whole = epochs(engine, work)
    begun = data.draw(st.sampled_from(range(len(whole))))
    rest = epochs(engine, work, whole[begun].checkpoint)
    assert_same(rest or whole[-1:], whole[begun + 1 :] or whole[-1:], 0)


@each_head
@settings(max_examples=6)
@given(data=st.data())
def test_what_stands_still_does_so_and_the_rest_moves(data, head):
    drawn = tasks(head, data.draw(st.sampled_from(OPTIMISERS)), data.draw(st.sampled_from(("step", "constant"))))
    work = data.draw(drawn)
    before, after = first_weights(work), epochs(train_compiled, work)[-1].checkpoint
    still, moved = standing_still(work), 0
    for name, shape in shapes_of(work).items():
        mask, values = still.get(name, np.zeros(shape, bool)), after.weights[name]
        assert np.array_equal(values[mask], before[name][mask]), name
        moved += int((values != before[name])[~mask].sum())
        if name in after.first_moments:
            assert not after.first_moments[name][mask].any()
    assert moved or head == "mlp"  # all of whose hidden units may be off for every picture


@each_head
@settings(max_examples=3)
@given(data=st.data())
def test_weights_score_pictures_as_training_did(data, head):
    """What reads a run's weights afterwards (`head_scores`) sees the probabilities that validation saw."""
    work = data.draw(tasks(head, data.draw(st.sampled_from(OPTIMISERS)), "constant"))
    last = epochs(train_compiled, work)[-1]
    for weights in (last.checkpoint.weights, last.checkpoint.best_weights):
        assert {MEAN, SCALE}.issubset(weights) == work.training.standardise
    scores = class_scores(work.circuit, last.checkpoint.weights, work.source.val, work.model)
    np.testing.assert_allclose(np.exp(log_softmax(scores)), last.val_probabilities, atol=1e-6)


# Early stopping


@pytest.mark.parametrize("engine", [train_compiled, train_with_torch])
@pytest.mark.parametrize("patience", [1, 2, 4])
def test_patience_ends_it_after_so_many_epochs_without_a_better_one(engine, patience):
    long = some_task(epochs=20, learning_rate=0.2, best_by="loss", schedule="constant")
    without = epochs(engine, long)
    found = epochs(engine, replace(long, training=replace(long.training, patience=patience)))
    losses = [epoch.val_loss for epoch in without]
    best = 0
    for number, loss in enumerate(losses, start=1):
        best = number if loss < min(losses[: number - 1], default=np.inf) else best
        if number - best >= patience:
            break
    assert len(found) == number < 20, "the case must end early"
    assert_same(found, without[:number], 0)
    (one,) = train_many([replace(long, training=replace(long.training, patience=patience))], lambda: False)
    assert len(one.val_losses) == number
    assert one.best_epoch == best


# A stop, and what is refused


@pytest.mark.parametrize("engine", list(ENGINES))
@each_head
def test_a_stop_is_answered_at_once(engine, head):
    work = replace(some_task(epochs=500), model=ModelSettings(head))
    asked = iter([False] * 3)
    seen = list(ENGINES[engine](work, None, lambda: next(asked, True)))
    assert len(seen) <= 4 + 3  # batches, and with the compiled engine an epoch after each
    assert not isinstance(seen[-1], EpochDone)


@each_head
def test_nothing_left_to_learn_is_refused(head):
    work = replace(some_task(), model=ModelSettings(head))
    work = replace(work, fixed={name: np.ones(shape, bool) for name, shape in shapes_of(work).items()})
    for engine in (train_compiled, train_with_torch):
        with pytest.raises(InputError, match="nothing to learn"):
            next(engine(work, None, lambda: False))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fixed": {"post_net.bias": np.ones(3, bool)}}, r"fixed\['post_net.bias'\] has shape \(3,\)"),
        ({"fixed": {"hidden": np.ones(3, bool)}}, "has a mask 'hidden'"),
        ({"start": {"post_net.bias": np.ones(2)}}, "start has no pre_net.weight"),
        ({"start": "nan"}, r"start\['q_params'\] holds nan"),
    ],
)
@pytest.mark.parametrize("engine", [train_compiled, train_with_torch])
def test_a_start_or_a_mask_that_does_not_fit_is_refused(engine, changes, said):
    work = some_task()
    if changes.get("start") == "nan":
        changes = {"start": first_weights(work) | {"q_params": np.full(work.circuit.weight_count, np.nan)}}
    with pytest.raises(InputError, match=said):
        next(engine(replace(work, **changes), None, lambda: False))


def test_a_memory_of_another_optimiser_is_refused():
    adam, sgd = some_task(), some_task(optimiser="sgd")
    for work, other in ((adam, sgd), (sgd, adam)):
        (*_, last) = epochs(train_compiled, replace(other, training=replace(other.training, epochs=2)))
        with pytest.raises(InputError, match=r"start\.second_moments"):
            next(train_compiled(work, last.checkpoint, lambda: False))


def test_standardising_uses_training_pictures_alone_and_leaves_constants():
    work = replace(some_task(standardise=True), source=features(2, views=2, constant=True))
    moved = first_weights(work)
    rows = work.source.train.reshape(-1, FEATURES).astype(np.float64)
    np.testing.assert_allclose(moved[MEAN], rows.mean(axis=0), rtol=1e-12)
    assert moved[SCALE][0] == 1.0
    np.testing.assert_allclose(moved[SCALE][1:], 1 / rows.std(axis=0)[1:], rtol=1e-12)
