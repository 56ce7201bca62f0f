"""A run of a study opened as a real run: trained again by the ordinary training, kept, and held against its row.

A study keeps figures and no weights. Its runs are those that their settings give alone, so a run trained again is the
same one, with its weights, its predictions and everything that a page shows of it. Whether it is, is checked to the
last bit and said.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.evaluation.seed_spread import FIGURES
from qtl_core.jobs import JobSpec, JobView
from qtl_core.runs.store import annotate, delete, find_run, load_run, rename
from qtl_core.runs.store.records import NAME_LENGTH
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.settings.relevant import counts
from qtl_core.studies.plan import CellRun, StudyPlan, value_of
from qtl_core.studies.rows import Row
from qtl_core.studies.store import StudyStore
from qtl_core.studies.words import setting_words, value_words
from qtl_core.training.run import RunRequest, run

READ_OUT = "Its row in the study is of this head read out with shots or noise; here it is read as it was trained."
STAGE = "Training the run again"
EQUAL = "All its figures are equal to the study's to the last bit."
NAMES = {
    "train_accuracy": "Training accuracy",
    "val_accuracy": "Validation accuracy",
    "train_loss": "Training loss",
    "val_loss": "Validation loss",
}


@dataclass(frozen=True)
class OpenRequest:
    """A run of a study that is to be opened."""

    study: str
    key: str


def open_cell(store: StudyStore, key: str, report: ReportProgress, should_stop: ShouldStop) -> str:
    """Returns the kept run that is a study's run: the one opened before if it is there still, else trained again.

    Its note says whether it is equal to the study's row; `differences` says so at any time.

    Args:
        store: The study.
        key: Of its run.
        report: Told how far it is.
        should_stop: Asked often.

    Raises:
        UserError: There is no such run in the study, it broke down in its first epoch, or it cannot be trained or kept.
        StoppedByUser: `should_stop` said so; nothing of it is kept.
    """
    if there := opened(store, key):
        return there
    planned = planned_run(store.plan, key)
    view = _trained(planned, report, should_stop)
    over = view.failed or view.ended
    run_id = over.run if over else ""
    if not view.failed and (view.ended is None or view.ended.how == "stopped"):
        delete([run_id] if run_id else [])
        raise StoppedByUser
    if not run_id:
        raise _not_kept(view)
    rename(run_id, run_name(store.plan, planned))
    annotate(run_id, f"From the study {store.plan.name}. {equality_words(store, key, run_id)}")
    store.keep_fact(_fact(key), run_id)
    return run_id


def opened(store: StudyStore, key: str) -> str:
    """Returns the kept run as which a study's run was opened, or "" where there is none any more."""
    run_id = store.fact(_fact(key))
    try:
        return run_id if run_id and find_run(run_id).deleted is None else ""
    except UserError:
        return ""


def equality_words(store: StudyStore, key: str, run_id: str) -> str:
    """Returns whether a kept run is equal to a study's row, and what differs if it is not.

    Raises:
        UserError: The run or the study's curves cannot be read.
    """
    said = " ".join(differences(store, key, run_id)) or EQUAL
    return f"{said} {READ_OUT}" if planned_run(store.plan, key).read else said


def differences(store: StudyStore, key: str, run_id: str) -> list[str]:
    """Returns in what a kept run differs from a study's row, as sentences; none where they are equal to the last bit.

    Raises:
        UserError: The run or the study's curves cannot be read.
    """
    row, view = store.rows()[key], load_run(run_id)
    if row.broke_down or view.failed:
        return _broken(row, view)
    is_read = bool((planned := store.plan.runs().get(key)) and planned.read)
    return [*_curves(store.curves(key), view), *([] if is_read else _figures(row, view))]


def planned_run(plan: StudyPlan, key: str) -> CellRun:
    """Returns the run of this key.

    Raises:
        UserError: The study has none.
    """
    found = plan.runs().get(key)
    if found is None:
        raise UserError(f"The study {plan.name} has no run {key}.", "", "The table of the study has the keys of all.")
    return found


def run_name(plan: StudyPlan, planned: CellRun) -> str:
    """Returns what an opened run is called: the study, its values of those axes that count for it, seed and fold."""
    settings = planned.asked
    at = [axis.setting for axis in plan.axes if any(counts(settings, name) for name in axis.settings)]
    words = [f"{setting_words(name)} {value_words(name, value_of(settings, name))}" for name in at]
    fold = [f"fold {planned.fold} of {planned.folds}"] if planned.fold else []
    name = f"{plan.name}: {', '.join([*words, f'seed {planned.seed}', *fold])}"
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…"


def settings_alone(planned: CellRun) -> RunSettings:
    """Returns the settings that give a study's run by themselves: those of a fold say which one judges."""
    if not planned.fold:
        return planned.settings
    return planned.settings.changed(divided_into=planned.folds, held_out=planned.fold)


def opening_job(request: OpenRequest, owner: str) -> JobSpec[JobView[str]]:
    """Returns the job that opens a run of a study; its result is the kept run's identifier."""
    return JobSpec("qtl_core.studies.real_run:run_opening_job", request, owner)


def run_opening_job(request: OpenRequest, emit: Callable[[Progress | str], None], should_stop: ShouldStop) -> None:
    """Opens it in a worker process.

    Raises:
        UserError: See `open_cell`.
        StoppedByUser: `should_stop` said so.
    """
    emit(open_cell(StudyStore(request.study), request.key, emit, should_stop))


def _fact(key: str) -> str:
    return f"opened {key}"


def _trained(planned: CellRun, report: ReportProgress, should_stop: ShouldStop) -> RunView:
    """Trains a run as anybody would from its settings, to its end."""
    view, total = RunView(), planned.settings.training.epochs
    for event in run(RunRequest(settings_alone(planned), patient=True), report, should_stop):
        view = view.apply(event)
        report(Progress(STAGE, len(view.epochs), total))
    return view


def _not_kept(view: RunView) -> UserError:
    if words := view.failed:
        return UserError(words.what, words.why, words.do)
    return UserError("The run cannot be kept.", view.ended.note if view.ended else "", "Make room, then open it again.")


def _broken(row: Row, view: RunView) -> list[str]:
    """Says in what two runs differ of which one broke down."""
    then = f"broke down in epoch {row.broke_down}" if row.broke_down else f"ended after epoch {row.epochs}"
    done = len(view.epochs)
    now = f"broke down in epoch {done + 1}" if view.failed else f"ended after epoch {done}"
    return [] if then == now else [f"In the study it {then}, and trained again it {now}."]


def _curves(then: Mapping[str, np.ndarray], view: RunView) -> list[str]:
    lengths = len(then["val_loss"]), len(view.epochs)
    said = [f"It had {lengths[0]} epochs in the study, and has {lengths[1]} now."] if lengths[0] != lengths[1] else []
    for name in FIGURES:
        both = list(zip(then[name].tolist(), (getattr(epoch, name) for epoch in view.epochs), strict=False))
        other = next((number for number, (before, after) in enumerate(both) if not _same(before, after)), None)
        if other is not None:
            largest = max(abs(before - after) for before, after in both)
            said.append(_apart(f"{NAMES[name]} after epoch {other + 1}", *both[other], f", at most {largest:.3g}"))
    return said


def _figures(row: Row, view: RunView) -> list[str]:
    best = view.best.epoch if view.best else 0
    said = [] if row.best_epoch == best else [f"The best epoch was {row.best_epoch} in the study, and is {best} now."]
    test = view.tested.accuracy if view.tested else None
    if row.test_accuracy is None or test is None:
        return said if row.test_accuracy == test else [*said, "Only one of them was tried on a test part."]
    return said if _same(row.test_accuracy, test) else [*said, _apart("Test accuracy", row.test_accuracy, test)]


def _same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


def _apart(what: str, then: float, now: float, most: str = "") -> str:
    return f"{what} was {then!r} in the study and is {now!r} now, {abs(then - now):.3g} apart{most}."
