"""Heads without a circuit come in from torch's own modules and go out to them, and answer the same."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from qtl_core.common.errors import UserError
from qtl_core.exchange.heads.head_file import HeadQuestions, HeadRequest
from qtl_core.exchange.heads.importing import read_head
from qtl_core.exchange.heads.plain_layers import folded, torch_words
from qtl_core.exchange.heads.writing import head_bytes, remarks
from qtl_core.network.head_scores import class_scores
from qtl_core.runs.view import RunView
from qtl_core.settings import ModelSettings, RunSettings, SettingsError
from qtl_core.settings.heads import HEADS
from qtl_core.settings.parameters import hidden_width
from tests.helpers.every_head import every_head
from tests.helpers.every_head import made_weights as made_head
from tests.helpers.made_heads import saved
from tests.helpers.made_runs import made_run

FEATURES = torch.rand(4, 512, generator=torch.Generator().manual_seed(1))
EXACT = 1e-5


def layers(kind: str, units: int = 5, classes: int = 2) -> nn.Module:
    torch.manual_seed(3)
    bends = {"mlp": nn.ReLU(), "bottleneck": nn.Tanh()}
    if kind == "linear":
        return nn.Linear(512, classes)
    return nn.Sequential(nn.Linear(512, units), bends[kind], nn.Linear(units, classes))


def read(content: bytes, **asked: object) -> RunView:
    return read_head(HeadRequest(content, "head.pt", HeadQuestions(**asked))).view


def scores(view: RunView) -> np.ndarray:
    settings = view.prepared.settings
    return class_scores(settings.circuit, view.checkpoint.best_weights, FEATURES.numpy(), settings.model)


def renamed(state: dict[str, torch.Tensor], front: str) -> dict[str, torch.Tensor]:
    return {f"{front}{name}": values for name, values in state.items()}


@pytest.mark.parametrize("front", ["", "fc.", "model.classifier.", "module."])
@pytest.mark.parametrize("kind", ["linear", "mlp", "bottleneck"])
def test_torchs_layers_answer_here_as_they_do_there(kind, front):
    module = layers(kind)
    view = read(saved(renamed(module.state_dict(), front)), head="" if kind == "linear" else kind)
    prepared = view.prepared
    assert prepared.settings.model.head == kind
    with torch.no_grad():
        assert scores(view) == pytest.approx(module(FEATURES).numpy(), abs=EXACT)
    sizes = prepared.feature_size, 2, prepared.settings.circuit, prepared.settings.model
    assert hidden_width(*sizes) == {"linear": 512}.get(kind, 5)
    assert prepared.parameters == sum(values.numel() for values in module.state_dict().values())


@pytest.mark.parametrize("units", [1, 4, 12])
def test_a_bottleneck_has_as_many_units_here_as_in_its_file(units):
    module = layers("bottleneck", units)
    view = read(saved(module.state_dict()), head="bottleneck")
    with torch.no_grad():
        assert scores(view) == pytest.approx(module(FEATURES).numpy(), abs=EXACT)


def test_layers_without_a_bias_have_one_of_zeros():
    module = nn.Linear(512, 2, bias=False)
    with torch.no_grad():
        assert scores(read(saved(module.state_dict()))) == pytest.approx(module(FEATURES).numpy(), abs=EXACT)


def test_of_two_layers_it_is_asked_what_bends_the_units_between():
    with pytest.raises(UserError, match="what bends the 5 hidden units between them is in no file") as refused:
        read(saved(layers("mlp").state_dict()))
    assert "mlp" in refused.value.do and "bottleneck" in refused.value.do


@pytest.mark.parametrize(
    ("kind", "units", "asked", "said"),
    [
        ("linear", 5, "mlp", "one linear layer"),
        ("mlp", 5, "linear", "two linear layers"),
        ("bottleneck", 13, "bottleneck", "a layer of 13 units behind tanh"),
    ],
)
def test_what_a_file_is_not_is_refused(kind, units, asked, said):
    with pytest.raises(UserError, match=said):
        read(saved(layers(kind, units).state_dict()), head=asked)
    with pytest.raises(SettingsError):
        read(saved(layers(kind, units).state_dict()), head="forest")


def test_weights_that_are_no_numbers_and_other_sizes_are_refused():
    broken = layers("linear")
    with torch.no_grad():
        broken.bias[0] = torch.nan
    with pytest.raises(UserError):
        read(saved(broken.state_dict()))
    with pytest.raises(UserError, match="2 outputs, and 3 classes were named"):
        read(saved(layers("linear").state_dict()), classes=("a", "b", "c"))
    with pytest.raises(UserError, match="takes 512 features"):
        read(saved(layers("linear").state_dict()), backbone="mobilenet_v2")
    many = nn.Sequential(*[nn.Linear(8, 8) for _ in range(3)])
    with pytest.raises(UserError, match="There is no q_params in it"):
        read(saved(many.state_dict()))


def run_with(tmp_path, head: str, standardise: bool) -> RunView:
    settings = RunSettings().changed(head=head, standardise=standardise, hidden_units=6, qubits=3, depth=2)
    view = made_run(tmp_path, settings=settings)
    weights = made_head(512, 2, settings.circuit, settings.model, standardise=standardise)
    last = view.epochs[-1]
    checkpoint = replace(last.checkpoint, best_weights=weights)
    return replace(view, epochs=(*view.epochs[:-1], replace(last, checkpoint=checkpoint)))


@every_head
def test_a_head_that_goes_out_comes_back_with_the_same_answers(tmp_path, head, standardise):
    view = run_with(tmp_path, head, standardise)
    back = read(head_bytes(view, ".pt"), head="" if HEADS[head].has_circuit or head == "linear" else head, depth=2)
    settings = view.prepared.settings
    expected = class_scores(settings.circuit, view.checkpoint.best_weights, FEATURES.numpy(), settings.model)
    assert scores(back) == pytest.approx(expected, abs=1e-4)
    said = " ".join(remarks(view))
    assert ("standardised features" in said) == standardise
    assert ("There is no circuit in this head" in said) == (not HEADS[head].has_circuit)


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("head", ["linear", "mlp", "bottleneck"])
def test_the_module_that_is_named_loads_the_file(tmp_path, head, standardise):
    view = run_with(tmp_path, head, standardise)
    settings = view.prepared.settings
    words = torch_words(512, 2, settings.model, hidden_width(512, 2, settings.circuit, settings.model))
    assert words in " ".join(remarks(view))
    module = eval(words)
    module.load_state_dict(torch.load(io.BytesIO(head_bytes(view, ".pt")), weights_only=True))
    expected = class_scores(settings.circuit, view.checkpoint.best_weights, FEATURES.numpy(), settings.model)
    with torch.no_grad():
        assert module(FEATURES).numpy() == pytest.approx(expected, abs=1e-4)


def test_folding_leaves_a_plain_head_as_it_is():
    weights = made_head(7, 2, RunSettings().circuit, ModelSettings("linear"))
    assert folded(weights) == weights
