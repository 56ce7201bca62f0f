"""A run in an MLflow store: settings as params, an epoch's figures as metrics, tags, and what came out as artifacts.

A store is a folder with a SQLite file (MLflow takes no store of plain files any more) and one of artifacts, called as
`mlflow ui` looks for them where it is started; so the folder can be moved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.common.extras import Extra
from qtl_core.runs.view import RunView
from qtl_core.tracking.record import TAG, Logged, drawings_of, last_figures, pictures_of

EXTRA = Extra("mlflow", ("mlflow", "sqlalchemy", "alembic"))  # mlflow-skinny brings the first alone
OPENED_BY = "cd {folder} && mlflow ui"
DATABASE, ARTIFACTS = "mlflow.db", "mlartifacts"
SERVED = "mlflow-artifacts:/"  # how MLflow says that an artifact lies in ARTIFACTS
EXPERIMENT = "Quantum transfer studio"
RUN_TAG = f"{TAG}run"


class MlflowLog:
    """A run in a store.

    Args:
        folder: The store; it is made.
        run_id: The run.
        experiment: What MLflow files it under.

    Raises:
        UserError: The extra is not installed, the run is there already, or the store cannot be used.
    """

    def __init__(self, folder: Path, run_id: str, experiment: str = EXPERIMENT) -> None:
        self.folder, self.run_id = folder, run_id
        self.client = _client(folder)
        self.experiment = _experiment(self.client, experiment)
        condition = f"tags.`{RUN_TAG}` = '{run_id}'"
        if self.client.search_runs([self.experiment], condition, max_results=1):
            raise UserError(f"Run {run_id} is in {folder} already.", "", "Name another folder.")
        self.mlflow_run = self.artifacts = ""

    def begin(self, run: Logged) -> None:
        """Notes settings and tags."""
        from mlflow.entities import Param

        made = self.client.create_run(self.experiment, _milliseconds(run.started), dict(run.tags), run.name)
        self.mlflow_run, self.artifacts = made.info.run_id, made.info.artifact_uri
        params = [Param(name, str(value)) for name, value in run.params.items()]
        self.client.log_batch(self.mlflow_run, params=params)

    def epoch(self, step: int, figures: Mapping[str, float], at: float) -> None:
        """Notes an epoch's figures."""
        self._metrics(figures, step, at)

    def end(self, view: RunView, at: float) -> None:
        """Notes what came out, and how it ended."""
        self._metrics(last_figures(view), len(view.epochs), at)
        for name, content in (pictures_of(view) | drawings_of(view)).items():
            self._keep(name, content)
        self.client.set_terminated(self.mlflow_run, _status(view), _milliseconds(at))

    def _metrics(self, figures: Mapping[str, float], step: int, at: float) -> None:
        from mlflow.entities import Metric

        metrics = [Metric(name, value, _milliseconds(at), step) for name, value in figures.items()]
        self.client.log_batch(self.mlflow_run, metrics=metrics)

    def _keep(self, name: str, content: bytes) -> None:
        """Writes an artifact where `mlflow ui` serves it from."""
        place = self.folder / ARTIFACTS / self.artifacts.removeprefix(SERVED)
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def _client(folder: Path) -> Any:
    EXTRA.require("Nothing can be written for MLflow here.")
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient
    from sqlalchemy.exc import SQLAlchemyError

    try:
        folder.mkdir(parents=True, exist_ok=True)
        client = MlflowClient(f"sqlite:///{(folder / DATABASE).absolute().as_posix()}")
        client.search_experiments(max_results=1)
    except OSError as error:
        raise UserError(f"{folder} cannot be written.", f"The system says: {error.strerror or error}.") from error
    except (MlflowException, SQLAlchemyError) as error:  # a database of another version of MLflow's, or none at all
        do = "Name another folder, or bring it up to date with `mlflow db upgrade`."
        raise UserError(f"{folder / DATABASE} cannot be used.", "MLflow does not take it for its own.", do) from error
    return client


def _experiment(client: Any, name: str) -> str:
    """Returns the identifier of an experiment, which is made where it is not there."""
    known = client.get_experiment_by_name(name)
    if known is None:
        place = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "studio"
        return str(client.create_experiment(name, artifact_location=f"{SERVED}{place}"))
    return str(known.experiment_id)


def _status(view: RunView) -> str:
    if view.failed is not None:
        return "FAILED"
    return "FINISHED" if view.ended is not None and view.ended.how == "finished" else "KILLED"


def _milliseconds(seconds: float) -> int:
    return round(1000 * seconds)
