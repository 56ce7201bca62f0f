"""Runs listed, shown, taken along, brought in and deleted from a shell."""

from __future__ import annotations

import json

import numpy as np
import onnxruntime
import pytest

from qtl_core.exchange.run_files.importing import same_run
from qtl_core.runs.store import keep_run, kept_runs, load_run
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest
from qtl_core.training.run import run as train
from tests.cli.test_cli import qtl
from tests.exchange.test_heads import brought_in
from tests.exchange.test_run_files import elsewhere, kept, that_answers, whole
from tests.helpers.made_heads import demo_head, saved
from tests.helpers.made_networks import quick_settings
from tests.helpers.made_runs import made_run
from tests.helpers.shell import shell


def told(capsys, *words: object) -> list[dict]:
    done = shell(capsys, "runs", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line, parse_constant=pytest.fail) for line in done.stdout.splitlines()]


def test_list_and_show(capsys):
    run_id = kept()
    (listed,) = told(capsys, "list")
    assert (listed["id"], listed["right"], listed["settings"]["circuit"]["qubits"]) == (run_id, 5, 4)
    (shown,) = told(capsys, "show", run_id)
    assert [epoch["epoch"] for epoch in shown["history"]] == [1, 2, 3]
    assert "pictures are not where they were" in " ".join(shown["needs"])
    line = shell(capsys, "runs", "list").stdout
    assert "5 of 6 right" in line
    assert "Ants at noon" in line
    assert "5 of 6 pictures right" in shell(capsys, "runs", "show", run_id).stdout


def test_a_folder_is_listed_by_its_name_alone(capsys, tmp_path):
    settings = RunSettings().changed(source="folder", folder="/home/somebody/My Ants")
    keep_run(made_run(tmp_path, settings=settings))
    line = shell(capsys, "runs", "list").stdout
    assert "Folder My Ants" in line and "somebody" not in line


def test_a_head_of_unknown_worth_is_listed_and_shown(capsys):
    run_id = keep_run(brought_in(saved(demo_head().state_dict())), origin="head")
    (listed,) = told(capsys, "list")
    assert (listed["val_size"], listed["best_val_accuracy"], listed["origin"]) == (0, None, "head")
    assert "trained elsewhere" in shell(capsys, "runs", "show", run_id).stdout
    assert told(capsys, "show", run_id)[0]["history"][0]["val_loss"] is None


def test_out_and_in_again_on_another_machine(capsys, monkeypatch, tmp_path):
    run_id = kept()
    view, file = load_run(run_id), tmp_path / "run.qtl.zip"
    (written,) = told(capsys, "export", run_id, file)
    assert written == {"run": run_id, "file": str(file), "bytes": file.stat().st_size}
    elsewhere(monkeypatch, tmp_path)
    (found,) = told(capsys, "import", file)
    assert found["run"] == run_id
    assert same_run(load_run(run_id), view)
    assert told(capsys, "import", file)[0]["was_here"]
    assert f"It is here already, as run {run_id}." in shell(capsys, "runs", "import", file).stdout


def test_a_file_named_after_the_run(capsys, monkeypatch, tmp_path):
    run_id = kept()
    monkeypatch.chdir(tmp_path)
    assert told(capsys, "export", run_id)[0]["file"] == "Ants-at-noon.qtl.zip"
    (script,) = told(capsys, "export", run_id, "--format", "script")
    compile((tmp_path / script["file"]).read_text(), "script", "exec")


def test_as_onnx_where_it_is_named_and_nothing_else_beside(capsys, tmp_path):
    settings = whole().prepared.settings.changed(shots=100)
    run_id, file = kept(that_answers(whole(settings))), tmp_path / "ants.onnx"
    done = shell(capsys, "runs", "export", run_id, "--onnx", file, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"run": run_id, "file": str(file), "bytes": file.stat().st_size}
    assert "Note: This is of the exact circuit. The run was trained with 100 shots" in done.stderr
    session = onnxruntime.InferenceSession(file.read_bytes())
    assert session.run(None, {"pictures": np.zeros((2, 3, 224, 224), np.float32)})[0].shape == (2, 2)
    for wrong in (["--format", "script"], ["--with-pictures"], [file]):
        assert "one thing at a time" in shell(capsys, "runs", "export", run_id, "--onnx", file, *wrong).stderr
    assert "--onnx alone" in shell(capsys, "runs", "export", run_id, file, "--weights", file).stderr


def test_the_head_that_comes_along_goes_every_way_that_needs_no_training(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("qtl_core.export.onnx_file.onnx_bytes", lambda *_: b"tests/export makes it")
    ways = {"head": "b.pt", "script": "b.py", "onnx": "b.onnx", "hub": "hub"}
    for way, name in ways.items():
        done = shell(capsys, "runs", "export", "bundled", f"--{way}", tmp_path / name, "--json")
        assert (done.returncode, json.loads(done.stdout)["run"]) == (0, "bundled")
    for wanted in ([tmp_path / "a.zip"], ["--notebook", tmp_path / "b.ipynb"], ["--tensorboard", tmp_path / "log"]):
        done = shell(capsys, "runs", "export", "bundled", *wanted)
        assert done.returncode == 2 and "Its training is not here" in done.stderr
    assert {each.name for each in tmp_path.iterdir()} == set(ways.values())


def test_deleting_and_its_undoing(capsys):
    run_id, other = kept(), kept(whole(seed=3))
    assert told(capsys, "delete", run_id)[0]["is"] == "deleted"
    assert kept_runs() == [other]
    assert [record["id"] for record in told(capsys, "list", "--deleted")] == [run_id]
    told(capsys, "delete", run_id, "--undo")
    assert sorted(kept_runs()) == sorted([run_id, other])
    told(capsys, "delete", run_id, other, "--for-good")
    assert told(capsys, "list") == told(capsys, "list", "--deleted") == []


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["show", "../../etc"], "There is no run"),
        (["export", "20200101-000000-abcdef"], "There is no run"),
        (["delete", "20200101-000000-abcdef"], "There is no run"),
        (["import", "/no/such.qtl.zip"], "No such file"),
        (["fly"], "fly"),
        ([], "list|show|changes|export|import|delete"),
    ],
)
def test_bad_input_ends_with_code_2_and_one_line(capsys, words, named):
    done = shell(capsys, "runs", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert named in done.stderr


def test_a_foreign_file_and_a_place_that_cannot_be_written(capsys, tmp_path):
    file = tmp_path / "holiday.zip"
    file.write_bytes(b"PK")
    done = shell(capsys, "runs", "import", file)
    assert done.returncode == 2
    assert "holiday.zip cannot be opened as a run" in done.stderr
    run_id = kept()
    done = shell(capsys, "runs", "export", run_id, tmp_path / "no/such/place.qtl.zip")
    assert done.returncode == 2
    assert "No such file or directory" in done.stderr


def test_as_a_person_calls_it():
    run_id = kept()
    done = qtl("runs", "list", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == run_id


def test_what_training_changed_in_a_run(capsys, tmp_path):
    settings = quick_settings(tmp_path, epochs=2, learning_rate=0.02, qubits=2)
    *_, ended = train(RunRequest(settings), lambda _: None, lambda: False)
    (found,) = told(capsys, "changes", ended.run)
    assert found["moved"]["q_params"]["numbers"] == settings.circuit.weight_count == len(found["angles"])
    assert found["trained"]["correct"] == round(ended.best_val_accuracy * found["trained"]["total"])
    assert set(found["set_back"]) == {"pre_net", "q_params", "post_net", "everything", "zero_angles", "no_cnots"}
    assert found["summary"] in " ".join(shell(capsys, "runs", "changes", ended.run).stdout.split())


def test_what_training_changed_in_a_head_from_elsewhere_is_not_known(capsys):
    run_id = keep_run(brought_in(saved(demo_head().state_dict())), origin="head")
    (found,) = told(capsys, "changes", run_id)
    assert (found["moved"], found["angles"], found["set_back"]) == ({}, None, {})
    assert "trained elsewhere" in found["why_no_answers"]


def test_figures_of_every_class_are_shown(capsys, tmp_path):
    run_id = kept()
    (shown,) = told(capsys, "show", run_id)
    assert (shown["test_size"], shown["test_accuracy"], shown["classes"]) == (0, None, ["ants", "bees"])
    (part,) = shown["figures"]
    assert [(each["class"], each["support"], each["recall"]) for each in part["classes"]] == [
        ("ants", 3, 1.0),
        ("bees", 3, pytest.approx(2 / 3)),
    ]
    assert (part["part"], part["epoch"], part["size"]) == ("validation", 2, 6)
    assert part["classes"][0]["precision_low"] < part["classes"][0]["precision"] == 0.75
    assert 0 <= part["brier_score"] <= 1 and part["log_loss"] > 0


def test_a_training_with_a_test_part_tells_it_in_its_last_line(capsys, tmp_path):
    settings = quick_settings(tmp_path)
    told_options = ["--data", settings.data.folder, "--backbone", settings.data.backbone]
    told_options += ["--weights", settings.data.weights, "--epochs", 1, "--engine", "torch", "--test-share", 0.34]
    done = shell(capsys, "train", *told_options, "--json")
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["test_size"] > 0 and last["classes_of"] == "test"
    assert sum(each["support"] for each in last["classes"]) == last["test_size"]
    (shown,) = told(capsys, "show", last["run"])
    assert [part["part"] for part in shown["figures"]] == ["validation", "test"]
    assert shown["test_accuracy"] == last["test_accuracy"] == pytest.approx(shown["figures"][1]["accuracy"])
    assert "so that figure flatters" in shell(capsys, "runs", "show", last["run"]).stdout


def test_the_shape_of_a_head_is_said_as_it_is(capsys, tmp_path):
    for head, said in (("dressed", "5 qubits x 3"), ("linear", "linear layer"), ("bottleneck", "bottleneck")):
        run_id = keep_run(made_run(tmp_path, settings=RunSettings().changed(head=head, qubits=5, depth=3)))
        (line,) = [each for each in shell(capsys, "runs", "list").stdout.splitlines() if each.startswith(run_id)]
        assert f"  {said}  " in line and ("qubit" in line.split("  ")[5]) == (head == "dressed")
