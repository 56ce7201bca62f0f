"""The database of an MLflow store, made or opened: one process at a time, as MLflow makes its tables without a lock."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from qtl_core.common.errors import UserError
from qtl_core.common.system_reasons import reason_of
from qtl_core.runs.store.locks import store_lock
from qtl_core.tracking.programs import MLFLOW

DATABASE = "mlflow.db"
LOCK = f".{DATABASE}.lock"
SERVED = "mlflow-artifacts:/"  # how MLflow says that an artifact lies in its folder of artifacts
PATIENCE = 120.0  # seconds for another process that makes the tables: some seconds, more where others work
_MADE: Counter[Path] = Counter()  # how many databases this process has made in a folder


def open_database(folder: Path, experiment: str) -> tuple[Any, str]:
    """Returns MLflow's client of the database in a folder, and an experiment's identifier; both are made if missing.

    Raises:
        UserError: The extra is not installed, or the database cannot be used.
    """
    MLFLOW.extra.require("Nothing can be written for MLflow here.")
    from alembic.util.exc import CommandError
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import OperationalError, SQLAlchemyError

    logging.getLogger("mlflow").setLevel(logging.WARNING)  # else it tells of every table of the store that it makes
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with store_lock(folder / LOCK, PATIENCE):
            client = _client(folder.absolute())
            return client, _experiment(client, experiment)
    except OSError as error:
        raise UserError("The store cannot be written.", reason_of(error)) from error
    except OperationalError as error:
        raise UserError(f"{DATABASE} cannot be used.", f"SQLite says: {error.orig}.") from error
    except (CommandError, MlflowException, SQLAlchemyError) as error:  # of another version of MLflow's, or none at all
        do = "Name another folder, or bring it up to date with `mlflow db upgrade`."
        raise UserError(f"{DATABASE} cannot be used.", "MLflow does not take it for its own.", do) from error


def database_url(folder: Path, spelling: int = 0) -> str:
    """Returns the address of the database in a folder, as MLflow takes it.

    Args:
        folder: The folder, from the root on.
        spelling: Addresses of different numbers are different, and of the same file.

    Raises:
        UserError: This version of SQLAlchemy has no address for such a name.
    """
    from sqlalchemy.engine import URL, make_url

    file = f"{folder.as_posix()}{'/.' * spelling}/{DATABASE}"
    # With the driver's name, as MLflow makes a folder of the quoted name where it stands without.
    address = URL.create("sqlite+pysqlite", database=file).render_as_string()
    if make_url(address).database != file:
        raise UserError(f"MLflow cannot write to {folder}.", "Its name has a sign with a meaning of its own there.")
    return address


def _client(folder: Path) -> Any:
    """Returns the client; MLflow keeps what it opened by its address, so a file made anew in its place has another."""
    from mlflow.tracking import MlflowClient

    is_new = not (folder / DATABASE).exists()
    _MADE[folder] += is_new
    client = MlflowClient(database_url(folder, max(_MADE[folder] - 1, 0)))
    client.search_experiments(max_results=1)
    if is_new:
        _make_movable(folder / DATABASE)
    return client


def _make_movable(database: Path) -> None:
    """Has MLflow's own experiment keep its artifacts in the store; it names the folder this process runs in."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE experiments SET artifact_location = ? WHERE experiment_id = 0", (f"{SERVED}0",))


def _experiment(client: Any, name: str) -> str:
    """Returns the identifier of an experiment, which is made where it is not there."""
    known = client.get_experiment_by_name(name)
    if known is None:
        place = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower() or "studio"
        return str(client.create_experiment(name, artifact_location=f"{SERVED}{place}"))
    return str(known.experiment_id)
