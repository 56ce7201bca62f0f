"""A run in an MLflow store: settings as params, an epoch's figures as metrics, tags, and what came out as artifacts.

A store is a folder with a SQLite file (MLflow takes no store of plain files any more) and one of artifacts, called as
`mlflow ui` looks for them where it is started; so the folder can be moved.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.runs.store.locks import is_locked
from qtl_core.tracking.log import Ending, check_there
from qtl_core.tracking.mlflow_database import DATABASE, SERVED, open_database
from qtl_core.tracking.programs import MLFLOW
from qtl_core.tracking.record import TAG, Logged

ARTIFACTS = "mlartifacts"  # where `mlflow ui` looks for what lies at SERVED
EXPERIMENT = "Quantum transfer studio"
RUN_TAG = f"{TAG}run"
RUNNING = "RUNNING"
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
        self.folder, self.opened_by = folder, MLFLOW.opened_by.format(place=shlex.quote(str(folder)))
        self.client, self.experiment = open_database(folder, experiment)

    def log(self, run_id: str) -> MlflowLog:
        """Returns a log for a run: a new one, or that of a run whose logging broke off, which is completed."""
        for known in self._found(run_id):
            if known.info.status != RUNNING:
                raise UserError(f"Run {run_id} is in this store already.", "", "Name another folder.")
            if is_locked(run_id):
                why = "It is being trained, and may be logged at this moment."
                raise UserError(f"Run {run_id} is in this store already.", why, "Wait until it is over.")
            return MlflowLog(self, known)
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
        known: What the store has of the run; None where it is new.
    """

    def __init__(self, store: MlflowStore, known: Any = None) -> None:
        self.store, self.client, self.known = store, store.client, known
        self.mlflow_run = self.artifacts = ""
        self.noted: set[tuple[str, int]] = set()  # figures of a run that is completed: name and step

    def begin(self, run: Logged) -> None:
        """Notes settings and tags."""
        from mlflow.entities import Param

        made = self.known or self._made(run)
        self.mlflow_run, self.artifacts = made.info.run_id, made.info.artifact_uri
        for name in made.data.metrics:
            self.noted |= {(name, each.step) for each in self.client.get_metric_history(self.mlflow_run, name)}
        params = [Param(name, str(value)) for name, value in run.params.items() if name not in made.data.params]
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

    def _made(self, run: Logged) -> Any:
        self._check_there()
        return self.client.create_run(self.store.experiment, _milliseconds(run.started), dict(run.tags), run.name)

    def _metrics(self, figures: Mapping[str, float], step: int, at: float) -> None:
        from mlflow.entities import Metric

        self._check_there()
        new = {name: value for name, value in figures.items() if (name, step) not in self.noted}
        metrics = [Metric(name, value, _milliseconds(at), step) for name, value in new.items()]
        self.client.log_batch(self.mlflow_run, metrics=metrics)

    def _check_there(self) -> None:
        """Refuses to go on where the database was deleted: its open file would take all that is written, for nobody.

        Raises:
            UserError: It was.
        """
        check_there(self.store.folder / DATABASE)

    def _keep(self, name: str, content: bytes) -> None:
        """Writes an artifact where `mlflow ui` serves it from."""
        place = self.store.folder / ARTIFACTS / self.artifacts.removeprefix(SERVED)
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(content)


def _milliseconds(seconds: float) -> int:
    return round(1000 * seconds)
