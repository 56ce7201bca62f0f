"""What may be trained on: the kinds of wrong arrays are all refused at the door, and what is let in trains."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qtl_core.common.errors import DivergedError, InputError
from qtl_core.runs.events import EpochDone
from qtl_core.settings import CircuitSettings, TrainingSettings
from qtl_core.training.engines import ENGINES
from qtl_core.training.task import FeatureSource, KeptFeatures, TrainingTask

CIRCUIT = CircuitSettings(2, 1)
GOOD = {
    "train": np.arange(15, dtype=np.float32).reshape(5, 3) / 15,
    "val": np.ones((2, 3), np.float32),
    "train_labels": [0, 1, 0, 1, 1],
    "val_labels": [1, 0],
    "classes": 2,
}


def kept(**changes) -> KeptFeatures:
    return KeptFeatures(**{**GOOD, **changes})


def trained(engine: str, source: KeptFeatures, **training) -> list[EpochDone]:
    work = TrainingTask(CIRCUIT, TrainingSettings(**{"epochs": 2, **training}), source)
    return [event for event in ENGINES[engine](work, None, lambda: False) if isinstance(event, EpochDone)]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"train_labels": [1, 2, 1, 2, 1]}, r"train_labels holds 2 at \[1\]\. It should be class indices from 0 to 1"),
        ({"train_labels": [0, 1, 0, 1, 10**6]}, r"train_labels holds 1000000 at \[4\]"),
        ({"val_labels": [0, -1]}, r"val_labels holds -1 at \[1\]"),
        ({"val_labels": [0.0, math.nan]}, r"val_labels holds nan at \[1\]"),
        ({"train_labels": [0, 1, 0]}, r"train_labels has shape \(3,\)\. It should be .* here \(5\)"),
        ({"val": np.ones((2, 4))}, r"val has shape \(2, 4\)\. It should be .*\(pictures, features\), here \(any, 3\)"),
        ({"val": np.ones(3)}, r"val has shape \(3,\)"),
        ({"val": np.ones((0, 3)), "val_labels": []}, "val is empty"),
        ({"train": np.ones((0, 3)), "train_labels": []}, "train is empty"),
        ({"train": np.ones((5, 0))}, "train is empty"),
        ({"train": np.ones((5, 0, 3))}, "train is empty"),
        ({"train": np.ones((5, 1, 1, 3))}, "train has shape"),
        ({"train": np.full((5, 3), math.nan)}, r"train holds nan at \[0, 0\] and 14 more like it"),
        ({"val": np.full((2, 3), math.inf)}, r"val holds inf at \[0, 0\]"),
        ({"train": np.full((5, 3), 1e300)}, "none beyond 3.4e[+]38"),
        ({"train": np.ones((5, 3), complex)}, "train holds complex numbers"),
        ({"classes": 0}, "classes is 0"),
        ({"classes": 2.0}, "classes is 2.0"),
        ({"classes": 10**9}, "classes is 1000000000"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_name(changes, said):
    with pytest.raises(InputError, match=said):
        kept(**changes)


def test_nothing_of_it_can_be_changed_once_it_was_checked():
    source = kept(train_labels=np.array(GOOD["train_labels"]))
    with pytest.raises(FrozenInstanceError):
        source.train_labels = np.full(5, 10**6)
    with pytest.raises(ValueError, match="read-only"):
        source.train_labels[0] = 10**6
    with pytest.raises(ValueError, match="WRITEABLE"):
        source.val_labels.flags.writeable = True


def test_labels_changed_by_their_owner_change_nothing():
    labels = np.array(GOOD["train_labels"])
    source = kept(train_labels=labels)
    labels[:] = 10**6
    assert source.train_labels.tolist() == GOOD["train_labels"]


def test_another_seed_shares_the_features():
    source = kept(train=np.ones((5, 4, 3), np.float32))
    other = source.with_seed(2**40)
    assert (source.seed, other.seed) == (0, 2**40)
    assert other.train is source.train
    with pytest.raises(InputError, match="seed is -3"):
        source.with_seed(-3)
    with pytest.raises(InputError, match="seed is -1"):
        source.with_seed(-1)
    assert other.with_seed(0).seed == 0


@pytest.mark.parametrize("name", ["feature_size", "classes", "train_labels", "val_labels"])
def test_what_any_source_of_features_has_are_values_and_no_methods(name):
    assert isinstance(vars(FeatureSource)[name], property)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"circuit": 4}, "circuit is of type int"),
        ({"training": {"epochs": 3}}, "training is of type dict"),
        ({"precision": "half"}, "precision is 'half'. It should be one of 'single', 'double'"),
    ],
)
def test_a_task_without_settings_is_refused(changes, said):
    with pytest.raises(InputError, match=said):
        replace(TrainingTask(CIRCUIT, TrainingSettings(), kept()), **changes)


@pytest.mark.parametrize("engine", list(ENGINES))
@pytest.mark.parametrize(
    "changes",
    [
        {"train_labels": [0] * 5, "val_labels": [0, 0]},
        {"classes": 1, "train_labels": [0] * 5, "val_labels": [0, 0]},
        {"train": np.asfortranarray(GOOD["train"])},
        {"train": np.repeat(GOOD["train"], 2, axis=1)[:, ::2], "val": GOOD["val"][::-1, ::-1]},
        {"train": GOOD["train"].astype(">f8"), "val": GOOD["val"].astype(np.float16)},
        {"train": torch.from_numpy(GOOD["train"].copy()).requires_grad_(), "val": torch.ones(2, 3).bfloat16()},
        {"train": GOOD["train"].tolist(), "val": [[1, 2, 3], [4, 5, 6]]},
        {"val": np.frombuffer(GOOD["val"].tobytes(), np.float32).reshape(2, 3)},
    ],
    ids=range(8),
)
@pytest.mark.filterwarnings("error")
def test_what_is_let_in_trains(engine, changes):
    done = trained(engine, kept(**changes), batch_size=256)
    assert len(done) == 2
    assert all(math.isfinite(figure) for epoch in done for figure in (epoch.train_loss, epoch.val_loss))


# The space of wrong inputs: every engine trains with finite figures or raises one of the two errors.

LENGTHS = st.integers(0, 4)
NUMBERS = st.one_of(
    st.floats(-2, 2), st.sampled_from([math.nan, math.inf, -math.inf, 1e20, -1e30, 3e38, 1e300, 0.0, 1e-45])
)
DTYPES = st.sampled_from(["f4", "f8", "f2", ">f4", "i4", "u1", "?", "c8", "O", "U8"])


@st.composite
def arrays(draw, *right: tuple[int, ...]) -> np.ndarray:
    """Arrays of the `right` shapes and kinds more often than not, so that many examples get through the door."""
    others = st.sampled_from([(4, 2, 3), (2, 3), (3,), ()]) | st.tuples(LENGTHS, LENGTHS)
    shape = draw(st.sampled_from(right * 4) | others if draw(st.booleans()) else st.just(right[0]))
    odd = draw(st.lists(st.tuples(st.integers(0, 63), NUMBERS), max_size=2))
    values = np.linspace(-1, 1, math.prod(shape))
    for at, number in odd:
        if values.size:
            values[at % values.size] = number
    with np.errstate(all="ignore"):
        found = values.reshape(shape).astype(draw(DTYPES if draw(st.booleans()) else st.just("f4")))
    return draw(st.sampled_from([found, np.asfortranarray(found), found[::-1] if found.ndim else found]))


LABELS = st.lists(st.integers(-1, 3) | st.sampled_from([10**6, 2**40, 0.5, math.nan]), max_size=5)


@pytest.mark.parametrize("engine", list(ENGINES))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    train=arrays((4, 3), (4, 2, 3)),
    val=arrays((2, 3)),
    train_labels=st.just([0, 1, 0, 1]) | LABELS,
    val_labels=st.just([0, 1]) | LABELS,
    classes=st.just(2) | st.integers(0, 3),
    batch_size=st.sampled_from([1, 3, 256]),
    precision=st.sampled_from(["single", "double"]),
)
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning", "ignore:invalid value:RuntimeWarning")
def test_any_engine_trains_or_says_what_is_wrong(
    engine, train, val, train_labels, val_labels, classes, batch_size, precision
):
    try:
        source = KeptFeatures(train, val, train_labels, val_labels, classes=classes)
    except InputError:
        return
    work = TrainingTask(CIRCUIT, TrainingSettings(epochs=1, batch_size=batch_size), source, precision)
    try:
        *_, done = ENGINES[engine](work, None, lambda: False)
    except DivergedError as error:
        assert np.abs(np.concatenate([source.train.ravel(), source.val.ravel()])).max() > 1e15
        assert error.epoch == 1
        return
    assert math.isfinite(done.train_loss) and math.isfinite(done.val_loss)
    assert np.isfinite(done.val_probabilities).all()
    assert all(np.isfinite(values).all() for values in done.checkpoint.weights.values())


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(1, 4), st.integers(1, 3), st.integers(1, 4), st.integers(1, 3), st.sampled_from([0, 1, 2]))
def test_every_shape_that_fits_trains_alike_with_torch_and_compiled(pictures, features, val, classes, views):
    shape = (pictures, views, features) if views else (pictures, features)
    source = KeptFeatures(
        np.cos(np.arange(math.prod(shape))).reshape(shape),
        np.sin(np.arange(val * features)).reshape(val, features),
        np.arange(pictures) % classes,
        np.arange(val) % classes,
        classes=classes,
    )
    ours, theirs = trained("compiled", source), trained("torch", source)
    assert ours[-1].train_loss == pytest.approx(theirs[-1].train_loss, abs=1e-4)
    assert ours[-1].val_loss == pytest.approx(theirs[-1].val_loss, abs=1e-4)
