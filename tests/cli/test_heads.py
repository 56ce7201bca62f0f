"""Heads in and out from a shell: the run that `import-head` names is the one that `predict` takes.

The head comes in by a process of its own, as a person brings it; the rest calls `main` alone.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import torch

from qtl_core.runs.store import find_run, load_run
from tests.cli.test_cli import objects, qtl
from tests.exchange.test_heads import by_the_demo
from tests.helpers.made_heads import demo_head, demo_hybrid, saved
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.shell import shell

QUESTIONS = ["--depth", 6, "--classes", "ants,bees", "--backbone", "resnet18"]


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return made_weights("resnet18", tmp_path_factory.mktemp("weights"))


def test_a_head_alone_comes_in_predicts_as_the_demo_and_goes_out_again(weights, tmp_path, capsys):
    folder = noisy_pictures(tmp_path / "pictures")
    head, file = demo_head(), tmp_path / "published.pt"
    file.write_bytes(saved(head.state_dict()))
    done = qtl("import-head", file, *QUESTIONS, "--weights", weights, "--data", folder, "--json")
    assert done.returncode == 0, done.stderr
    last = objects(done)[-1]
    record = find_run(last["run"])
    assert (record.origin, record.name, record.val_size, record.settings.circuit.depth) == ("head", "published", 6, 6)
    assert record.val_sha256
    assert last["val_accuracy"] == record.best_val_accuracy
    assert "trained elsewhere" in done.stderr

    answers = shell(capsys, "predict", "--run", last["run"], folder / "val", "--json")
    assert answers.returncode == 0, answers.stderr
    expected = by_the_demo(demo_hybrid(weights, head), folder)
    for answer in objects(answers):
        assert list(answer["probabilities"].values()) == pytest.approx(expected[answer["file"]], abs=1e-5)
    assert "trained elsewhere" in answers.stderr  # why there is no word on doubt

    out = tmp_path / "out.pth"
    written = shell(capsys, "export-head", "--run", last["run"], out)
    assert written.returncode == 0, written.stderr
    demo_head(seed=5).load_state_dict(torch.load(io.BytesIO(out.read_bytes()), weights_only=True), strict=True)


def test_without_the_weights_it_comes_in_and_predict_says_which_to_get(tmp_path, capsys):
    file = tmp_path / "head.pt"
    file.write_bytes(saved(demo_head().state_dict()))
    done = shell(capsys, "import-head", file, *QUESTIONS)
    assert done.returncode == 0, done.stderr
    run_id = done.stdout.split()[-1].rstrip(".")
    view = load_run(run_id)
    assert not view.prepared.is_measured
    assert find_run(run_id).right == 0
    answer = shell(capsys, "predict", "--run", run_id, tmp_path)
    assert answer.returncode == 2
    assert "resnet18-f37072fd.pth" in answer.stderr
    assert "resnet18.pth" in answer.stderr
    shown = shell(capsys, "draw", "--run", run_id)
    assert shown.returncode == 0, shown.stderr


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--depth", 16], "at most 6"),
        (["--depth", "deep"], "depth = 'deep'"),
        (["--classes", "a,b,c"], "2 outputs"),
        (["--backbone", "resnet50"], "2048"),
        (["--weights", "/no/such.pth"], "/no/such.pth"),
        (["--reuploading", "maybe"], "reuploading = 'maybe'"),
        (["--entangler", "star"], "brick, ring, all, none"),
        (["--layout", "paper"], "takes 7 rows"),
        (["--layout", "first"], "demo"),
    ],
)
def test_bad_answers_end_with_code_2_and_one_line(tmp_path, capsys, options, named):
    file = tmp_path / "head.pt"
    file.write_bytes(saved(demo_head().state_dict()))
    done = shell(capsys, "import-head", file, *options)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert named in done.stderr


def test_a_file_that_cannot_be_written_is_said(tmp_path, capsys):
    file = tmp_path / "head.pt"
    file.write_bytes(saved(demo_head().state_dict()))
    last = json.loads(shell(capsys, "import-head", file, "--json").stdout)
    for target, named in ((tmp_path / "no/such.pt", "No such file"), (tmp_path / "head.onnx", ".onnx")):
        done = shell(capsys, "export-head", "--run", last["run"], target)
        assert (done.returncode, done.stdout) == (2, "")
        assert named in done.stderr
