"""Kept studies: a folder each, with a SQLite file of one line a run and the curves in Parquet beside it.

studies/<id>/study.sqlite          the plan, what stood in for what, and the rows
studies/<id>/curves-*.parquet      the figures of every epoch, by key; see `curve_files`
studies/<id>/lock                  held by the process that trains it
studies/<id>/name                  what it is called, so that no other one is opened to find it
studies/deleted/<id>/              deleted, and to be restored for some days

A chunk's curves are on disk before the rows that name them are, and the rows of a chunk are written all or not at all:
whenever a process is killed, every row is whole, and what has no row is trained again.
"""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from qtl_core.common import paths
from qtl_core.common.errors import UserError
from qtl_core.common.file_lock import is_held
from qtl_core.common.system_reasons import reason_of
from qtl_core.runs.store.layout import ID, new_id, time_of
from qtl_core.studies import curve_files
from qtl_core.studies.plan import MOST_BUDGET, StudyPlan
from qtl_core.studies.rows import Outcome, Row
from qtl_core.studies.troubles import damaged, not_made, not_opened, not_written, write_failed

APPLICATION = 0x51544C59  # "QTLY", SQLite's application_id: tells a study from another program's file
VERSION = 1
BUSY_SECONDS = 10.0
LOOK_SECONDS = 0.3  # for a process that only looks who trains a study to be done with that
DELETED_DAYS = 7
NAME, LOCK = "name", "lock"
COLUMNS = tuple(field.name for field in fields(Row))
SCHEMA = f"""
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {VERSION};
PRAGMA journal_mode = WAL;
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE runs (
    key TEXT PRIMARY KEY, seed INTEGER NOT NULL, epochs INTEGER NOT NULL, best_epoch INTEGER NOT NULL,
    broke_down INTEGER NOT NULL, test_accuracy REAL, last_val_accuracy REAL, best_val_accuracy REAL,
    last_val_loss REAL, best_val_loss REAL, curves TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class StudySummary:
    """A line of the list of studies.

    Attributes:
        id: Its identifier.
        plan: What was asked.
        done: How many runs have a row.
    """

    id: str
    plan: StudyPlan
    done: int

    @property
    def created(self) -> float:
        """The time at which it was made, in seconds since the epoch."""
        return time_of(self.id)


class StudyStore:
    """One kept study."""

    def __init__(self, study_id: str) -> None:
        """Opens a study.

        Raises:
            UserError: There is none of this identifier, or it cannot be read.
        """
        if not ID.fullmatch(study_id) or not (studies_folder() / study_id / "study.sqlite").is_file():
            raise UserError(f"There is no study {study_id}.", "", "`study list` names those that are kept.")
        self.id, self.folder = study_id, studies_folder() / study_id
        with self._reading() as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
                raise damaged(study_id)
            if connection.execute("PRAGMA user_version").fetchone()[0] > VERSION:
                newer = "A newer version of this program made it."
                raise UserError(f"The study {study_id} cannot be read.", newer, "Use that version.")
        self.plan = StudyPlan.from_dict(self.fact("plan"))

    @staticmethod
    def create(plan: StudyPlan, study_id: str = "") -> StudyStore:
        """Makes a study that has no rows yet.

        Args:
            plan: The study.
            study_id: Its identifier, which no other has; "" for a new one.

        Raises:
            UserError: There is one of that name, or nothing can be written.
        """
        with _names_held():
            if plan.name in _names().values():
                raise UserError(
                    f"There is a study {plan.name!r} already.",
                    "Names tell studies apart.",
                    f"Go on with it by `study resume {plan.name}`, delete it, or choose another name.",
                )
            study_id = study_id or new_id()
            folder = paths.writable(f"studies/{study_id}")
            try:
                _make(folder, plan)
            except (OSError, sqlite3.Error) as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise not_made(plan.name, error) from error
        return StudyStore(study_id)

    def fact(self, name: str) -> Any:
        """Returns something kept about the study beside its rows, or None."""
        with self._reading() as connection:
            found = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        try:
            return json.loads(found[0]) if found else None
        except (ValueError, TypeError, RecursionError) as error:
            raise damaged(self.id) from error

    def keep_fact(self, name: str, value: Any) -> None:
        """Keeps something about the study, as JSON."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def change_plan(self, plan: StudyPlan) -> None:
        """Keeps another plan in place of the study's: of a search with more cells, or with a repeat of the best."""
        self.keep_fact("plan", plan.to_dict())
        self.plan = plan

    @property
    def seconds(self) -> float:
        """The seconds of training that it has had."""
        return float(self.fact("seconds") or 0)

    @property
    def is_spent(self) -> bool:
        """True if its budget is used up: no more runs begin until it has a larger one."""
        return self.plan.is_spent(self.seconds)

    def give_more(self, seconds: int) -> None:
        """Gives it so many seconds of training beyond those that it has had.

        Raises:
            UserError: It would be longer than a budget can be, or nothing can be written.
        """
        budget = math.ceil(self.seconds) + seconds
        if budget > MOST_BUDGET:
            raise UserError("The budget would be too long.", "", "Take less time, or 0 for no end.")
        self.change_plan(replace(self.plan, budget_seconds=budget))

    def rows(self) -> dict[str, Row]:
        """Returns what came of all runs so far, by key."""
        with self._reading() as connection:
            found = connection.execute(f"SELECT {', '.join(COLUMNS)} FROM runs").fetchall()
        return {values[0]: Row(*values) for values in found}

    def count(self) -> int:
        """Returns how many runs have a row."""
        with self._reading() as connection:
            return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Keeps what came of a chunk: all of it, or nothing. A run that has a row keeps the one it has.

        Raises:
            UserError: Nothing can be written.
        """
        try:
            file = curve_files.write_curves(self.folder, outcomes)
        except OSError as error:
            raise not_written(error) from error
        places = ", ".join("?" * (len(COLUMNS) + 1))
        rows = [(*(getattr(each.row, name) for name in COLUMNS), file) for each in outcomes]
        with self._writing() as connection:
            connection.executemany(f"INSERT OR IGNORE INTO runs ({', '.join(COLUMNS)}, curves) VALUES ({places})", rows)
        if len(loose := curve_files.loose_files(self.folder)) >= curve_files.MOST_LOOSE:
            self._merge(loose)

    def tidy(self) -> None:
        """Makes one file of the curves of many chunks, and removes what a process that was killed left behind.

        Called with the lock held, before and after training: nobody writes meanwhile.
        """
        with self._reading() as connection:
            named = {name for (name,) in connection.execute("SELECT DISTINCT curves FROM runs")}
        curve_files.remove(self.folder, curve_files.left_over(self.folder, named))
        if len(loose := [name for name in curve_files.loose_files(self.folder) if name in named]) > 1:
            self._merge(loose)

    def _merge(self, names: Sequence[str]) -> None:
        """Makes one file of several: written first, then named by the rows, then alone."""
        import pyarrow

        try:
            whole = curve_files.merged(self.folder, names)
        except OSError as error:
            raise not_written(error) from error
        except pyarrow.ArrowException:  # the others, and this one's rows, are to be read all the same
            return
        marks = ", ".join("?" * len(names))
        with self._writing() as connection:
            connection.execute(f"UPDATE runs SET curves = ? WHERE curves IN ({marks})", (whole, *names))
        curve_files.remove(self.folder, names)

    def curves(self, key: str) -> dict[str, np.ndarray]:
        """Returns the figures of every epoch of a run, by name; empty where it broke down.

        Raises:
            KeyError: It has no row.
            UserError: The file of its curves is gone or damaged.
        """
        import pyarrow

        name = self._curves_file(key)
        try:
            try:
                return curve_files.read_curves(self.folder / name, key)
            except FileNotFoundError:  # made one with others meanwhile
                return curve_files.read_curves(self.folder / self._curves_file(key), key)
        except (pyarrow.ArrowException, OSError) as error:
            raise damaged(self.id) from error

    def _curves_file(self, key: str) -> str:
        with self._reading() as connection:
            found = connection.execute("SELECT curves FROM runs WHERE key = ?", (key,)).fetchone()
        if found is None:
            raise KeyError(key)
        return str(found[0])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the study, so that only one process trains it.

        Raises:
            UserError: Another process does.
        """
        with _held(self.folder, self.plan.name):
            yield

    def is_locked(self) -> bool:
        """Returns whether a living process trains it: of this server, of another one, or of a shell."""
        return is_held(self.folder / LOCK)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.folder / "study.sqlite", timeout=BUSY_SECONDS)) as connection:
                yield connection
        except sqlite3.Error as error:
            raise not_opened(self.id, error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.folder / "study.sqlite", timeout=BUSY_SECONDS)) as connection, connection:
                connection.execute("PRAGMA synchronous = NORMAL")  # whole after a kill; a second's work after a crash
                yield connection
        except sqlite3.Error as error:
            raise write_failed(self.id, error) from error


def _make(folder: Path, plan: StudyPlan) -> None:
    """Makes a study's files: whole, or none that counts as one."""
    with closing(sqlite3.connect(folder / "new.sqlite")) as connection:
        connection.executescript(SCHEMA)
        with connection:
            connection.execute("INSERT INTO facts VALUES ('plan', ?)", (json.dumps(plan.to_dict()),))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (folder / NAME).write_text(plan.name, encoding="utf-8")
    (folder / "new.sqlite").rename(folder / "study.sqlite")


@contextmanager
def _names_held() -> Iterator[None]:
    """Holds the names: who finds one free is the only one that takes it.

    Raises:
        UserError: Nothing can be written, or somebody holds them for long.
    """
    lock = FileLock(paths.writable("studies") / ".names.lock")
    try:
        lock.acquire(timeout=BUSY_SECONDS)
    except Timeout as error:
        raise UserError("No study can be made now.", "Others are just being made.", "Try it again.") from error
    except OSError as error:
        raise UserError("No study can be made now.", reason_of(error), "Make room, or the disk writable.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _held(folder: Path, name: str) -> Iterator[None]:
    """Holds a study's folder, so that only one process trains or deletes it.

    Raises:
        UserError: Another process does, or nothing can be written there.
    """
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=LOOK_SECONDS, poll_interval=0.01)
    except Timeout as error:
        busy = "Another window or program does so at this moment."
        raise UserError(f"The study {name} is being trained already.", busy, "Wait, or stop it.") from error
    except OSError as error:
        raise not_written(error) from error
    try:
        yield
    finally:
        lock.release()


def studies_folder() -> Path:
    """The folder of all studies; it need not exist yet."""
    return paths.home() / "studies"


def kept_studies() -> list[StudySummary]:
    """Returns all studies that can be read, the newest first."""
    return all_studies()[0]


def all_studies() -> tuple[list[StudySummary], list[UserError]]:
    """Returns all studies that can be read, the newest first, and why others cannot be: they are there all the same."""
    found: list[StudySummary] = []
    why: list[UserError] = []
    for name in _identifiers():
        if not (studies_folder() / name / "study.sqlite").is_file():  # it is just being made
            continue
        try:
            store = StudyStore(name)
            found.append(StudySummary(name, store.plan, store.count()))
        except UserError as error:
            why.append(error)
    return found, why


def find_study(name: str) -> StudyStore:
    """Returns the study of this name or identifier.

    Raises:
        UserError: There is none.
    """
    if ID.fullmatch(name):
        return StudyStore(name)
    found = next((study_id for study_id, each in _names().items() if each == name), None)
    if found is None:
        raise _no_study(name)
    return StudyStore(found)


def _no_study(name: str) -> UserError:
    return UserError(f"There is no study {name!r}.", "", "`study list` names those that are kept.")


def _names() -> dict[str, str]:
    """Returns what every study is called, the newest first, without opening those that say so beside their file."""
    found: dict[str, str] = {}
    for study_id in _identifiers():
        file = studies_folder() / study_id / NAME
        with suppress(UserError, OSError, UnicodeDecodeError):  # a study being made, or a damaged one
            found[study_id] = file.read_text(encoding="utf-8") if file.is_file() else StudyStore(study_id).plan.name
    return found


def _identifiers() -> list[str]:
    folder = studies_folder()
    return (
        sorted((each.name for each in folder.iterdir() if ID.fullmatch(each.name)), reverse=True)
        if folder.is_dir()
        else []
    )


def delete_study(store: StudyStore) -> None:
    """Deletes a study that no process trains; for `DELETED_DAYS` it can be restored. Those deleted before that go.

    Raises:
        UserError: One does, or its files cannot be moved.
    """
    _delete(store.folder, store.plan.name)


def delete_named(name: str) -> tuple[str, str]:
    """Deletes the study of this name or identifier, be it damaged or not; returns its identifier and its name.

    Raises:
        UserError: There is none, a process trains it, or its files cannot be moved.
    """
    names = _names()
    study_id = name if ID.fullmatch(name) else next((found for found, each in names.items() if each == name), "")
    if study_id not in _identifiers():
        raise _no_study(name)
    called = names.get(study_id, study_id)
    _delete(studies_folder() / study_id, called)
    return study_id, called


def _delete(folder: Path, name: str) -> None:
    with _held(folder, name):
        pass
    deleted = paths.writable("studies/deleted")
    try:
        folder.rename(deleted / folder.name)
        (deleted / folder.name).touch()  # from now on its days are counted
        for old in deleted.iterdir():
            if old.stat().st_mtime < time.time() - DELETED_DAYS * 86_400:
                shutil.rmtree(old)
    except OSError as error:
        do = "Make the disk writable, then delete it again."
        raise UserError(f"The study {name} cannot be deleted.", reason_of(error), do) from error


def restore_study(name: str) -> StudyStore:
    """Restores a deleted study by its identifier, or the one deleted last of this name.

    Raises:
        UserError: There is none, or another study has its name now.
    """
    deleted = studies_folder() / "deleted"
    there = sorted(deleted.iterdir(), key=lambda folder: -folder.stat().st_mtime) if deleted.is_dir() else []
    found = next((folder for folder in there if name in (folder.name, _name_in(folder))), None)
    if found is None:
        gone = f"Deleted ones are kept for {DELETED_DAYS} days."
        raise UserError(f"There is no deleted study {name!r}.", gone, "`study list` names those that are there.")
    with _names_held():
        if (called := _name_in(found)) in _names().values():
            raise UserError(f"Another study is called {called!r} now.", "", "Delete that one first.")
        cannot = f"The study {called} cannot be brought back."
        try:
            found.rename(studies_folder() / found.name)
        except OSError as error:
            raise UserError(cannot, reason_of(error), "Make the disk writable, then bring it back.") from error
        try:
            return StudyStore(found.name)
        except UserError as error:
            (studies_folder() / found.name).rename(found)  # it would take a name
            raise UserError(cannot, error.why) from error


def _name_in(folder: Path) -> str:
    """Returns what the study in a folder is called; its identifier where that cannot be read."""
    with suppress(OSError, UnicodeDecodeError):
        if (folder / NAME).is_file():
            return (folder / NAME).read_text(encoding="utf-8")
    try:
        with closing(sqlite3.connect(folder / "study.sqlite", timeout=BUSY_SECONDS)) as connection:
            found = connection.execute("SELECT value FROM facts WHERE name = 'plan'").fetchone()
        return StudyPlan.from_dict(json.loads(found[0])).name
    except (UserError, sqlite3.Error, ValueError, TypeError, RecursionError):
        return folder.name
