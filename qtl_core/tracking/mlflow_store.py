"""A run in an MLflow store: settings as params, an epoch's figures as metrics, tags, and what came out as artifacts.

A store is a folder with a SQLite file (MLflow takes no store of plain files any more) and one of artifacts, called as
`mlflow ui` looks for them where it is started; so the folder can be moved.
"""

from __future__ import annotations

import logging
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.tracking.log import Ending
from qtl_core.tracking.programs import MLFLOW
from qtl_core.tracking.record import TAG, Logged

DATABASE, ARTIFACTS = "mlflow.db", "mlartifacts"
SERVED = "mlflow-artifacts:/"  # how MLflow says that an artifact lies in ARTIFACTS
EXPERIMENT = "Quantum transfer studio"
RUN_TAG = f"{TAG}run"
STATUS = {"finished": "FINISHED", "stopped": "KILLED", "failed": "FAILED"}


class MlflowStore:
    """A store of MLflow's.

    Args:
        folder: The folder; it is made.
        experiment: What MLflow files the runs under.

    Raises:
        UserError: The extra is not installed, or the store cannot be used.
    """

    def __init__(self, folder: Path, experiment: str = EXPERIMENT) -> None:
        self.folder, self.client = folder, _client(folder)
        self.opened_by = MLFLOW.opened_by.format(place=shlex.quote(str(folder)))
        self.experiment = _experiment(self.client, experiment)

    def log(self, run_id: str) -> MlflowLog:
        """Returns a new log for a run."""
        if self._found(run_id):
            raise UserError(f"Run {run_id} is in this store already.", "", "Name another folder.")
        return MlflowLog(self)

    def forget(self, run_id: str) -> None:
        """Deletes a run as MLflow does: it can be restored there."""
        for known in self._found(run_id):
            self.client.delete_run(known.info.run_id)

    def _found(self, run_id: str) -> Any:
        return self.client.search_runs([self.experiment], f"tags.`{RUN_TAG}` = '{run_id}'", max_results=1)


class MlflowLog:
    """A run in a store.

    Args:
        store: The store.
    """

    def __init__(self, store: MlflowStore) -> None:
        self.store, self.client = store, store.client
        self.mlflow_run = self.artifacts = ""

    def begin(self, run: Logged) -> None:
        """Notes settings and tags."""
        from mlflow.entities import Param

        made = self.client.create_run(self.store.experiment, _milliseconds(run.started), dict(run.tags), run.name)
        self.mlflow_run, self.artifacts = made.info.run_id, made.info.artifact_uri
        params = [Param(name, str(value)) for name, value in run.params.items()]
        self.client.log_batch(self.mlflow_run, params=params)

    def epoch(self, step: int, figures: Mapping[str, float], at: float) -> None:
        """Notes an epoch's figures."""
        self._metrics(figures, step, at)

    def end(self, ending: Ending) -> None:
        """Notes what came out, and how it ended."""
        self._metrics(ending.figures, ending.step, ending.at)
        for name, content in ending.files.items():
            self._keep(name, content)
        self.client.set_terminated(self.mlflow_run, STATUS[ending.state], _milliseconds(ending.at))

    def _metrics(self, figures: Mapping[str, float], step: int, at: float) -> None:
        from mlflow.entities import Metric

        metrics = [Metric(name, value, _milliseconds(at), step) for name, value in figures.items()]
        self.client.log_batch(self.mlflow_run, metrics=metrics)

    def _keep(self, name: str, content: bytes) -> None:
        """Writes an artifact where `mlflow ui` serves it from."""
        place = self.store.folder / ARTIFACTS / self.artifacts.removeprefix(SERVED)
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def _client(folder: Path) -> Any:
    MLFLOW.extra.require("Nothing can be written for MLflow here.")
    from mlflow.exceptions import MlflowException
    from mlflow.tracking import MlflowClient
    from sqlalchemy.exc import SQLAlchemyError

    logging.getLogger("mlflow").setLevel(logging.WARNING)  # else it tells of every table of the store that it makes
    try:
        folder.mkdir(parents=True, exist_ok=True)
        client = MlflowClient(f"sqlite:///{(folder / DATABASE).absolute().as_posix()}")
        client.search_experiments(max_results=1)
    except OSError as error:
        raise UserError("The store cannot be written.", reason_of(error)) from error
    except (MlflowException, SQLAlchemyError) as error:  # a database of another version of MLflow's, or none at all
        do = "Name another folder, or bring it up to date with `mlflow db upgrade`."
        raise UserError(f"{DATABASE} cannot be used.", "MLflow does not take it for its own.", do) from error
    return client


def _experiment(client: Any, name: str) -> str:
    """Returns the identifier of an experiment, which is made where it is not there."""
    known = client.get_experiment_by_name(name)
    if known is None:
        place = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "studio"
        return str(client.create_experiment(name, artifact_location=f"{SERVED}{place}"))
    return str(known.experiment_id)


def _milliseconds(seconds: float) -> int:
    return round(1000 * seconds)
