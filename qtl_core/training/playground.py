"""Training again at every change of a setting: a whole run from features in memory, or a word on why not.

A worker remembers the pictures' features between tries, so a try costs the training itself: some hundredths of a second
at the recipe's size. A try never computes features, downloads, waits for a slow circuit or writes to disk; what would
be slow is refused in words as soon as that can be told. No torch here, because pages ask too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.jobs import JobSpec
from qtl_core.runs.events import BatchDone, EpochDone, Event
from qtl_core.runs.view import RunView
from qtl_core.settings import RunSettings
from qtl_core.training.run import RunRequest, ended

LIMIT_SECONDS = 1.0  # a slower training would lag behind the hand that moves the slider
MEANWHILE_SECONDS = 6.0  # about the compiler's own time, once on a machine: torch trains until it is done
LOOK_SECONDS = 0.15  # training is watched for so long, after its first step, before its whole time is judged
PRESS_START = "Press Start for this one."
COMPILING = "Getting the compiler ready, once on this machine"


def why_not(settings: RunSettings) -> str | None:
    """Returns why settings of this kind are never trained at every change, or None."""
    if settings.training.backbone_mode == "published":
        return "As published, the image network runs again at every batch."
    if not settings.reads_exactly:
        return "Under noise, or from shots, the circuit runs many times a step."
    if settings.training.engine != "compiled":
        return "Only the compiled engine is quick enough."
    return None


def playground_job(settings: RunSettings, owner: str) -> JobSpec[RunView]:
    """Returns the job that tries `settings`: its view is the whole run, at once, when it is done.

    It fails with words where the run would be too slow to follow a slider.

    Args:
        settings: What would really be used: no picture or network stands in for another here.
        owner: Whose try it is.
    """
    return JobSpec(
        "qtl_core.training.playground:run_playground_job",
        settings,
        owner,
        view=RunView(),
        fold=_fold,
        when_failed=lambda view, *_: view,
    )


def _fold(view: RunView, event: Progress | RunView) -> RunView:
    return view.apply(event) if isinstance(event, Progress) else event


def run_playground_job(
    settings: RunSettings, emit: Callable[[Progress | RunView], None], should_stop: ShouldStop
) -> None:
    """Tries `settings` in a worker process."""
    emit(try_out(settings, should_stop, emit))


def try_out(settings: RunSettings, should_stop: ShouldStop, report: ReportProgress = lambda _: None) -> RunView:
    """Trains `settings` from its beginning and returns the run, which is not kept on disk.

    Args:
        settings: What is tried.
        should_stop: Asked often.
        report: Told how far the compiler is, where it has to be waited for: a training that torch does not do sooner.

    Raises:
        UserError: It would take too long, its features are not kept yet, or its pictures cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    if reason := why_not(settings):
        raise UserError(reason, "", PRESS_START)
    if _is_compiling():
        meanwhile = _tried(settings, should_stop, MEANWHILE_SECONDS)
        if isinstance(meanwhile, RunView):
            return meanwhile
    _wait_for_compiler(should_stop, report)
    view = _tried(settings, should_stop, LIMIT_SECONDS)
    if isinstance(view, float):
        raise too_slow(view)
    return view


def _tried(settings: RunSettings, should_stop: ShouldStop, limit: float) -> RunView | float:
    """Returns the run, or the seconds that it would take, where these are more than `limit`."""
    view = RunView()
    for event in _within_limit(_train(settings, should_stop), settings.training.epochs, limit):
        if isinstance(event, float):
            return event
        view = view.apply(event)
    if should_stop():
        raise StoppedByUser
    return view.apply(ended(view, RunRequest(settings, keep=False)))


def _is_compiling() -> bool:
    """Returns whether the compiled engine does not lie on this machine yet, so that torch trains meanwhile."""
    from qtl_core.training.compiled.code_folder import is_compiled
    from qtl_core.training.compiled.warm_up import is_ready, warm_up

    warm_up()
    return not is_ready() and not is_compiled()


def _wait_for_compiler(should_stop: ShouldStop, report: ReportProgress) -> None:
    """Waits until the compiled engine is loaded: a second in a fresh worker, half a minute once on a new machine."""
    from qtl_core.training.compiled.warm_up import is_ready, kernels_compiled, warm_up

    loading = warm_up()
    while loading.is_alive():
        loading.join(0.05)
        done, total = kernels_compiled()
        if done < total:
            report(Progress(COMPILING, done, total))
        if should_stop():
            raise StoppedByUser
    if not is_ready():
        raise UserError(
            "The compiled engine cannot be used on this machine.", "The server's log says why.", PRESS_START
        )


def _train(settings: RunSettings, should_stop: ShouldStop) -> Iterator[Event]:
    from qtl_core.training.engines import ENGINES, engine_name
    from qtl_core.training.feature_memory import cached_preparation
    from qtl_core.training.transfer.beginning import begin, starting_point

    point = starting_point(settings)
    preparation = cached_preparation(settings, should_stop)
    begun = begin(preparation.prepared, preparation.source, point)
    task = begun.task(preparation.source)
    name = engine_name(task)
    yield replace(begun.prepared, engine=name)
    yield from begun.kept_with(ENGINES[name](task, None, should_stop))


def _within_limit(events: Iterable[Event], epochs: int, limit: float) -> Iterator[Event | float]:
    """Passes events on while the whole training promises to take no longer than `limit` seconds.

    Ends with the seconds that it would take where these are more. By this thread's own time on the processor: what else
    the machine does just now says nothing of the training; and by the steps after the first, which takes as long as
    hundreds of others where libraries get ready in it.
    """
    first = None  # this thread's time and the share that was done, after the first step
    for event in events:
        now, share = time.thread_time(), _share_done(event, epochs)
        if first is None:
            first = (now, share) if share else None
        elif share > first[1] and now - first[0] > LOOK_SECONDS:
            promised = (now - first[0]) / (share - first[1])
            if promised > limit:
                yield promised
                return
        yield event


def _share_done(event: Event, epochs: int) -> float:
    match event:
        case BatchDone():
            return (event.epoch - 1 + event.batch / event.batches) / epochs
        case EpochDone():
            return event.epoch / epochs
    return 0.0


def too_slow(seconds: float) -> UserError:
    """Returns the words for a training that takes `seconds`."""
    return UserError(
        f"Training this takes about {max(1, round(seconds))} s here, too long to follow every change.", "", PRESS_START
    )
