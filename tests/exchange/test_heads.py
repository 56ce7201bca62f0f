"""Heads of the PennyLane demo and of the paper come in and give their answers, go out and are loaded by either code."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save as as_safetensors

from qtl_core.common.errors import UserError
from qtl_core.common.progress import never_stop
from qtl_core.exchange.heads.fitting import fitted, told_apart
from qtl_core.exchange.heads.head_file import HeadQuestions, HeadRequest, class_names
from qtl_core.exchange.heads.importing import read_head
from qtl_core.exchange.heads.reading import read_state
from qtl_core.exchange.heads.writing import head_bytes, remarks
from qtl_core.exchange.jobs import run_rows_job
from qtl_core.inference.predictor import Predictor
from qtl_core.network.model import DressedQuantumNet as Ours
from qtl_core.network.model import load_head
from qtl_core.runs.view import RunView
from qtl_core.settings import CircuitSettings, DataSettings
from qtl_core.settings.backbones import BACKBONES
from tests.helpers.made_heads import as_on_cuda, demo_head, demo_hybrid, paper_head, saved
from tests.helpers.made_networks import made_weights, noisy_pictures

EXACT = 1e-5


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    return made_weights("resnet18", tmp_path_factory.mktemp("weights"))


def scores(view: RunView, features: torch.Tensor) -> np.ndarray:
    prepared = view.prepared
    model = Ours(prepared.feature_size, len(prepared.classes), prepared.settings.circuit)
    load_head(model, view.checkpoint.best_weights)
    return model(features).detach().numpy()


def features(rows: int = 5, size: int = 512) -> torch.Tensor:
    return torch.randn(rows, size, generator=torch.Generator().manual_seed(1))


def brought_in(content: bytes, name: str = "head.pt", **asked) -> RunView:
    return read_head(HeadRequest(content, name, HeadQuestions(**asked))).view


WAYS = {
    "zip": lambda state: saved(state),
    "pickle": lambda state: saved(state, legacy=True),
    "saved on CUDA": lambda state: as_on_cuda(saved(state, legacy=True)),
    "wrapped": lambda state: saved({"epoch": 3, "state_dict": state}),
    "DataParallel": lambda state: saved({f"module.{name}": value for name, value in state.items()}),
    "safetensors": lambda state: as_safetensors({name: value.contiguous() for name, value in state.items()}),
    "two-dimensional angles": lambda state: saved(state | {"q_params": state["q_params"].reshape(-1, 4)}),
    "half precision": lambda state: saved({name: value.double() for name, value in state.items()}),
}


HEADS = {"demo": demo_head, "paper": paper_head}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("code", HEADS)
def test_a_head_answers_here_as_in_its_own_code_however_it_was_saved(code, way):
    head = HEADS[code]()
    content = WAYS[way](dict(head.state_dict()))
    if way == "saved on CUDA":
        assert content.count(b"cuda:0") == 1  # the pickler writes it once and then refers to it
    view = brought_in(content, "head.safetensors" if way == "safetensors" else "head.pt")
    assert np.abs(scores(view, features()) - head(features()).detach().numpy()).max() < EXACT
    assert view.prepared.settings.circuit == CircuitSettings()
    assert view.prepared.parameters == 2086
    words = " ".join(view.prepared.notes)
    assert ("15 rows of angles for 6 layers" in words and "rows 1 to 6" in words) is (code == "paper")


SIZES = [
    ("demo", 1, 1, 2, {}),
    ("demo", 5, 15, 4, {}),
    ("paper", 2, 0, 3, {}),
    ("paper", 3, 14, 2, {}),
    ("paper", 1, 1, 2, {}),
    ("paper", 4, 6, 2, {"max_layers": 7}),
    ("paper", 2, 15, 2, {"max_layers": 16}),
]


@pytest.mark.parametrize(("code", "qubits", "depth", "classes", "more"), SIZES)
def test_other_sizes(code, qubits, depth, classes, more):
    head = HEADS[code](qubits=qubits, depth=depth, classes=classes, **more)
    names = tuple(f"class {number}" for number in range(classes))
    view = brought_in(saved(head.state_dict()), depth=depth, classes=names)
    assert np.abs(scores(view, features()) - head(features()).detach().numpy()).max() < EXACT
    assert view.prepared.classes == names


def test_nothing_is_made_up_about_a_head_that_cannot_be_measured():
    view = brought_in(saved(demo_head().state_dict()))
    prepared, epoch = view.prepared, view.best
    assert (prepared.train_size, prepared.val_size, prepared.weights_sha256) == (0, 0, "")
    figures = (epoch.train_loss, epoch.train_accuracy, epoch.val_loss, epoch.val_accuracy, epoch.learning_rate)
    assert np.isnan(figures).all()
    assert epoch.val_probabilities.shape == (0, 2)
    assert "ResNet-18 were not on this machine" in " ".join(prepared.notes)
    with pytest.raises(UserError, match=r"weights of ResNet-18 are not on this machine.*Download"):
        Predictor(view)


def test_a_head_alone_says_which_weights_it_is_taken_to_have_been_trained_with(weights):
    content = saved(demo_head().state_dict())
    assert "the published weights are taken to be those" in " ".join(brought_in(content).prepared.notes)
    here = read_head(HeadRequest(content, "head.pt", HeadQuestions(), str(weights))).view
    assert "the weights on this machine are taken to be those" in " ".join(here.prepared.notes)


def test_what_is_no_part_of_head_or_network_is_left_out_and_said_but_for_counters():
    state = {f"model.{name}": value for name, value in demo_head().state_dict().items()}
    state |= {"scale.weight": torch.ones(3), "epoch": torch.tensor(4.0), "seen": torch.tensor([1, 2])}
    notes = " ".join(brought_in(saved(state)).prepared.notes)
    assert "Left out of the file, as no part of either: scale.weight." in notes


def by_the_demo(network: torch.nn.Module, folder) -> dict[str, list[float]]:
    from PIL import Image

    from tests.helpers.picture_tensors import picture_tensor

    found = {}
    for file in sorted(folder.glob("val/*/*.png")):
        with torch.no_grad():
            given = picture_tensor(Image.open(file).convert("RGB"), BACKBONES["resnet18"])
            found[str(file)] = network(given[None]).softmax(1)[0].tolist()
    return found


@pytest.mark.parametrize("drift", [0.0, 0.3])
@pytest.mark.parametrize("on_disk", [True, False], ids=["weights on disk", "weights nowhere"])
def test_a_whole_hybrid_answers_as_the_demo_s_own_network(weights, tmp_path, drift, on_disk):
    folder = noisy_pictures(tmp_path / "pictures")
    network = demo_hybrid(weights, demo_head(), drift)
    request = HeadRequest(
        saved(network.state_dict()),
        "hybrid.pt",
        HeadQuestions(),
        str(weights) if on_disk else "",
        DataSettings(source="folder", folder=str(folder)),
    )
    view = read_head(request).view
    words = " ".join(view.prepared.notes)
    assert ("equals the weights on this machine" in words) is (on_disk and not drift)
    assert ("batch norms" in words) is (on_disk and bool(drift))
    assert ("answers with its own weights" in words) is (not on_disk)
    expected = by_the_demo(network, folder)
    predictor = Predictor(view)
    for file, shares in expected.items():
        assert list(predictor.predict(Path(file)).probabilities.values()) == pytest.approx(shares, abs=EXACT)
    assert view.prepared.val_size == len(expected)
    measured = dict(zip(view.prepared.val_files, view.best.val_probabilities.tolist(), strict=True))
    assert all(measured[file] == pytest.approx(shares, abs=EXACT) for file, shares in expected.items())
    right = sum((shares[1] > shares[0]) == ("bees_" in file) for file, shares in expected.items())
    assert view.best.val_accuracy == pytest.approx(right / len(expected))


def test_a_drift_matters(weights, tmp_path):
    """Else the test above could not tell whether the drifted batch norms were used."""
    folder = noisy_pictures(tmp_path)
    still, drifted = (by_the_demo(demo_hybrid(weights, demo_head(), drift), folder) for drift in (0.0, 0.3))
    assert max(abs(still[file][0] - drifted[file][0]) for file in still) > 1e-3


def test_a_network_whose_weights_were_trained_too_comes_along_whole(weights, tmp_path):
    network = demo_hybrid(weights, demo_head())
    with torch.no_grad():
        network.layer4[1].conv2.weight += 0.01
    folder = noisy_pictures(tmp_path)
    view = read_head(HeadRequest(saved(network.state_dict()), "hybrid.pt", HeadQuestions(), str(weights))).view
    assert "1 of 120 tensors differs" in " ".join(view.prepared.notes)
    predictor = Predictor(view)
    for file, shares in by_the_demo(network, folder).items():
        assert list(predictor.predict(Path(file)).probabilities.values()) == pytest.approx(shares, abs=EXACT)


def test_outputs_in_another_order_than_the_alphabet_s_are_measured_under_their_own_names(weights, tmp_path):
    data = DataSettings(source="folder", folder=str(noisy_pictures(tmp_path)))
    content = saved(demo_hybrid(weights, demo_head()).state_dict())
    usual, swapped = (
        read_head(HeadRequest(content, "hybrid.pt", HeadQuestions(classes=classes), str(weights), data)).view
        for classes in (("ants", "bees"), ("bees", "ants"))
    )
    assert usual.prepared.val_labels == tuple(1 - label for label in swapped.prepared.val_labels)
    assert usual.best.val_accuracy + swapped.best.val_accuracy == pytest.approx(1)


@pytest.mark.parametrize("suffix", [".pt", ".pth", ".safetensors"])
@pytest.mark.parametrize("layout", HEADS)
@pytest.mark.parametrize("code", HEADS)
def test_a_head_that_goes_out_is_loaded_by_either_published_code(code, layout, suffix):
    trained = HEADS[code](seed=3)
    view = brought_in(saved(trained.state_dict()))
    content = head_bytes(view, suffix, layout=layout)
    theirs = HEADS[layout](seed=9)
    if suffix == ".safetensors":
        from safetensors.torch import load

        state = load(content)
    else:
        state = torch.load(io.BytesIO(content), weights_only=True)
    theirs.load_state_dict(state, strict=True)
    assert np.abs((trained(features()) - theirs(features())).detach().numpy()).max() < EXACT
    assert remarks(view, layout=layout) == ()
    again = brought_in(content, f"head{suffix}")
    for name, values in view.checkpoint.best_weights.items():
        assert np.array_equal(again.checkpoint.best_weights[name], values), name


def test_a_whole_network_that_goes_out_is_the_demo_s_own(weights):
    network = demo_hybrid(weights, demo_head(), drift=0.2)
    view = read_head(HeadRequest(saved(network.state_dict()), "hybrid.pt", HeadQuestions(), str(weights))).view
    assert "drifted" in remarks(view)[0]
    assert remarks(view, whole=True) == ()
    state = torch.load(io.BytesIO(head_bytes(view, ".pt", whole=True)), weights_only=True)
    assert state.keys() == network.state_dict().keys()
    assert all(torch.equal(state[name], values) for name, values in network.state_dict().items())


def test_a_network_around_a_head_that_is_not_all_numbers_is_refused(weights):
    network = demo_hybrid(weights, demo_head())
    with torch.no_grad():
        network.layer4[1].conv2.weight[0] = float("nan")
    with pytest.raises(UserError, match="The image network in the file cannot be used"):
        brought_in(saved(network.state_dict()))


def test_a_circuit_that_the_demo_does_not_build_is_said():
    view = brought_in(saved(demo_head().state_dict()), entangler="ring")
    assert remarks(view)[0].startswith("The PennyLane demo builds another circuit")
    assert remarks(view, layout="paper")[0].startswith("The paper's own code builds another circuit")


def test_a_kind_of_file_that_is_not_written():
    view = brought_in(saved(demo_head().state_dict()))
    with pytest.raises(UserError, match=r"\.onnx"):
        head_bytes(view, ".onnx")


def test_how_many_rows_a_file_holds_is_looked_up_and_0_where_it_is_no_head():
    found = []
    run_rows_job((saved(paper_head().state_dict()), "head.pt"), found.append, never_stop)
    run_rows_job((b"no head", "head.pt"), found.append, never_stop)
    assert found == [15, 0]


def changed(**tensors: torch.Tensor) -> dict[str, torch.Tensor]:
    return dict(demo_head().state_dict()) | {name.replace("__", "."): value for name, value in tensors.items()}


REFUSED = {
    "too deep": (changed(q_params=torch.zeros(60)), {"depth": 16}, "at most 15"),
    "classes": (changed(), {"classes": ("a", "b", "c")}, "2 outputs, and 3 classes"),
    "backbone": (changed(), {"backbone": "resnet50"}, "512 features .* ResNet-50 gives 2048.*ResNet-18, ResNet-34"),
    "no such backbone": (changed(), {"backbone": "alexnet"}, "alexnet"),
    "NaN": (changed(q_params=torch.full((60,), float("nan"))), {}, "NaN"),
    "infinite": (changed(post_net__bias=torch.tensor([0.0, float("inf")])), {}, "infinite"),
    "beyond single precision": (changed(post_net__bias=torch.tensor([0.0, 1e300], dtype=torch.float64)), {}, "infin"),
    "odd angles": (changed(q_params=torch.zeros(61)), {}, "no whole number of layers of 4"),
    "rows of another width": (changed(q_params=torch.zeros(12, 5)), {}, "rows of 4 angles"),
    "no linear layer": (changed(pre_net__bias=torch.zeros(5)), {}, "no linear layer"),
    "layers that do not meet": (changed(post_net__weight=torch.zeros(2, 5)), {}, "pre_net gives 4 .* takes 5"),
    "too many qubits": (
        changed(
            pre_net__weight=torch.zeros(13, 512),
            pre_net__bias=torch.zeros(13),
            post_net__weight=torch.zeros(2, 13),
            q_params=torch.zeros(13),
        ),
        {"depth": 1},
        "qubits",
    ),
    "a plain network": ({"conv1.weight": torch.zeros(3)}, {}, "no q_params"),
    "two heads": (changed(other__q_params=torch.zeros(60)), {}, "2 heads"),
    "a piece missing": ({"q_params": torch.zeros(24)}, {}, "pre_net.weight, pre_net.bias, .* missing"),
    "something beside it": (changed(extra=torch.zeros(2)), {}, "extra is no part"),
    "another network around it": (
        {f"fc.{name}": value for name, value in changed().items()} | {"conv1.weight": torch.zeros(3)},
        {},
        "no ResNet-18",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_with_its_reason(case):
    state, asked, why = REFUSED[case]
    with pytest.raises(UserError, match=f"(?s){why}"):
        brought_in(saved(state), **asked)


def test_named_weights_that_are_not_there_are_refused():
    request = HeadRequest(saved(changed()), "head.pt", HeadQuestions(), "/no/such/file.pth")
    with pytest.raises(UserError, match="no weights file"):
        read_head(request)


TOO_MANY, TOO_LONG = ",".join(map(str, range(1_001))), ",".join(f"{number:0>150}" for number in range(140))


@pytest.mark.parametrize("text", ["ants", "ants,", "ants,ants", "a,b\0c", "x" * 201 + ",y", "", TOO_MANY, TOO_LONG])
def test_class_names_that_cannot_be_used(text):
    with pytest.raises(UserError):
        class_names(text)


def test_class_names():
    assert class_names(" bees , ants,<b>") == ("bees", "ants", "<b>")


def test_as_many_and_as_long_class_names_as_may_be():
    assert len(class_names(",".join(map(str, range(1_000))))) == 1_000
    longest = ",".join(f"{number:0>200}" for number in range(100))
    assert sum(map(len, class_names(longest))) == 20_000


def test_layers_of_rot_gates_come_back(tmp_path):
    head = demo_head(qubits=2)
    state = dict(head.state_dict()) | {"q_params": torch.randn(3, 2, 3)}
    view = brought_in(saved(state), rotation="rot", depth=2, layout="demo")
    assert np.array_equal(view.checkpoint.best_weights["q_params"], state["q_params"].numpy().reshape(-1)[:12])
    again = brought_in(head_bytes(view, ".pt"), rotation="rot", depth=2)
    assert again.prepared.settings.circuit == view.prepared.settings.circuit
    assert fitted(told_apart(read_state(head_bytes(view, ".pt"), "head.pt")), HeadQuestions(depth=2, rotation="rot"))
    assert replace(again, prepared=None).checkpoint.best_weights.keys() == view.checkpoint.best_weights.keys()


def unmeasured(content: bytes, name: str, **asked) -> RunView:
    """Brings a head in where there are no pictures of its classes."""
    request = HeadRequest(content, name, HeadQuestions(**asked), data=DataSettings(source="folder"))
    return read_head(request).view
