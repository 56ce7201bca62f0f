"""A head that was read wrongly is found out by the pictures, and one that was read rightly is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from qtl_core.evaluation.metrics import Evaluation
from qtl_core.exchange.heads.fitting import fitted, told_apart
from qtl_core.exchange.heads.head_file import Head, HeadQuestions
from qtl_core.exchange.heads.misreading import alternative_readings, warnings_on
from qtl_core.exchange.heads.reading import read_state
from qtl_core.inference.explanation import Explanation, Prediction
from qtl_core.runs.store import find_run, load_run
from qtl_core.settings.backbones import BACKBONES
from tests.exchange.test_heads import by_the_demo, features
from tests.helpers.made_heads import demo_head, demo_hybrid, flipping_head, paper_head, saved
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.picture_tensors import picture_tensor
from tests.helpers.shell import shell

PICTURES = 24


def read(head: torch.nn.Module, **asked) -> Head:
    return fitted(told_apart(read_state(saved(head.state_dict()), "head.pt")), HeadQuestions(**asked))


def explained(head: Head) -> list[Explanation]:
    """What the head's own linear layers make of made features; what the circuit makes of them plays no part."""
    tensors = {name: np.asarray(values, dtype=np.float64) for name, values in head.weights.items()}
    angles = np.tanh(features(PICTURES).numpy() @ tensors["pre_net.weight"].T + tensors["pre_net.bias"]) * np.pi / 2
    nothing, classes = np.zeros(0), {"ants": 0.5, "bees": 0.5}
    return [
        Explanation(
            Prediction("ants", classes, 0.0),
            nothing,
            nothing,
            row.astype(np.float32),
            nothing,
            tensors["post_net.weight"].T,
            tensors["post_net.bias"],
        )
        for row in angles
    ]


def answers(network: torch.nn.Module) -> np.ndarray:
    return network(features(PICTURES)).argmax(dim=1).numpy()


def judged(labels: np.ndarray, predicted: np.ndarray, classes: tuple[str, ...] = ("ants", "bees")) -> Evaluation:
    shares = np.eye(len(classes), dtype=np.float32)[predicted]
    return Evaluation(classes, labels, shares, tuple(map(str, range(len(labels)))))


def as_demo(head: torch.nn.Module, depth: int = 6) -> torch.nn.Module:
    """The demo's own code with the first rows of a file, as one who mixes the two up would load it."""
    found = demo_head(depth=depth)
    rows = head.state_dict()["q_params"][: depth * 4]
    found.load_state_dict(head.state_dict() | {"q_params": rows})
    return found


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_other_readings_are_worth_what_their_own_codes_get_right(seed):
    """As read, by the demo's rows; otherwise by the paper's, and by all fifteen as layers of a demo's head."""
    network = paper_head(seed)
    labels = answers(paper_head(seed))
    head = read(network, layout="demo")
    ours = answers(as_demo(network))
    otherwise = alternative_readings(judged(labels, ours), explained(head), head.others)
    all_layers = int((answers(as_demo(network, depth=15)) == labels).sum())
    assert [(each.layout, each.depth, each.correct) for each in otherwise] == [
        ("paper", 6, PICTURES),
        ("demo", 15, all_layers),
    ]


def test_a_paper_s_head_read_as_the_demo_s_is_warned_of_with_both_counts():
    network = flipping_head()
    labels, ours = answers(network), answers(as_demo(network))
    head = read(network, layout="demo")
    found = judged(labels, ours)
    assert found.correct == 0  # all answers swap, which looks just like swapped classes
    (warning,) = warnings_on(found, alternative_readings(found, explained(head), head.others))
    assert f"0 of {PICTURES} validation pictures right" in warning
    assert f"it would get {PICTURES}" in warning
    assert "rows 1 to 6" in warning
    assert "layout “paper” and the depth 6" in warning


def test_a_head_that_is_read_rightly_is_not_warned_of():
    network = paper_head()
    head = read(network)
    found = judged(answers(network), answers(network))
    otherwise = alternative_readings(found, explained(head), head.others)
    assert [(each.layout, each.depth) for each in otherwise] == [("demo", 6), ("demo", 15)]
    assert warnings_on(found, otherwise) == ()


def test_a_head_whose_angles_hardly_matter_is_not_warned_of():
    """As the published one: the layer before the circuit has learnt, and either layout gets about as many right."""
    network = demo_head(depth=15)
    with torch.no_grad():
        network.q_params.mul_(0.001)
    head = read(network)
    labels = answers(as_demo(network))
    labels[:3] = 1 - labels[:3]
    found = judged(labels, answers(as_demo(network)))
    rows_alone = [reading for reading in head.others if reading.circuit.depth == 6]  # more layers have more CNOTs
    (other,) = alternative_readings(found, explained(head), rows_alone)
    assert abs(other.correct - found.correct) <= 1
    assert warnings_on(found, (other,)) == ()


def test_a_demo_s_head_of_fifteen_layers_read_with_six_is_warned_of():
    network = demo_head(depth=15, seed=4)
    head = read(network)
    labels = answers(network)
    assert (head.layout, head.circuit.depth) == ("paper", 6)
    rows = network.state_dict()["q_params"][4:28]
    seen = demo_head()
    seen.load_state_dict(network.state_dict() | {"q_params": rows})
    found = judged(labels, answers(seen))
    (warning,) = warnings_on(found, alternative_readings(found, explained(head), head.others))
    assert "layout “demo” and the depth 15" in warning
    assert f"it would get {PICTURES}" in warning


def test_of_a_single_picture_other_readings_tell_as_well():
    network = paper_head()
    head, labels = read(network, layout="demo"), answers(network)[:1]
    otherwise = alternative_readings(judged(labels, labels), explained(head)[:1], head.others)
    assert otherwise[0].correct == 1
    assert not otherwise[0].is_far_better


def test_rows_that_are_no_numbers_are_no_reading():
    network = paper_head()
    with torch.no_grad():
        network.q_params[0] = float("nan")
    state = {name: values.numpy() for name, values in network.state_dict().items()}
    head = fitted(told_apart(state), HeadQuestions())
    assert len(head.others) == 2
    assert alternative_readings(judged(answers(network), answers(network)), explained(head), head.others) == ()


def test_classes_named_in_another_order_are_warned_of():
    labels = np.arange(60) % 2
    found = judged(labels, np.where(np.arange(60) < 4, labels, 1 - labels), ("bees", "ants"))
    (warning,) = warnings_on(found, ())
    assert "4 of 60 validation pictures right, fewer than guessing would (about 30)." in warning
    assert "Were its outputs ants, bees in place of bees, ants, 56 would be right" in warning


def test_three_classes_in_another_order():
    labels = np.arange(60) % 3
    (warning,) = warnings_on(judged(labels, (labels + 1) % 3, ("a", "b", "c")), ())
    # Output 0 is given to pictures of c, output 1 to those of a, output 2 to those of b.
    assert "Were its outputs c, a, b in place of a, b, c, 60 would be right" in warning


@pytest.mark.parametrize(
    ("labels", "predicted"),
    [
        (np.arange(60) % 2, np.zeros(60, int)),  # collapsed, balanced
        (np.r_[np.zeros(3, int), np.ones(57, int)], np.zeros(60, int)),  # collapsed to the rare class
        (np.r_[np.zeros(3, int), np.ones(57, int)], np.r_[np.ones(3, int), np.zeros(57, int)][::-1]),
        (np.arange(60) % 2, np.arange(60) // 2 % 2),  # a coin
        (np.arange(3) % 2, 1 - np.arange(3) % 2),  # all wrong, of too few to tell
        (np.arange(60) % 2, np.arange(60) % 2),
    ],
)
def test_what_is_no_sign_of_another_order(labels, predicted):
    assert warnings_on(judged(labels, predicted), ()) == ()


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights("resnet18", tmp_path_factory.mktemp("weights"))


@pytest.fixture(scope="module")
def sorted_pictures(weights, tmp_path_factory) -> tuple[torch.nn.Module, Path]:
    """A head of the paper's, and pictures sorted into classes by what its own code says of them."""
    raw, folder = (tmp_path_factory.mktemp(name) for name in ("raw", "sorted"))
    noisy_pictures(raw, train=1, val=8)
    head = flipping_head()
    middled = demo_hybrid(weights, torch.nn.Identity())
    with torch.no_grad():  # turned about the middle of these pictures, so that it has answers of both kinds
        middle = torch.cat([seen_by(middled, file) for file in sorted(raw.glob("val/*/*.png"))]).mean(dim=0)
        head.pre_net.weight.mul_(20)
        head.pre_net.bias.copy_(-head.pre_net.weight @ middle)
    for file, shares in by_the_demo(demo_hybrid(weights, head), raw).items():
        for split in ("train", "val"):
            place = folder / split / ("bees" if shares[1] > shares[0] else "ants")
            place.mkdir(parents=True, exist_ok=True)
            (place / Path(file).name).write_bytes(Path(file).read_bytes())
    assert len(list(folder.glob("val/*"))) == 2, "both kinds of answers"
    return head, folder


def seen_by(network: torch.nn.Module, file: Path) -> torch.Tensor:
    picture = picture_tensor(Image.open(file).convert("RGB"), BACKBONES["resnet18"])
    return network(picture[None])


def test_the_shell_says_both_counts_and_so_does_its_json(weights, sorted_pictures, tmp_path, capsys):
    file = tmp_path / "head.pt"
    head, folder = sorted_pictures
    file.write_bytes(saved(head.state_dict()))
    words = ("import-head", file, "--weights", weights, "--data", folder)
    right = shell(capsys, *words, "--json")
    told = json.loads(right.stdout.splitlines()[-1])
    total = told["val_size"]
    assert (told["layout"], told["rows"], told["right"], told["warnings"]) == ("paper", 15, total, [])
    assert {(each["layout"], each["depth"], each["right"]) for each in told["otherwise"]} >= {("demo", 6, 0)}
    wrong = shell(capsys, *words, "--layout", "demo")
    assert f"0 of {total} validation pictures right" in wrong.stdout
    assert "Warning: Read so" in wrong.stderr
    assert f"it would get {total}" in wrong.stderr
    run_id = wrong.stdout.split()[-1].rstrip(".")
    assert find_run(run_id).right == 0
    assert any("it would get" in note for note in load_run(run_id).prepared.notes)
