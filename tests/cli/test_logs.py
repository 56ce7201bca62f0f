"""A training, a study under way and a kept study are logged for TensorBoard and MLflow by the command line."""

from __future__ import annotations

import json
import shutil

import pytest
from mlflow.tracking import MlflowClient
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from qtl_core.runs.store import load_run
from qtl_core.studies.store import find_study
from qtl_core.tracking.mlflow_database import DATABASE
from tests.helpers.shell import shell

POINTS = ("--data", "moons", "--points", "60", "--epochs", "2", "--lr", "0.05")


def losses(folder, tag: str = "loss/validation") -> list[float]:
    found = EventAccumulator(str(folder))
    found.Reload()
    return [each.value for each in found.Scalars(tag)]


def test_a_training_is_logged_as_it_goes_and_what_breaks_the_log_is_said(capsys, tmp_path):
    done = shell(capsys, "train", *POINTS, "--engine", "torch", "--json", "--tensorboard", tmp_path / "our logs")
    assert done.returncode == 0, done.stderr
    run_id = json.loads(done.stdout.splitlines()[-1])["run"]
    told = [round(epoch.val_loss, 6) for epoch in load_run(run_id).epochs]
    assert [round(value, 6) for value in losses(tmp_path / "our logs" / run_id)] == told
    assert f"See it by: tensorboard --logdir '{tmp_path / 'our logs'}'" in done.stderr


def test_whatever_mlflow_raises_when_it_is_opened_ends_no_training(capsys, monkeypatch, tmp_path):
    def broken(*_) -> None:
        raise RuntimeError("Online migration expected to match one row")

    monkeypatch.setattr("qtl_core.tracking.mlflow_database._client", broken)
    done = shell(capsys, "train", *POINTS, "--engine", "torch", "--mlflow", tmp_path / "store")
    assert done.returncode == 0 and "Kept as run" in done.stdout
    assert "It is not logged: Online migration expected" in done.stderr and "Logged." not in done.stderr


def test_a_log_that_is_deleted_while_it_trains_is_said(capsys, monkeypatch, tmp_path):
    def told_of(event, view) -> None:
        if len(view.epochs) == 1:
            shutil.rmtree(tmp_path / "logs", ignore_errors=True)

    monkeypatch.setattr("qtl_core.cli.train._tell", lambda event, view, **_: told_of(event, view))
    done = shell(capsys, "train", *POINTS, "--engine", "torch", "--tensorboard", tmp_path / "logs")
    assert done.returncode == 0 and "The log is gone." in done.stderr and "Logged." not in done.stderr


def test_a_refused_training_leaves_no_folder_of_its_log(capsys, tmp_path):
    words = ("train", "--data", "folder", "--folder", tmp_path / "none", "--tensorboard", tmp_path / "logs")
    assert shell(capsys, *words).returncode == 2
    assert not list((tmp_path / "logs").glob("*"))


@pytest.mark.parametrize("option", ["--mlflow", "--tensorboard", "--hub", "--page", "--out"])
def test_an_address_is_no_folder(capsys, monkeypatch, tmp_path, option):
    monkeypatch.chdir(tmp_path)
    words = ("publish", "bundled") if option == "--out" else ("runs", "export", "bundled")
    done = shell(capsys, *words, option, "http://127.0.0.1:5000")
    assert done.returncode == 2 and not list(tmp_path.glob("http*"))
    assert f"{option} takes a folder of this machine. http://127.0.0.1:5000 is an address." in done.stderr


def test_a_study_is_logged_as_it_is_trained_and_afterwards(capsys, tmp_path):
    words = ("study", "run", "--name", "one", *POINTS, "--axis", "head=linear,mlp", "--seeds", "2")
    assert shell(capsys, *words, "--tensorboard", tmp_path / "logs").returncode == 0
    store = find_study("one")
    for key in store.rows():
        assert losses(tmp_path / "logs" / f"{store.id}-{key}") == [
            float(value) for value in store.curves(key)["val_loss"].astype("float32")
        ]
    done = shell(capsys, "study", "export", "one", "--mlflow", tmp_path / "store", "--json")
    assert json.loads(done.stdout) == {"study": store.id, "folder": str(tmp_path / "store"), "runs": 4}
    client = MlflowClient(f"sqlite:///{tmp_path / 'store' / DATABASE}")
    runs = client.search_runs([client.get_experiment_by_name("one").experiment_id])
    assert sorted(run.data.params["head"] + run.data.params["seed"] for run in runs) == [
        "linear0",
        "linear1",
        "mlp0",
        "mlp1",
    ]
    assert all(run.data.tags["qtl.data"] == "Two moons" for run in runs)
    wanted = {row.last_val_loss for row in store.rows().values()}
    assert {run.data.metrics["last_val_loss"] for run in runs} == wanted
    assert "already" in shell(capsys, "study", "export", "one", "--mlflow", tmp_path / "store").stderr


def test_a_study_goes_to_one_place_at_a_time(capsys, tmp_path):
    assert shell(capsys, "study", "run", "--name", "two", *POINTS, "--axis", "head=linear,mlp", "--seeds", "1")
    for words in ((), (tmp_path / "two.csv", "--mlflow", tmp_path / "store")):
        done = shell(capsys, "study", "export", "two", *words)
        assert done.returncode == 2 and "Name a FILE, or --tensorboard DIR or --mlflow DIR." in done.stderr
    assert not (tmp_path / "store").exists()
