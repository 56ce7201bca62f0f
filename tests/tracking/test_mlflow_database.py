"""MLflow's database is made by one process at a time, in a folder of any name, and names no other folder."""

from __future__ import annotations

import shutil

import pytest
from mlflow.tracking import MlflowClient

from qtl_core.common.errors import UserError
from qtl_core.runs.store.locks import store_lock
from qtl_core.tracking import mlflow_database
from qtl_core.tracking.mlflow_database import DATABASE, LOCK, SERVED, database_url, open_database


def test_whoever_comes_second_waits_for_the_one_that_makes_it(monkeypatch, tmp_path):
    monkeypatch.setattr(mlflow_database, "PATIENCE", 0.0)
    with store_lock(tmp_path / LOCK, 0.0), pytest.raises(UserError, match="did not answer in time"):
        open_database(tmp_path, "one")
    assert not (tmp_path / DATABASE).exists()


def test_a_folder_of_an_odd_name_holds_it_and_no_other_is_made(tmp_path):
    folder = tmp_path / "a?b%20c#d" / "100% x"
    open_database(folder, "one")
    assert (folder / DATABASE).stat().st_size
    assert [each.name for each in tmp_path.iterdir()] == ["a?b%20c#d"]


def test_no_experiment_names_the_folder_of_this_process_and_one_made_anew_is_whole(tmp_path):
    for _ in range(2):
        open_database(tmp_path / "store", "one")
        found = MlflowClient(database_url(tmp_path / "store")).search_experiments()
        assert {each.name: each.artifact_location for each in found} == {"Default": f"{SERVED}0", "one": f"{SERVED}one"}
        shutil.rmtree(tmp_path / "store")
