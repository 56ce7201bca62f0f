"""Training from a shell that starts from a kept run: options, recipes, names, what is said, and what is refused."""

from __future__ import annotations

import json
import math

import pytest

from qtl_core.cli.run_names import run_named
from qtl_core.common.errors import UserError
from qtl_core.exchange.run_files.reading import open_run_file
from qtl_core.exchange.run_files.writing import archive_bytes
from qtl_core.runs.store import delete, keep_run, load_run, rename
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import train
from tests.exchange.test_heads import brought_in
from tests.helpers.made_heads import demo_head, saved
from tests.helpers.made_networks import made_weights, noisy_pictures
from tests.helpers.shell import shell

SPIRALS = ("train", "--data", "spirals", "--points", 40, "--epochs", 1, "--engine", "torch")


@pytest.fixture
def ancestor() -> RunView:
    changes = {"source": "points", "points": 40, "epochs": 1, "qubits": 3, "depth": 2, "engine": "torch"}
    return train(RunSettings().changed(**changes))


def last(capsys, *words: object) -> dict:
    done = shell(capsys, *SPIRALS, "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1], parse_constant=pytest.fail)


def refused(capsys, *words: object) -> str:
    done = shell(capsys, *SPIRALS, *words)
    assert (done.returncode, done.stdout) == (2, "")
    *notes, refusal = done.stderr.splitlines()
    assert all(note.startswith("Note: ") for note in notes)
    return refusal


def test_parts_are_carried_and_frozen(capsys, ancestor):
    said = last(capsys, "--start-from", ancestor.ended.run, "--carry", "circuit,pre_net", "--freeze", "circuit")
    assert (said["head"], said["parameters"], said["trained_parameters"]) == ("dressed", 23, 17)
    assert (said["started_from"], said["carried"], said["frozen"]) == (
        ancestor.ended.run,
        ["pre_net", "circuit"],
        ["circuit"],
    )
    assert "The last layer starts fresh." in said["notes"][-1]


def test_a_fresh_start_says_so(capsys):
    said = last(capsys, "--head", "dressed_fixed")
    assert (said["started_from"], said["carried"], said["frozen"]) == (None, [], ["circuit"])
    assert said["parameters"] - said["trained_parameters"] == 24


def test_a_recipe_chooses_parts_and_depth_and_other_options_change_it(capsys, ancestor):
    said = last(capsys, "--start-from", ancestor.ended.run, "--recipe", "add_layers", "--depth", 3)
    assert (said["carried"], said["frozen"]) == (["pre_net", "circuit"], ["pre_net", "circuit"])
    assert said["trained_parameters"] == 3 + 8
    settings = load_run(said["run"]).prepared.settings
    assert (settings.circuit.depth, settings.circuit.qubits) == (3, 3)
    said = last(capsys, "--start-from", ancestor.ended.run, "--recipe", "add_layers", "--depth", 3, "--freeze", "none")
    assert said["frozen"] == []


def test_how_much_learns_is_said(capsys, ancestor):
    done = shell(capsys, *SPIRALS, "--start-from", ancestor.ended.run, "--freeze", "circuit")
    assert "23 parameters, 17 of which learn." in done.stderr


def test_an_imported_head_can_be_started_from(capsys, tmp_path):
    run_id = keep_run(brought_in(saved(demo_head().state_dict())), origin="head")
    network, pictures = "resnet18", noisy_pictures(tmp_path / "pictures")
    weights = made_weights(network, tmp_path)
    done = shell(
        capsys,
        *("train", "--data", pictures, "--backbone", network, "--weights", weights, "--epochs", 1),
        *("--engine", "torch", "--start-from", run_id, "--recipe", "new_ends", "--json"),
    )
    assert done.returncode == 0, done.stderr
    view = load_run(json.loads(done.stdout.splitlines()[-1])["run"])
    assert (view.checkpoint.weights["q_params"] == demo_head().q_params.detach().numpy()).all()
    assert view.prepared.lineage[0].pictures == "not known"
    assert math.isnan(view.prepared.lineage[0].accuracy)
    again = open_run_file(archive_bytes(view.ended.run), "run.qtl.zip").view
    assert repr(again.prepared.lineage) == repr(view.prepared.lineage)
    (told,) = map(json.loads, shell(capsys, "runs", "show", view.ended.run, "--json").stdout.splitlines())
    assert told["lineage"][0]["accuracy"] is None


# Names of runs


def test_a_run_is_named_by_identifier_name_or_how_they_begin(ancestor):
    run_id = ancestor.ended.run
    rename(run_id, "Spirals by heart")
    for text in (run_id, "Spirals by heart", " spirals  BY heart", run_id[:12], "spiral"):
        assert run_named(text) == run_id


def test_every_command_takes_a_run_by_its_name(capsys, ancestor, tmp_path):
    run_id = ancestor.ended.run
    rename(run_id, "Spirals by heart")
    for words in (("show",), ("changes",), ("export",)):
        more = (tmp_path / "run.qtl.zip",) if words == ("export",) else ()
        done = shell(capsys, "runs", *words, "spirals", *more)
        assert (done.returncode, done.stderr) == (0, "")
    assert shell(capsys, "draw", "--run", "spirals").stdout == shell(capsys, "draw", "--run", run_id).stdout != ""
    assert shell(capsys, "export-head", "--run", "spirals", tmp_path / "head.pt").returncode == 0
    assert shell(capsys, "predict", "--run", "spirals", "0.5,-1.2").returncode == 0
    assert "There is no run 'squares'" in shell(capsys, "runs", "show", "squares").stderr


@pytest.mark.parametrize("text", ["", " ", "nobody", "%", "../x", "é" * 500])
def test_a_name_that_no_run_has(ancestor, text):
    with pytest.raises(UserError, match="There is no run"):
        run_named(text)


def test_a_name_that_several_runs_have(capsys, ancestor):
    others = [keep_run(ancestor) for _ in range(7)]
    for run_id in others:
        rename(run_id, "Twins")
    with pytest.raises(UserError, match=r"7 runs are named 'twins', or begin so. They are .* and 2 more. Give"):
        run_named("twins")
    assert "runs are named '20'" in refused(capsys, "--start-from", "20")


# What is refused


def test_refusals_are_one_line_and_leave_nothing(capsys, ancestor):
    run_id = ancestor.ended.run
    assert "There is no run '20200101-000000-abcdef'" in refused(capsys, "--start-from", "20200101-000000-abcdef")
    assert "needs a run to start from" in refused(capsys, "--recipe", "go_on")
    everything = "pre_net,circuit,post_net"
    assert "Nothing is left to learn." in refused(capsys, "--start-from", run_id, "--freeze", everything)
    assert "Nothing is left to learn." in refused(capsys, "--freeze", everything)
    no_circuit = refused(capsys, "--head", "bottleneck", "--freeze", "pre_net,circuit")
    assert "--freeze circuit: bottleneck of equal size has no such part." in no_circuit
    assert "6 qubits here" in refused(capsys, "--start-from", run_id, "--qubits", 6)
    assert "carry = 'eyes' is not allowed" in refused(capsys, "--start-from", run_id, "--carry", "eyes")
    linear = train(RunSettings().changed(source="points", points=40, epochs=1, head="linear", engine="torch"))
    assert "it has no circuit" in refused(capsys, "--start-from", linear.ended.run, "--recipe", "add_layers")
    delete([run_id])
    assert "was deleted" in refused(capsys, "--start-from", run_id)


# The lineage shown


def test_runs_show_says_where_a_run_came_from_and_what_is_gone(capsys, ancestor):
    run_id = last(capsys, "--start-from", ancestor.ended.run, "--freeze", "circuit")["run"]
    said = shell(capsys, "runs", "show", run_id).stdout
    assert f"(run {ancestor.ended.run}; spirals, 1.52 turns); carried over: pre_net, circuit, post_net" in said
    assert "stood still: circuit." in said
    delete([ancestor.ended.run])
    assert "which is not kept here any more" in shell(capsys, "runs", "show", run_id).stdout
    (told,) = map(json.loads, shell(capsys, "runs", "show", run_id, "--json").stdout.splitlines())
    assert [(each["run"], each["kept"], each["frozen"]) for each in told["lineage"]] == [
        (ancestor.ended.run, False, ["circuit"])
    ]
