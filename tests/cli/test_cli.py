"""The command line, judged by what it prints: whole journeys in a process of their own, as a person runs it.

What a process of its own says nothing more about is asked of `main` alone, as importing torch takes longer than that.
"""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys

import pytest

from qtl_core.inference.bundled import drawn_example
from tests.conftest import PROJECT
from tests.helpers.made_runs import made_pictures
from tests.helpers.other_pictures import as_png, other_pictures
from tests.helpers.shell import shell

LITE0 = ["--backbone", "efficientnet_lite0"]
QUICK = [*LITE0, "--epochs", "2", "--qubits", "2", "--depth", "1"]
FIGURES = {"epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "seconds"}


def qtl(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qtl_core", *map(str, words)]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=300)


def objects(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_train_prints_an_object_an_epoch_and_a_last_one_and_predict_takes_its_run(tmp_path):
    folder = made_pictures(tmp_path / "pictures")
    done = qtl("train", "--data", folder, *QUICK, "--lr", "0.01", "--batch", "2", "--seed", "3", "--json")
    assert done.returncode == 0, done.stderr
    *epochs, last = objects(done)
    assert [epoch["epoch"] for epoch in epochs] == [1, 2]
    assert all(set(epoch) == FIGURES for epoch in epochs)
    best = max(epochs, key=lambda epoch: epoch["val_accuracy"])
    assert (last["best_epoch"], last["best_val_accuracy"]) == (best["epoch"], best["val_accuracy"])
    assert last["val_size"] == 6
    assert last["parameters"] == 1281 * 2 + 2 + 3 * 2
    assert last["seconds_features"] > 0
    assert last["seconds_training"] == pytest.approx(sum(epoch["seconds"] for epoch in epochs))
    assert "Looking at the training pictures" in done.stderr

    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff no picture")
    answers = qtl("predict", "--run", last["run"], folder / "val", broken, "--json")
    assert answers.returncode == 1  # one picture could not be read, the others are answered
    *good, bad = objects(answers)
    assert len(good) == 6
    assert all(answer["label"] in answer["probabilities"] for answer in good)
    assert bad["file"] == str(broken)
    assert "error" in bad

    table = qtl("predict", "--run", last["run"], folder / "val", broken, "--csv")
    assert table.returncode == 1
    *rows, unread = csv.DictReader(table.stdout.splitlines())
    assert [row["label"] for row in rows] == [answer["label"] for answer in good]
    assert float(rows[0]["p(ants)"]) == pytest.approx(good[0]["probabilities"]["ants"], abs=1e-5)
    assert (unread["file"], unread["label"], unread["p(ants)"]) == (str(broken), "", "")
    assert unread["error"] == bad["error"]
    assert {row["doubt"] for row in rows} == {"nothing to see"}  # plain colours, made for tests
    assert "It knows only 12 pictures" in table.stderr


def test_the_same_seed_prints_the_same_figures_in_another_process_and_another_seed_others(tmp_path, capsys):
    words = ["train", "--data", made_pictures(tmp_path / "pictures"), *QUICK, "--json", "--seed"]
    first, again, other = (
        [{**epoch, "seconds": 0} for epoch in objects(done)[:2]]
        for done in (shell(capsys, *words, 1), qtl(*words, 1), shell(capsys, *words, 2))
    )
    assert first == again
    assert first != other


def test_predict_can_ask_the_head_that_comes_along_and_tells_its_doubt(tmp_path, capsys):
    (tmp_path / "ant.jpg").write_bytes(drawn_example("val/ants/003.jpg"))
    (tmp_path / "text.png").write_bytes(as_png(other_pictures()["text-0"]))
    done = shell(capsys, "predict", "--run", "bundled", tmp_path, "--json")
    assert done.returncode == 0, done.stderr
    ant, text = objects(done)
    assert (ant["label"], ant["doubt"], text["doubt"]) == ("ants", "none", "unlike training")
    assert ant["distance"] < ant["usual_distance"] < text["distance"]
    said = shell(capsys, "predict", "--run", "bundled", tmp_path / "text.png").stdout
    assert f"; unlike training (distance {text['distance']:.3f}, limit {text['usual_distance']:.3f})" in said


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["train", "--qubits", "13"], "qubits = 13 is not allowed"),
        (["train", "--qubits", "many"], "qubits = 'many' is not allowed"),
        (["train", "--lr", "nan"], "learning_rate = nan is not allowed"),
        (["train", "--entangler", "star"], "brick, ring, all, none"),
        (["train", "--no-such-option"], "--no-such-option"),
        (["train", "--data", "/no/such/folder"], "/no/such/folder"),
        (["train", "--data", "photos"], "photos"),
        (["train", "--backbone", "resnet18"], "ResNet-18"),
        (["train", "--backbone", "alexnet"], "alexnet"),
        (["train", *LITE0, "--data", "drawn", "--weights", "/no/such/file.pth"], "/no/such/file.pth"),
        (["predict", "--run", "../../etc", "photo.jpg"], "There is no run"),
        (["predict", "--run", "20200101-000000-abcdef"], "PICTURE"),
        (["fly"], "fly"),
        (["evaluate", "20200101-000000-abcdef"], "20200101-000000-abcdef belongs to no option. Is --run meant?"),
        ([], "train|predict|evaluate|compile"),
    ],
)
def test_bad_input_ends_with_code_2_and_one_line_that_names_it(capsys, words, named):
    done = shell(capsys, *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert named in done.stderr


def test_a_folder_of_one_class_is_refused_with_its_reason(tmp_path, capsys):
    made_pictures(tmp_path)
    for split in ("train", "val"):
        for picture in (tmp_path / split / "bees").iterdir():
            picture.unlink()
        (tmp_path / split / "bees").rmdir()
    done = shell(capsys, "train", "--data", tmp_path, *QUICK)
    assert done.returncode == 2
    assert "class" in done.stderr


def test_defaults_that_are_not_here_are_stood_in_for_out_loud(tmp_path, capsys):
    done = shell(capsys, "train", "--data", made_pictures(tmp_path), "--epochs", "1", "--json")
    assert done.returncode == 0, done.stderr
    assert objects(done)[-1]["backbone"] == "efficientnet_lite0"
    assert "EfficientNet-Lite0, also pre-trained on ImageNet, is used instead" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent differently on Windows")
def test_control_c_stops_after_the_batch_and_keeps_what_is_done(tmp_path):
    command = [sys.executable, "-m", "qtl_core", "train", "--data", str(made_pictures(tmp_path)), *LITE0]
    running = subprocess.Popen(
        [*command, "--epochs", "500", "--engine", "pennylane", "--json"],  # others are through before a signal comes
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    running.stdout.readline()  # the first epoch is done
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=300)
    last = json.loads(rest.splitlines()[-1])
    assert running.returncode == 130
    assert last["how"] == "stopped"
    assert 1 <= last["epochs"] < 500
    assert last["run"]


def test_info_says_where_things_are_and_what_is_missing(own_home, capsys):
    words = qtl("info")
    assert words.returncode == 0
    assert str(own_home) in words.stdout
    found = json.loads(shell(capsys, "info", "--json").stdout)
    weights = {entry["name"]: entry["where"] for entry in found["weights"]}
    assert weights["efficientnet_lite0"]
    assert weights["resnet18"] is None
    assert found["runs"] == []


def test_training_that_breaks_down_is_a_failure_and_no_bad_input(tmp_path, monkeypatch, capsys):
    """Exit code 1, what happened on standard error, and with --json a last object that says so."""
    import json

    import torch

    from qtl_core.__main__ import main
    from qtl_core.training.task import KeptFeatures
    from tests.helpers.made_networks import made_weights, noisy_pictures

    given = KeptFeatures.train_batch
    monkeypatch.setattr(
        KeptFeatures,
        "train_batch",
        lambda self, epoch, indices: given(self, epoch, indices) * (torch.nan if epoch > 1 else 1),
    )
    words = [
        "train",
        "--data",
        str(noisy_pictures(tmp_path / "pictures")),
        "--engine",
        "torch",
        "--backbone",
        "mobilenet_v3_small",
        "--weights",
        str(made_weights("mobilenet_v3_small", tmp_path)),
        "--json",
    ]
    assert main([*words, "--epochs", "3"]) == 1
    told = capsys.readouterr()
    *_, last = map(json.loads, told.out.splitlines())
    assert (last["how"], last["epochs"]) == ("failed", 1)
    assert last["what"] in told.err
    assert "epoch 2" in last["what"]
    assert main(["runs", "show", last["run"], "--json"]) == 0


def test_weights_that_give_no_numbers_are_refused_before_training(tmp_path, capsys):
    import torch

    from qtl_core.__main__ import main
    from tests.helpers.made_networks import made_weights, noisy_pictures

    file = made_weights("mobilenet_v3_small", tmp_path)
    state = torch.load(file)
    name = next(name for name in state if name.endswith(".weight"))
    state[name] = state[name] * 1e38  # finite, as numbers; what comes out of the network is not
    torch.save(state, file)
    folder = noisy_pictures(tmp_path / "pictures")
    words = ["--data", str(folder), "--backbone", "mobilenet_v3_small", "--weights", str(file)]
    assert main(["train", *words, "--epochs", "1"]) == 2
    assert "gives no finite numbers" in capsys.readouterr().err
