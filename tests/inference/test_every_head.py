"""Whatever head a run has, an answer is its own forward pass, taken apart so that the parts add up to it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from qtl_core.explain.counterfactual import (
    Counterfactuals,
    counterfactual_job,
    margin_of,
    run_counterfactual_job,
    why_no_counterfactual,
)
from qtl_core.explain.heatmap import METHODS, HeatMaps, heatmap_job, mapped_units, run_heatmap_job
from qtl_core.explain.neighbours import Neighbours, neighbours_job, run_neighbours_job
from qtl_core.inference.explanation import Explanation
from qtl_core.inference.predictor import Predictor
from qtl_core.inference.requests import TrainedModel, model_of
from qtl_core.network.head_scores import class_scores, head_places, hidden_values
from qtl_core.network.trained_head import TrainedHead
from qtl_core.pictures.features.transforms import normalised
from qtl_core.runs.view import RunView
from qtl_core.settings.heads import HEADS
from qtl_core.training.feature_memory import restore_preparation
from qtl_core.training.run import RunRequest, run
from tests.helpers.every_head import every_head, with_head
from tests.helpers.made_networks import quick_settings

SINGLE = 1e-4  # of features of some units


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("heads-home")


@pytest.fixture(autouse=True)
def features_are_kept(own_home, home, monkeypatch):
    """All tests here share a home, so that the features of the few pictures are computed once."""
    monkeypatch.setenv("QTL_HOME", str(home))


@pytest.fixture(scope="module")
def trained(tmp_path_factory, home) -> RunView:
    settings = quick_settings(tmp_path_factory.mktemp("heads"), epochs=1, qubits=3, depth=2, hidden_units=20)
    view = RunView()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QTL_HOME", str(home))
        for event in run(RunRequest(settings, keep=False), lambda _: None, lambda: False):
            view = view.apply(event)
    return view


def asked(trained: RunView, head: str, standardise: bool) -> tuple[TrainedModel, Explanation]:
    model = model_of(with_head(trained, head, standardise=standardise), f"{head}-{standardise}")
    return model, Predictor(model.run).explain(Path(trained.prepared.val_files[1]))


@every_head
def test_an_explanation_is_the_forward_pass_and_its_shares_add_up_to_it(trained, head, standardise):
    model, told = asked(trained, head, standardise)
    settings, weights = model.run.prepared.settings, model.run.checkpoint.best_weights
    features = told.features[None]
    hidden = hidden_values(settings.circuit, weights, features, settings.model)[0]
    scores = class_scores(settings.circuit, weights, features, settings.model)[0]
    assert told.hidden == pytest.approx(hidden, abs=SINGLE)
    assert told.scores == pytest.approx(scores, abs=SINGLE)
    assert told.shares.sum(axis=0) + told.bias == pytest.approx(told.scores)
    powers = np.exp(scores - scores.max())
    assert list(told.prediction.probabilities.values()) == pytest.approx(powers / powers.sum(), abs=SINGLE)
    assert len(told.angles) == len(told.expectations) == (3 if HEADS[head].has_circuit else 0)
    assert told.unit == HEADS[head].unit
    assert margin_of(told).score == pytest.approx(abs(scores[0] - scores[1]), abs=SINGLE)


@every_head
def test_what_would_change_the_answer_changes_it_and_a_little_less_does_not(trained, head, standardise):
    model, told = asked(trained, head, standardise)
    if not HEADS[head].is_hidden:
        assert "no angles or hidden units" in why_no_counterfactual(told)
        return
    assert why_no_counterfactual(told) == ""
    found: list[Counterfactuals] = []
    run_counterfactual_job(counterfactual_job(model, told).payload, found.append, lambda: False)
    (made,) = found
    first = int(told.scores.argmax())
    for unit, value, turn in zip(made.units, made.values, made.by_unit, strict=True):
        if turn is None:
            stretch = made.intervals[made.units.index(unit)]
            inside = np.linspace(stretch[0].start, stretch[-1].end, 25)
            assert {said_with(model, told, unit, float(each)) for each in inside} == {first}
            continue
        assert turn.before == value == pytest.approx(float(place_of(told)[unit]))
        assert said_with(model, told, unit, turn.after + 1e-3 * np.sign(turn.change)) == turn.label
        assert said_with(model, told, unit, turn.after - 1e-3 * np.sign(turn.change)) == first
    assert any(made.by_unit), "no unit changes anything"


def place_of(told: Explanation) -> np.ndarray:
    return told.angles if told.model.spec.has_circuit else told.hidden


def said_with(model: TrainedModel, told: Explanation, unit: int, value: float) -> int:
    """The class that the head itself names with one angle or unit changed."""
    changed = np.array(place_of(told), dtype=np.float32)
    changed[unit] = value
    hidden = torch.from_numpy(changed[None])
    if told.model.spec.has_circuit:
        settings = model.run.prepared.settings
        trained = TrainedHead(model.run.checkpoint.best_weights, settings.circuit, settings.model).head
        with torch.no_grad():
            hidden = trained.simulator(hidden, trained.q_params)
    return int((hidden.numpy()[0] @ told.weights + told.bias).argmax())


@every_head
def test_neighbours_are_near_in_what_the_head_itself_makes_of_the_pictures(trained, head, standardise):
    model, told = asked(trained, head, standardise)
    found: list[Neighbours] = []
    run_neighbours_job(neighbours_job(model, told).payload, found.append, lambda: False)
    (made,) = found
    assert made.missing == ""
    assert len(made.by_features) == 6
    if not HEADS[head].is_hidden:
        assert made.by_head == ()
        return
    prepared, weights = model.run.prepared, model.run.checkpoint.best_weights
    kept = restore_preparation(prepared, lambda: False, "")
    theirs = head_places(weights, kept.features.train, prepared.settings.model)
    ours = told.angles if HEADS[head].has_circuit else told.hidden
    away = np.sqrt(((theirs - ours) ** 2).mean(axis=1))
    assert [each.distance for each in made.by_head] == pytest.approx(np.sort(away)[:6].tolist(), abs=SINGLE)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("head", HEADS)
def test_there_is_a_heat_map_of_every_class_and_of_every_unit_that_says_something(trained, head, method):
    model, told = asked(trained, head, True)
    made: list[HeatMaps] = []

    def take(event: object) -> None:
        if isinstance(event, HeatMaps):
            made.append(event)

    run_heatmap_job(heatmap_job(model, told, method).payload, take, lambda: False)
    (maps,) = made
    units = mapped_units(told)
    assert len(maps.by_class) == 2
    assert len(maps.by_unit) == len(units) == {"linear": 0, "mlp": 16}.get(head, len(told.hidden))
    assert maps.by_class.max() > 0
    if head == "mlp":  # of 20 units the 16 with the largest shares
        said = np.abs(told.shares).max(axis=1)
        assert min(said[list(units)]) >= max(np.delete(said, list(units)))


def test_the_gradient_of_a_linear_head_is_that_of_its_scores_alone(trained):
    """The map of a class by hand: the weights of the linear layer lead back to the last maps without any bend."""
    from qtl_core.explain.gradcam import gradcam

    model, told = asked(trained, "linear", False)
    predictor = Predictor(model.run)
    image = normalised([told.seen], predictor.spec.transform, torch.device("cpu"))
    weights = torch.tensor(model.run.checkpoint.best_weights["post_net.weight"])
    expected = gradcam(predictor.backbone.network, lambda features: (features @ weights.T)[0], image)
    made: list[HeatMaps] = []
    run_heatmap_job(heatmap_job(model, told, METHODS[0]).payload, made.append, lambda: False)
    assert made[0].by_class == pytest.approx(expected, abs=1e-5)
