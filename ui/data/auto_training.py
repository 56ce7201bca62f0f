"""Training by itself while a set is collected: features first, then a try once nothing changes for a moment.

Features are computed by jobs of a few seconds, only for new pictures (`qtl_core.pictures.features.ahead`), from the
first picture on and whether or not it trains by itself: so Start, too, finds them. A try is a run that is not kept on
disk, as the playground's are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from qtl_core.common.errors import UserError
from qtl_core.inference.live_answers import live_answers_job
from qtl_core.jobs import JobSnapshot
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import DatasetRecord
from qtl_core.pictures.datasets.versions import current_version
from qtl_core.pictures.features.ahead import AheadRequest, FeaturesAhead, features_ahead_job
from qtl_core.runs.events import Prepared
from qtl_core.runs.view import RunView
from qtl_core.settings import DataSettings, RunSettings, TrainingSettings, is_small, small_set_training
from qtl_core.settings.presets import MOST_SMALL
from qtl_core.training.playground import playground_job, why_not
from ui.base import job_managers
from ui.base.streamlit_internals import is_served
from ui.session import session
from ui.session.live_replies import find_live_run
from ui.session.run_actions import is_open, shown_run
from ui.session.workshop import OWN, Bench
from ui.widgets.materials import run_inputs_of

ENOUGH = 5  # pictures of a class: with fewer, one or none of them is left to validate with
CLASSES = 2  # with enough pictures
PAUSE_SECONDS = 0.6  # a burst has five pictures a second: after so long without one, somebody pauses
TRY_SECONDS = 0.6  # a try takes about half of it, so it is waited for rather than looked for at the next refresh
PRESET_FIELDS = ("learning_rate", "gamma", "batch_size", "epochs", "step_size", "best_by")


@dataclass(frozen=True)
class Standing:
    """The progress of the work on a set.

    Attributes:
        total: Its pictures, as far as features were looked for.
        left: Those whose features are still to be computed.
        is_trying: Whether a try is under way.
        is_new: Whether a try has just come on screen, and the page is to be run again.
        refused: Why there was no try, in words, or "".
        error: Why features cannot be computed, if so.
    """

    total: int = 0
    left: int = 0
    is_trying: bool = False
    is_new: bool = False
    refused: str = ""
    error: UserError | None = None


def auto_key(set_id: str) -> str:
    """Returns the key of the switch of a set."""
    return f"train_by_itself_{set_id}"


def is_on(record: DatasetRecord) -> bool:
    """Returns whether the switch of a set is on, as it is to begin with."""
    return bool(st.session_state.get(auto_key(record.id), True))


def is_busy(record: DatasetRecord, *, by_itself: bool) -> bool:
    """Returns whether something of the set is under way or about to begin, for which somebody waits.

    Args:
        record: The set as it is now.
        by_itself: As for `follow`.
    """
    bench = session.workshop.bench(record.id)
    is_known = bench.ahead is not None and bench.ahead.revision == record.revision and bench.ahead.left <= 0
    is_due = by_itself and is_on(record) and is_trainable(record) and bench.tried != record.revision
    return bool(record.count) and (not is_known or bool(bench.attempt) or (is_due and not _is_learnt(record)))


def is_trainable(record: DatasetRecord) -> bool:
    """Returns whether two classes have enough pictures; a class without any is left out of the training."""
    return sum(klass.count >= ENOUGH for klass in record.classes) >= CLASSES


def learnt_run(record: DatasetRecord) -> JobSnapshot[RunView] | None:
    """Returns the run on screen where it is one of this set, finished or not."""
    snapshot = shown_run()
    if snapshot is None:
        return None
    prepared = snapshot.view.prepared
    if prepared is None:
        return snapshot if snapshot.id == session.workshop.bench(record.id).started else None
    data = prepared.settings.data
    return snapshot if data.source == OWN and data.dataset == record.id else None


def is_stale(record: DatasetRecord, prepared: Prepared) -> bool:
    """Returns whether the pictures have changed since a run of the set: not its name, its note or its colours."""
    try:
        return current_version(record.id) != prepared.settings.data.dataset_version
    except UserError:  # not enough is left to train on
        return True


def settings_for(record: DatasetRecord) -> RunSettings:
    """Returns the settings on screen, with those that suit few pictures where there are few and nobody chose others."""
    now = session.screen.settings
    if any(session.screen.hides(name) for name in ("presets", "epochs")) or record.count > 4 * MOST_SMALL:
        return now
    pictures = sum(picture.part == "train" for picture in pictures_of(record.id))
    if not is_small(pictures) or not _is_preset(now.training):
        return now
    return replace(now, training=small_set_training(pictures, now.training))


def _is_preset(training: TrainingSettings) -> bool:
    """Returns whether these are the paper's, or those for some number of few pictures: nobody's own choice."""
    presets = [TrainingSettings(), *(small_set_training(count) for count in range(1, MOST_SMALL + 1))]
    chosen = [getattr(training, name) for name in PRESET_FIELDS]
    return any(chosen == [getattr(preset, name) for name in PRESET_FIELDS] for preset in presets)


def follow(record: DatasetRecord, *, by_itself: bool) -> Standing:
    """Begins whatever is next: features of new pictures, a try; returns how far all is.

    Args:
        record: The set as it is now.
        by_itself: Whether this visitor's page may train it without being asked.
    """
    bench, inputs = session.workshop.bench(record.id), run_inputs_of(session.screen.settings.data)
    if by_itself:
        _warm(record)
    if not record.count:
        return Standing()
    ahead = _follow_features(record, inputs.data, bench)  # those of a first class, too, while there is no second one
    if isinstance(ahead, UserError) or inputs.problem:
        return Standing(error=ahead if isinstance(ahead, UserError) else inputs.problem)
    is_ready = ahead is not None and ahead.revision == record.revision and ahead.left <= 0
    if by_itself and is_ready and _wants_try(record, bench):
        _begin_try(record, bench, inputs.data)
    is_new = _take_try(bench)
    return Standing(
        total=record.count,
        left=0 if is_ready else max(0, record.count - (ahead.known + len(ahead.unreadable) if ahead else 0)),
        is_trying=bool(bench.attempt),
        is_new=is_new,
        refused=bench.refused if bench.tried == record.revision else "",
    )


def _warm(record: DatasetRecord) -> None:
    """Starts the workers that somebody who collects will wait for, while the first pictures are taken."""
    if is_served():
        job_managers.express_jobs().warm()
        if is_on(record):
            job_managers.playground_jobs().warm()


def _follow_features(record: DatasetRecord, data: DataSettings, bench: Bench) -> FeaturesAhead | UserError | None:
    """Returns the last part that is over; begins the next one where there is more to do."""
    key = ("ahead", record.id, data.backbone, data.weights)
    snapshot = job_managers.features_ahead().find(key)
    last = snapshot.view.result if snapshot else None
    if snapshot is not None and not snapshot.is_over:
        return bench.ahead
    if snapshot is not None and snapshot.view.error and bench.failed == record.revision:
        return UserError(*snapshot.view.error)
    bench.ahead = last or bench.ahead
    if last is None or last.left > 0 or last.revision != record.revision:
        bench.failed = record.revision
        unreadable = last.unreadable if last else ()
        request = AheadRequest(record.id, record.revision, data, unreadable)
        job_managers.features_ahead().restart(key, lambda: features_ahead_job(request, session.owner))
    return bench.ahead


def _wants_try(record: DatasetRecord, bench: Bench) -> bool:
    return (
        is_on(record)
        and is_trainable(record)
        and not bench.attempt
        and bench.tried != record.revision
        and bench.quiet_seconds >= PAUSE_SECONDS
        and not is_open(shown_run())
        and not _is_learnt(record)
    )


def _is_learnt(record: DatasetRecord) -> bool:
    """Returns whether the run on screen learnt from the pictures as they are now."""
    run = learnt_run(record)
    if run is None or run.view.prepared is None or run.view.best is None:
        return False
    return not is_stale(record, run.view.prepared)


def _begin_try(record: DatasetRecord, bench: Bench, data: DataSettings) -> None:
    wanted = settings_for(record)
    session.screen.choose_settings(wanted)
    really = replace(wanted, data=data)
    bench.tried, bench.refused = record.revision, why_not(really) or ""
    if not bench.refused:
        jobs = job_managers.playground_jobs()
        bench.attempt = jobs.submit(playground_job(really, session.owner))
        jobs.wait(bench.attempt, TRY_SECONDS)


def _take_try(bench: Bench) -> bool:
    """Puts a try on screen that is over; returns whether there was one."""
    found = job_managers.playground_jobs().snapshot(bench.attempt) if bench.attempt else None
    if found is None:
        bench.attempt = ""
        return False
    if not found.is_over:
        return False
    bench.attempt = ""
    if found.state != "done" or found.view.best is None:
        bench.refused = " ".join(part for part in (found.error or ()) if part)
        return False
    before = shown_run()
    if before is not None and before.owner == session.owner:
        job_managers.playground_jobs().forget(before.id)  # the try before this one; a run that was started stays
    run = find_live_run(found.id)
    job_managers.ready_models().find_or_start(("live", found.id), lambda: live_answers_job(run, ()))  # it is asked soon
    session.screen.show_job(found.id)
    session.training.tried = session.screen.settings
    return True
