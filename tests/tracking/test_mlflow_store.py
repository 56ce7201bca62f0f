"""MLflow's own client finds in a store what a run told, and its artifacts lie where `mlflow ui` looks for them."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.entities import Run
from mlflow.tracking import MlflowClient

from qtl_core.common.errors import UserError
from qtl_core.runs.lineage import Ancestor
from qtl_core.runs.store import find_run, load_run
from qtl_core.tracking.log import Ending
from qtl_core.tracking.mlflow_database import DATABASE
from qtl_core.tracking.mlflow_store import ARTIFACTS, EXPERIMENT, MlflowStore
from qtl_core.tracking.reader import RunReader, log_kept
from qtl_core.tracking.record import Logged
from tests.exchange.test_run_files import kept, whole


def client_of(folder: Path) -> MlflowClient:
    return MlflowClient(f"sqlite:///{folder / DATABASE}")


def runs_in(folder: Path) -> list[Run]:
    client = client_of(folder)
    return client.search_runs([client.get_experiment_by_name(EXPERIMENT).experiment_id])


def test_runs_are_read_back_none_is_written_twice_and_their_folder_can_be_moved(tmp_path):
    parent = Ancestor("20260101-000000-abcdef", "Cats", "dressed", "photos", ("cat", "dog"), 0.9, ("circuit",))
    view = whole()
    carried = kept(replace(view, prepared=replace(view.prepared, lineage=(parent,))), name="Carried")
    store = tmp_path / "store"
    for run_id in (kept(), carried):
        log_kept(find_run(run_id), load_run(run_id), MlflowStore(store).log(run_id))
    with pytest.raises(UserError, match="already"):
        MlflowStore(store).log(carried)
    failed = MlflowStore(store).log("failed")
    failed.begin(Logged("failed", "failed", 1.0))
    failed.end(Ending("failed", 3, 2.0))
    moved = store.rename(tmp_path / "moved")
    by_name = {each.info.run_name: each for each in runs_in(moved)}
    assert by_name.pop("failed").info.status == "FAILED"
    assert by_name.keys() == {"Ants at noon", "Carried"}
    first, later = by_name["Ants at noon"], by_name["Carried"]
    assert first.info.status == "FINISHED"
    assert later.data.tags["qtl.parent"] == parent.run and later.data.tags["qtl.carried"] == "circuit"
    assert first.data.params["qubits"] == "4" and "folder" not in first.data.params
    assert first.data.tags["qtl.seed"] == "0" and "qtl.version.torch" in first.data.tags
    record, history = (
        find_run(first.data.tags["qtl.run"]),
        client_of(moved).get_metric_history(first.info.run_id, "val_loss"),
    )
    assert [each.step for each in history] == [1, 2, 3]
    assert [each.value for each in history] == pytest.approx([epoch.val_loss for epoch in view.epochs])
    begun = record.created + view.prepared.seconds_features
    assert [each.timestamp / 1000 - begun for each in history] == pytest.approx([0.05, 0.1, 0.15], abs=0.002)
    assert first.data.metrics["best_epoch"] == 2
    place = moved / ARTIFACTS / first.info.artifact_uri.removeprefix("mlflow-artifacts:/")
    assert {each.name for each in place.iterdir()} == {"confusion_validation.png", "circuit.png", "circuit.svg"}
    assert str(tmp_path).encode() not in (moved / DATABASE).read_bytes()


def test_another_database_of_that_name_is_said(tmp_path):
    (tmp_path / DATABASE).write_bytes(b"no database" * 100)
    with pytest.raises(UserError, match=r"mlflow.db cannot be used"):
        MlflowStore(tmp_path)


def test_a_run_whose_logging_broke_off_is_completed_and_one_under_way_is_left_alone(monkeypatch, tmp_path):
    run_id = kept()
    record, view = find_run(run_id), load_run(run_id)
    broken = RunReader(MlflowStore(tmp_path).log(run_id), run_id, record.name)  # at another moment than the record's
    for event in (view.prepared, view.epochs[0]):
        broken.read(event)
    with monkeypatch.context() as patched:
        patched.setattr("qtl_core.tracking.mlflow_store.is_locked", lambda _: True)
        with pytest.raises(UserError, match="being trained"):
            MlflowStore(tmp_path).log(run_id)
    log_kept(record, view, MlflowStore(tmp_path).log(run_id))
    (found,) = runs_in(tmp_path)
    history = client_of(tmp_path).get_metric_history(found.info.run_id, "val_loss")
    assert found.info.status == "FINISHED" and sorted(each.step for each in history) == [1, 2, 3]
    assert found.data.metrics["best_epoch"] == 2
    with pytest.raises(UserError, match="already"):
        MlflowStore(tmp_path).log(run_id)


@pytest.mark.parametrize("method", ["epoch", "end"])
def test_a_store_that_was_deleted_is_said_and_not_written_to(tmp_path, method):
    log = MlflowStore(tmp_path / "store").log("a")
    log.begin(Logged("a", "a", 1.0))
    shutil.rmtree(tmp_path / "store")
    with pytest.raises(UserError, match="The log is gone"):
        log.epoch(1, {"val_loss": 1.0}, 2.0) if method == "epoch" else log.end(Ending("finished", 1, 2.0))
    assert not (tmp_path / "store").exists()
