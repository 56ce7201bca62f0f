"""A study trained from a shell: a line for every run of every cell as it comes, and last what came out."""

from __future__ import annotations

import argparse
import math
import os
import shlex
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from qtl_core.cli.log_options import note_places
from qtl_core.cli.output import GoingOn, json_of, note, say
from qtl_core.cli.process import asked_to_stop
from qtl_core.cli.progress_line import ProgressLine
from qtl_core.cli.study.logs import RowLogs
from qtl_core.cli.study.options import workers_of
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.studies.answer import answer_of, keep_answer
from qtl_core.studies.comparisons import repeat_comparison
from qtl_core.studies.execution import train_study
from qtl_core.studies.export import places_of
from qtl_core.studies.facts import said_of
from qtl_core.studies.forecast import forecast
from qtl_core.studies.plan import StudyPlan
from qtl_core.studies.rows import MEASURES, Row
from qtl_core.studies.store import StudyStore, delete_study
from qtl_core.studies.winner import best_of, is_choice, repeated
from qtl_core.studies.words import asked_words, place_words, time_words
from qtl_core.studies.workers import Workers


def begin(plan: StudyPlan, arguments: argparse.Namespace) -> int:
    """Makes a study and trains it, or says how long that would take; returns the exit code.

    Raises:
        UserError: It cannot be trained, or there is one of that name.
    """
    if arguments.forecast:
        return _foretell(plan, arguments)
    workers = workers_of(arguments)  # a cluster may have to be waited for: until then there is no study
    try:
        store = StudyStore.create(plan)
        try:
            return _train(store, arguments, workers)
        except UserError:
            if not store.count():  # nothing to go on with, and its name would be taken
                delete_study(store)
            raise
    finally:
        if workers:
            workers.close()


def _foretell(plan: StudyPlan, arguments: argparse.Namespace) -> int:
    workers = workers_of(arguments)
    found = forecast(plan, workers.count if workers else os.cpu_count() or 1)
    note(asked_words(plan))
    as_json = {"plan": plan.to_dict(), **asdict(found), "seconds": found.seconds, "sentence": found.words}
    say(json_of(as_json) if arguments.json else found.words)
    return 0


def train(store: StudyStore, arguments: argparse.Namespace) -> int:
    """Trains what a study has no row of, and says what came out; returns the exit code.

    Raises:
        UserError: It cannot be trained.
    """
    workers = workers_of(arguments)
    try:
        return _train(store, arguments, workers)
    finally:
        if workers:
            workers.close()


def _train(store: StudyStore, arguments: argparse.Namespace, workers: Workers | None) -> int:
    where = f" It is trained {workers.words}." if workers else ""
    note(f"Study {store.plan.name} ({store.id}): {asked_words(store.plan)}{where}")
    going_on, places, logs = GoingOn(), _Places(store), RowLogs(store, arguments)
    with asked_to_stop() as asked:
        try:
            for row in train_study(store, ProgressLine(), lambda: bool(asked.by), workers):
                logs.add(row, places.of(row.key)[0])
                for at in places.of(row.key):
                    with going_on:
                        say(json_of({**at, **row.to_dict()}) if arguments.json else _line(at, row))
        except StoppedByUser:
            note(f"What was trained is kept; `study resume {shlex.quote(store.plan.name)}` goes on with it.")
    note_places(logs.places)
    if not asked.by and (left := _left_by_budget(store)):
        note(left)
    with going_on:
        conclude(store, arguments)
    return asked.code or int(going_on.lost)


def _left_by_budget(store: StudyStore) -> str:
    """Returns how a study goes on whose budget ended it; "" of others."""
    done = store.count()
    if not store.is_spent or done >= (planned := store.plan.planned):
        return ""
    budget = max(2 * store.plan.budget_seconds, 2 * math.ceil(store.seconds))
    return (
        f"Its budget of {time_words(store.plan.budget_seconds)} is spent, with {done:,} of {planned:,} runs: "
        f"`study resume {shlex.quote(store.plan.name)} --budget {budget}` goes on; 0 is no end."
    )


class _Places:
    """The cells of each run: of one that several cells share all of them; a search's plan grows meanwhile."""

    def __init__(self, store: StudyStore) -> None:
        self.store, self.known = store, places_of(store.plan)

    def of(self, key: str) -> list[dict[str, Any]]:
        """Returns the values of every axis, once for each cell that has the run."""
        if key not in self.known:
            self.known = places_of(self.store.plan)
        return self.known[key]


def _line(at: Mapping[str, Any], row: Row) -> str:
    own = {name: value for name, value in at.items() if name not in ("fold", "repeat")}
    fold = f", fold {at['fold']}" if "fold" in at else ""
    again = {"best": "the best again, ", "chosen": "what was chosen, "}.get(at.get("repeat", ""), "")
    where = f"{again}{place_words(own)}{', ' if own else ''}seed {row.seed}{fold}"
    if row.broke_down:
        return f"{where}: broke down in epoch {row.broke_down}"
    tested = "" if row.test_accuracy is None else f", test {row.test_accuracy:.4f}"
    if row.last_val_accuracy is None:
        return f"{where}: validation {row.best_val_accuracy:.4f}, read out after epoch {row.best_epoch}{tested}"
    return f"{where}: validation {row.last_val_accuracy:.4f} after epoch {row.epochs}{tested}"


def conclude(store: StudyStore, arguments: argparse.Namespace) -> None:
    """Prints what came out: the sentence, what it does not show, and every comparison."""
    answer = answer_of(store, arguments.measure or "")
    if not arguments.measure:
        with suppress(UserError):  # where nothing can be written it is printed all the same
            keep_answer(store, answer)
    elif arguments.measure != answer.measure:
        note(f"Of {MEASURES[arguments.measure]} there are no figures here: compared is {MEASURES[answer.measure]}.")
    if not arguments.json:
        for sentence in filter(None, (answer.plain, answer.sentence, answer.limits)):
            say(sentence)
        return
    last = {
        "study": store.id,
        "runs": answer.done,
        "planned": answer.planned,
        "seconds": store.fact("seconds") or 0.0,
        "measure": answer.measure,
        "plain": answer.plain,
        "sentence": answer.sentence,
        "limits": answer.limits,
        "comparisons": [asdict(each) for each in answer.comparisons],
        "best": _best(store.plan, store.rows(), answer.measure),
        "notes": said_of(store).get("notes", []),
    }
    say(json_of(last))


def _best(plan: StudyPlan, rows: Mapping[str, Row], measure: str) -> dict[str, Any] | None:
    best = best_of(plan, rows) if is_choice(plan) else None
    if best is None:
        return None
    again, fairly = repeated(plan, rows, measure), repeat_comparison(plan, rows, measure)
    found = {"at": dict(best.cell.at), "measure": best.measure, "value": best.value, "runs": best.runs, "of": best.of}
    found |= {"ties": best.ties, "left_out": best.left_out}
    if again is None:
        return {**found, "repeat": None}
    return {**found, "repeat": {"measure": measure, **asdict(again), "comparison": asdict(fairly) if fairly else None}}
