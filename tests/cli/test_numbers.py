"""Numbers from a shell: points and tables are trained, and what a run learnt from them answers for rows."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from qtl_core.network.model import build_head, load_head
from qtl_core.runs.store import load_run
from qtl_core.settings import numbers_training
from tests.helpers.shell import shell

LINES = ["length;width;kind"] + [f"{n},5;{n % 7};{'ab'[n > 20]}" for n in range(5, 45)]
QUICK = ("--qubits", "2", "--depth", "1", "--epochs", "2", "--lr", "0.05", "--json")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("QTL_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def table(home: Path) -> Path:
    (home / "plants.csv").write_text("\n".join(LINES))
    return home / "plants.csv"


def trained(capsys, *asked: object) -> str:
    done = shell(capsys, "train", *asked, *QUICK)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])["run"]


def said(capsys, run: str, *asked: object, stdin: bytes | None = None) -> list[dict]:
    done = shell(capsys, "predict", "--run", run, "--json", *asked)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("shape", ["spirals", "squares", "moons"])
def test_points_are_trained_by_name(capsys, shape: str):
    run = trained(capsys, "--data", shape, "--points", 60)
    data = load_run(run).prepared.settings.data
    assert (data.source, data.shape, data.points) == ("points", shape, 60)
    assert load_run(run).prepared.val_files[0].startswith(f"{shape}/")


def test_a_table_is_standardised_unless_one_says_no(capsys, table: Path):
    first, plain = (load_run(trained(capsys, "--data", table, *more)) for more in ((), ("--standardise", "no")))
    assert (first.prepared.settings.training.standardise, plain.prepared.settings.training.standardise) == (True, False)
    assert first.prepared.classes == ("a", "b")
    assert first.prepared.feature_names == ("length", "width")


def test_label_and_columns_are_named_or_counted(capsys, table: Path):
    for label in ("kind", "3", "-1"):
        run = trained(capsys, "--data", table, "--label", label, "--columns", "width")
        assert load_run(run).prepared.feature_names == ("width",)


def test_a_run_of_points_answers_as_torch_does(capsys):
    run = trained(capsys, "--data", "spirals", "--points", 60)
    view = load_run(run)
    found = said(capsys, run, "0.5,-1.25", "1 2")
    head = build_head(2, 2, view.prepared.settings.circuit)
    load_head(head, view.checkpoint.best_weights)
    import torch

    scores = head(torch.tensor([[0.5, -1.25], [1.0, 2.0]])).detach().numpy()
    shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    np.testing.assert_allclose([list(each["probabilities"].values()) for each in found], shares, atol=1e-5)
    assert found[0]["values"] == {"x": 0.5, "y": -1.25}
    assert [each["label"] for each in found] == ["AB"[at] for at in shares.argmax(axis=1)]
    assert all(len(each["hidden"]) == len(each["angles"]) == 2 for each in found)


def test_a_table_answers_row_by_row_whatever_order_its_columns_have(capsys, table: Path, home: Path):
    run = trained(capsys, "--data", table)
    (home / "more.csv").write_text("width;other;length\n3;x;7,5\n?;x;9,5\n5;x;9,5\n")
    more = said(capsys, run, home / "more.csv")
    one = said(capsys, run, "7.5,3", "9.5,5")
    assert [each.get("probabilities") for each in more] == [one[0]["probabilities"], None, one[1]["probabilities"]]
    assert more[1]["error"] and more[2]["row"].endswith("row 3")


def test_a_table_with_other_columns_is_refused_and_one_without_names_is_said_to_be_in_order(
    capsys, table: Path, home: Path
):
    run = trained(capsys, "--data", table)
    (home / "foreign.csv").write_text("height,depth\n7.5,3\n")
    (home / "bare.csv").write_text("7.5,3\n9.5,5\n")
    foreign, bare = (shell(capsys, "predict", "--run", run, home / f"{name}.csv") for name in ("foreign", "bare"))
    assert foreign.returncode == 1 and "no columns length, width here, only height, depth" in foreign.stdout
    assert bare.returncode == 0 and "taken in order: length, width" in bare.stderr


def test_rows_come_out_as_a_table(capsys, table: Path):
    run = trained(capsys, "--data", table)
    done = shell(capsys, "predict", "--run", run, "--csv", table)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert (done.returncode, len(rows), list(rows[0])) == (0, 40, ["row", "label", "p(a)", "p(b)", "error"])


@pytest.mark.parametrize(
    ("asked", "words"),
    [("nothing.csv", "no table"), ("1,2,3", "no row of numbers"), ("a,b", "no row of numbers")],
)
def test_what_is_no_row_is_said(capsys, asked: str, words: str):
    run = trained(capsys, "--data", "squares", "--points", 60)
    done = shell(capsys, "predict", "--run", run, asked)
    assert done.returncode == 1 and words in done.stdout


@pytest.mark.parametrize(
    ("content", "more", "words"),
    [
        ("a\n1\n2\n", (), "one column"),
        ("a,b\n1,x\n2,x\n", (), "fewer than two classes"),
        ("\n".join(LINES), ("--label", "sort"), "no column 'sort'"),
        ("\n".join(LINES), ("--columns", "height"), "no column 'height'"),
    ],
)
def test_a_wrong_table_is_refused_in_a_line(capsys, home: Path, content: str, more: tuple[str, ...], words: str):
    (home / "wrong.csv").write_text(content)
    done = shell(capsys, "train", "--data", home / "wrong.csv", *more)
    assert (done.returncode, done.stdout) == (2, "") and words in done.stderr


def test_a_table_is_learnt_as_suits_it_where_nothing_else_is_said(capsys, table: Path):
    def settings(*asked: object):
        done = shell(capsys, "train", "--data", table, "--qubits", "2", "--depth", "1", "--json", *asked)
        run = json.loads(done.stdout.splitlines()[-1])["run"]
        return load_run(run).prepared.settings.training, done.stderr

    training, notes = settings()
    assert training == numbers_training(28, 2, training) and training.standardise
    assert "Rows of 2 numbers are trained with a learning rate of 0.05 for 262 epochs" in notes
    for asked in (("--preset", "paper"), ("--epochs", "30")):
        training, notes = settings(*asked)
        assert training.learning_rate == 0.0004 and "Rows of" not in notes


def test_the_papers_rate_is_said_to_be_low_for_few_numbers_where_nobody_named_it(capsys, table: Path):
    quick = ("train", "--data", table, "--qubits", "2", "--depth", "1", "--epochs", "1", "--json")
    said = "A learning rate of 0.0004, the paper's, suits far more than 2 numbers a row: --lr 0.05 learns more here."
    assert said in " ".join(shell(capsys, *quick).stderr.split())
    assert "learning rate" not in shell(capsys, *quick, "--lr", "0.0004").stderr


def test_test_points_are_not_called_pictures(capsys):
    quick = ("--qubits", "2", "--depth", "1", "--epochs", "1", "--lr", "0.05", "--test-share", "0.5")
    done = shell(capsys, "train", "--data", "moons", "--points", 60, *quick)
    run = done.stdout.split()[-1].rstrip(".")
    for text in (done.stdout, shell(capsys, "runs", "show", run).stdout):
        assert " points right" in text.partition("Test: ")[2].partition("with the weights")[0]
        assert "picture" not in text


def test_the_wait_for_the_compiler_is_said_once_and_not_beside_json(capsys, monkeypatch):
    monkeypatch.setattr("qtl_core.training.compiled.code_folder.is_compiled", lambda: False)
    quick = ("train", "--data", "moons", "--points", 60, *QUICK[:-1])
    said = "Getting the compiler ready, once on this machine"
    assert shell(capsys, *quick).stderr.count(said) == 1
    assert said not in shell(capsys, *quick, "--json").stderr
    assert said not in shell(capsys, *quick, "--engine", "torch").stderr
