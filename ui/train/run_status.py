"""The status of a run, in one sentence and one share."""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.evaluation.diagnosis.while_training import warnings_so_far
from qtl_core.evaluation.metrics import evaluation_of
from qtl_core.jobs import JobSnapshot
from qtl_core.runs.events import Ended, Prepared
from qtl_core.runs.view import RunView
from qtl_core.settings import TrainingSettings
from ui.base.wording import about, duration, noun_of
from ui.widgets.glossary import word
from ui.widgets.status import report_words, share_of
from ui.widgets.time_left import batches_done, seconds_left

WARNING = ":material/warning: [See the warning ↓](#warnings)"  # it stands below the curves, often below the screen
REFRESH_SECONDS = 0.5  # at 0.2 s the charts of one session alone would keep half a core busy


@dataclass(frozen=True)
class Status:
    """The status of a run.

    Attributes:
        words: One sentence of plain text.
        result: What is said below as well: that there is a warning or, at the end, how well it did; "" for neither.
        share: How much of the work under way is done, 0 to 1, or None where nothing moves.
    """

    words: str
    share: float | None = None
    result: str = ""


def status_of(snapshot: JobSnapshot[RunView]) -> Status:
    """Says where a run stands."""
    view = snapshot.view
    if view.failed:
        return Status("The run could not go on.")
    if view.ended:
        return Status(_ended(view, view.ended), result=_best(view, view.ended))
    if snapshot.state == "queued":
        place = "next in line" if snapshot.place <= 1 else f"number {snapshot.place} in line"
        return Status(f"Waiting, {place}: it starts by itself once those before it are done.", 0.0)
    if view.prepared is None or view.progress:
        return _preparing(view)
    return _training(view, view.prepared)


def may_end_early(training: TrainingSettings) -> bool:
    """Returns whether a training may end before its last epoch, for want of a better one."""
    return 0 < training.patience < training.epochs


def _preparing(view: RunView) -> Status:
    if view.progress is None:
        return Status("Getting ready: loading the libraries.", 0.0)
    return Status(report_words(view.progress), share_of(view.progress))


def _training(view: RunView, prepared: Prepared) -> Status:
    total, done = prepared.settings.training.epochs, len(view.epochs)
    left = seconds_left(view)
    words = f"Training: epoch {min(done + 1, total)} of {total}"
    most = "at most " if may_end_early(prepared.settings.training) else ""
    words += f", {most}{about(left)} left." if left is not None else "."
    share = min(1.0, (done + batches_done(view)) / total)
    return Status(words, share, WARNING if warnings_so_far(view) else "")


def _ended(view: RunView, ended: Ended) -> str:
    done = len(view.epochs)
    if view.prepared and view.prepared.from_elsewhere:
        return "This head was trained elsewhere and brought in; there is no history of its training."
    how = "Finished" if ended.how == "finished" else "Stopped"
    if not done:
        return "Stopped before the first epoch was done."
    epochs = "1 epoch" if done == 1 else f"{done} epochs"
    if ended.how == "paused" and view.prepared:
        return f"Paused after {done} of {view.prepared.settings.training.epochs} epochs."
    return f"{how} after {epochs} in {duration(ended.seconds_training)}{_why_early(view, ended)}."


def _why_early(view: RunView, ended: Ended) -> str:
    """Says why a run came to its end before all its epochs."""
    training = view.prepared.settings.training if view.prepared else TrainingSettings()
    if ended.how != "finished" or len(view.epochs) >= training.epochs:
        return ""
    since = "the last one was" if training.patience == 1 else f"the last {training.patience} were"
    return f", early: {since} no better than those before"


def _best(view: RunView, ended: Ended) -> str:
    if not view.epochs or (view.prepared and view.prepared.from_elsewhere):
        return ""
    found = evaluation_of(view)
    right = f"{found.correct} of {found.total} {word('validation')} {noun_of(view)} right"
    return f"At its best, epoch {ended.best_epoch}: {right}."
