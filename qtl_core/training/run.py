"""A whole run: get ready, train, keep the result, go on with a kept one; as a generator, and as a job for a worker.

This module imports no torch at the top, because pages make jobs from it; the work itself does when it starts.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Thread

from qtl_core.common.checks import instance
from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import LOOK_EVERY, Progress, ShouldStop, never_stop
from qtl_core.jobs import JobSpec
from qtl_core.runs.events import Checkpoint, Ended, EpochDone, Event, Failed, Prepared
from qtl_core.runs.store import check_not_deleted, find_run, load_run
from qtl_core.runs.store.layout import new_id
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.keeping import RunRecorder
from qtl_core.training.readout_check import readout_note
from qtl_core.training.transfer.beginning import KeptStart, begin, check_something_learns, kept_start, starting_point


@dataclass(frozen=True)
class RunRequest:
    """A request to train.

    Attributes:
        settings: All settings; `TrainingSettings.epochs` is the number of epochs in all, also when going on.
        allow_fallback: Whether drawn pictures and another network may stand in for what is not there.
        before: What is gone on from; empty for a new run.
        run: The identifier it is kept under, that of the kept run where one is gone on with; "" for a new one.
        keep: Whether it is kept on disk, as it happens.
        patient: Whether to wait for the compiler, where the compiled engine is wanted, in place of using another one.
        engine: The engine that must train it, so that it is the same to the last bit; "" for what the settings want.
        kept: The carried start of the kept run that is trained again, which may have outlived its ancestor; None to
            start from what the settings say.
        pause_after: The epoch after which the run is stopped, counted from the first of all; 0 for none.
    """

    settings: RunSettings
    allow_fallback: bool = True
    before: RunView = field(default_factory=RunView)
    run: str = ""
    keep: bool = True
    patient: bool = False
    engine: str = ""
    kept: KeptStart | None = None
    pause_after: int = 0

    def __post_init__(self) -> None:
        instance("settings", self.settings, RunSettings)
        instance("before", self.before, RunView)


def continued(view: RunView, more_epochs: int) -> RunRequest:
    """Returns the request that goes on with a run for some more epochs.

    Raises:
        UserError: It has no epoch to go on from, or was deleted meanwhile.
            Or its learning rate has come to the end that its schedule foresees.
        SettingsError: The epochs would be more than allowed in all.
    """
    if view.prepared is None or view.checkpoint is None:
        raise UserError("There is nothing to go on from.", "No epoch of this run was finished.", "Press Start.")
    if view.prepared.from_elsewhere:
        raise UserError(
            "This head cannot be trained on here.",
            "It was trained elsewhere, and neither its pictures nor its optimiser came along.",
            "Start a new run.",
        )
    settings = _for_more(view.prepared.settings, view.checkpoint, more_epochs)
    over = view.ended or view.failed
    check_not_deleted(over.run if over else "")
    before = RunView(prepared=view.prepared, epochs=view.epochs, tested=view.tested, looks=view.looks)
    return RunRequest(settings, allow_fallback=False, before=before, run=over.run if over else "")


def _for_more(settings: RunSettings, checkpoint: Checkpoint, more_epochs: int) -> RunSettings:
    """Returns the settings that all epochs, those done and those to come, are trained with.

    A run that ended early for want of patience would end again at once: from there on it goes without.

    Raises:
        UserError: With more epochs the schedule would have been another one from the beginning.
    """
    training, epochs = settings.training, checkpoint.epoch + more_epochs
    if training.has_fixed_length and epochs != training.epochs:
        left = training.epochs - checkpoint.epoch
        raise UserError(
            f"This run cannot go on for {more_epochs} more epoch{'s' if more_epochs != 1 else ''}.",
            f"Its learning rate follows a schedule made for {training.epochs}: with more, all of it had been another.",
            f"Go on for the {left} that are left, or start a new run." if left > 0 else "Start a new run.",
        )
    ended_early = 0 < training.patience <= checkpoint.epoch - checkpoint.best_epoch
    return settings.changed(epochs=epochs, patience=0 if ended_early else training.patience)


def run(
    request: RunRequest, progress: Callable[[Progress], None], should_stop: ShouldStop
) -> Generator[Event, None, None]:
    """Trains, and yields the run's events; the last one is `Ended` or `Failed`.

    Args:
        request: What to train.
        progress: Told how far the preparation is.
        should_stop: Asked often; True ends the run between two batches.
    """
    view, keeper = request.before, _keeper(named(request))
    try:
        for event in _until_pause(request, _prepare_and_train(request, keeper, progress, should_stop)):
            view = view.apply(event)
            if isinstance(event, EpochDone):
                keeper.follow(view)
            yield event
    except StoppedByUser:
        yield keeper.end(view)  # while getting ready: there is nothing new to keep
    except UserError as error:
        yield keeper.fail(view, Failed(error.what, error.why, error.do))
    else:
        yield keeper.end(view, pauses=0 < request.pause_after == len(view.epochs))
    finally:
        keeper.close()


def _until_pause(request: RunRequest, events: Iterator[Event]) -> Iterator[Event]:
    """Yields events up to the epoch after which the run pauses, unless training is over with it anyway."""
    for event in events:
        yield event
        if isinstance(event, EpochDone) and _pauses_after(request, event):
            return


def _pauses_after(request: RunRequest, epoch: EpochDone) -> bool:
    is_the_end = request.settings.training.ends_after(epoch.epoch, epoch.checkpoint.best_epoch)
    return epoch.epoch == request.pause_after and not is_the_end


def train(settings: RunSettings, *, keep: bool = True, on_event: Callable[[Event], None] = lambda _: None) -> RunView:
    """Trains `settings` to the end and returns the run: for Python programs that need no events in between.

    Args:
        settings: All settings.
        keep: Whether it is kept on disk; its identifier is then `train(...).ended.run`.
        on_event: Told of every event as it happens, such as `EpochDone`.

    Raises:
        InputError: `settings` are no settings.
        UserError: Pictures or weights cannot be used, or training broke down; the epochs before that are kept.
    """
    view = RunView()
    for event in run(
        RunRequest(instance("settings", settings, RunSettings), keep=keep, patient=True), on_event, never_stop
    ):
        view = view.apply(event)
        on_event(event)
    if view.failed:
        raise UserError(view.failed.what, view.failed.why, view.failed.do)
    return view


def named(request: RunRequest) -> RunRequest:
    """Returns the request with the identifier that the run will be kept under, for all who have to know it."""
    return replace(request, run=request.run or new_id()) if request.keep else request


def _keeper(request: RunRequest) -> RunRecorder:
    return RunRecorder(request.run if request.keep else "")


def _prepare_and_train(
    request: RunRequest, keeper: RunRecorder, progress: Callable[[Progress], None], should_stop: ShouldStop
) -> Iterator[Event]:
    from qtl_core.training.compiled.code_folder import is_compiled
    from qtl_core.training.compiled.warm_up import warm_up
    from qtl_core.training.engines import ENGINES, engine_name
    from qtl_core.training.preparation import prepare
    from qtl_core.training.testing import tested

    start = request.before.checkpoint
    if start is not None:
        _check_finite(start)
    kept = request.kept or kept_start(request.before)
    point = starting_point(request.settings) if start is None and not kept else None
    is_compiled_wanted = request.settings.training.engine == "compiled" and request.settings.reads_exactly
    compiling = warm_up() if is_compiled_wanted else None
    preparation = prepare(
        request.settings,
        progress,
        should_stop,
        allow_fallback=request.allow_fallback,
        backbone_state=start.backbone_state if start else None,
        check=partial(check_something_learns, point) if start is None and not kept else lambda *_: None,
    )
    _check_unchanged(request.before.prepared, preparation.prepared)
    begun = begin(preparation.prepared, preparation.source, point, kept)
    task = begun.task(preparation.source)
    if compiling and (request.patient or is_compiled()):  # to load what lies compiled takes a moment
        _wait_for(compiling, should_stop)
    name = engine_name(task) if request.engine in ("", "compiled") else request.engine
    notes = filter(None, (*begun.prepared.notes, readout_note(begun.prepared.settings)))
    prepared = replace(begun.prepared, engine=name, notes=tuple(notes))
    keeper.begin(request.before.apply(prepared), preparation.data)
    yield prepared
    last = start
    for event in begun.kept_with(ENGINES[name](task, start, should_stop)):
        last = event.checkpoint if isinstance(event, EpochDone) else last
        yield event
    is_new = last is not start or request.before.tested is None
    if last is not None and prepared.test_size and is_new:
        yield tested(prepared.settings, preparation.source, last)


def _wait_for(compiling: Thread, should_stop: Callable[[], bool]) -> None:
    """Waits until the compiled engine is ready.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    while compiling.is_alive():
        if should_stop():
            raise StoppedByUser
        compiling.join(LOOK_EVERY)


def _check_finite(start: Checkpoint) -> None:
    """Refuses to go on from numbers that are none; runs of earlier versions went on training with them.

    Raises:
        UserError: They are not finite.
    """
    from qtl_core.runs.divergence import is_finite

    if not is_finite(start):
        raise UserError(
            "This run cannot go on.",
            f"Its training broke down: after epoch {start.epoch} its numbers are not finite any more.",
            "Start a new run, with a lower learning rate or another weights file.",
        )


def _check_unchanged(before: Prepared | None, now: Prepared) -> None:
    """Refuses to go on with other pictures or another network: the epochs would not belong to one run.

    Raises:
        UserError: They are not those of `before`.
    """
    from qtl_core.training.feature_memory import is_same_data

    if before is not None and not is_same_data(before, now):
        raise UserError(
            "This run cannot go on.",
            "The pictures or the network's weights are not those it was trained with so far.",
            "Start a new run with them.",
        )


def ended(view: RunView, request: RunRequest) -> Ended:
    """Returns how a run ended whose events stopped coming, after keeping it if it is to be kept and has an epoch."""
    return _keeper(request).end(view)


def failed(view: RunView, request: RunRequest, what: str, why: str, do: str) -> Failed:
    """Returns how a run failed, after keeping the epochs it has."""
    return _keeper(request).fail(view, Failed(what, why, do))


def training_job(request: RunRequest, owner: str) -> JobSpec[RunView]:
    """Returns the job that does this run in a worker; its view is the run as far as it has come."""
    request = named(request)
    return JobSpec(
        task="qtl_core.training.run:run_training_job",
        payload=request,
        view=request.before,
        fold=RunView.apply,
        when_stopped=lambda view: view if view.is_over else view.apply(ended(view, request)),
        when_failed=lambda view, *words: view if view.is_over else view.apply(failed(view, request, *words)),
        owner=owner,
        id=request.run,  # so that a link to the job finds the run when the server has been started again
    )


def run_training_job(request: RunRequest, emit: Callable[[Event], None], should_stop: ShouldStop) -> None:
    """Does a run in a worker process."""
    for event in run(request, emit, should_stop):
        emit(event)


def again_request(run_id: str) -> RunRequest:
    """Returns the request that trains a kept run again from its beginning, with what it really used.

    Nothing may stand in for anything. A carried start is the one that it began with, whatever became of its ancestor.

    Raises:
        UserError: There is no such run, or its files are damaged.
    """
    view = load_run(run_id)
    settings, engine = view.prepared.settings, view.prepared.engine
    return RunRequest(settings, allow_fallback=False, patient=True, engine=engine, kept=kept_start(view))


def continue_request(run_id: str) -> RunRequest:
    """Returns the request that brings an interrupted, stopped or failed run to its end.

    It goes on from the last epoch that is kept, with the engine it had, and ends as if it had never been broken off:
    equal to the last bit on the same versions.

    Raises:
        UserError: There is no such run, its files are damaged, it was deleted, or has come to its end.
    """
    record, view = find_run(run_id), load_run(run_id)
    check_not_deleted(run_id)
    prepared = view.prepared
    if record.state == "finished":
        raise UserError(
            f"The run {run_id} has come to its end.",
            f"It was begun for {prepared.settings.training.epochs} epochs, and all are done.",
            "Train it further for more epochs.",
        )
    before = RunView(prepared=prepared, epochs=view.epochs, tested=view.tested, looks=view.looks)
    before = before if view.epochs else RunView()
    return RunRequest(
        prepared.settings, allow_fallback=False, before=before, run=run_id, patient=True, engine=prepared.engine
    )
