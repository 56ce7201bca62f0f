"""Downloads as background jobs: the photos, and the weights of a backbone."""

from __future__ import annotations

from collections.abc import Callable

from qtl_core.backbones import download_weights
from qtl_core.callbacks import ShouldStop
from qtl_core.datasets import download_photos
from qtl_core.jobs import JobSpec, JobView
from qtl_core.progress import Progress

PHOTOS = "photos"


def download_job(what: str, owner: str) -> JobSpec[JobView[None]]:
    """Returns the job that fetches `what`: `PHOTOS`, or the name of a backbone whose weights are wanted.

    Its progress is in bytes; its error says what to do by hand.
    """
    return JobSpec("qtl_core.downloads:perform", what, owner)


def perform(what: str, emit: Callable[[Progress], None], should_stop: ShouldStop) -> None:
    """Fetches `what` (in a worker).

    Raises:
        UserError: It could not be fetched.
        StoppedByUser: `should_stop` said so; what has arrived is kept for the next attempt.
    """

    def report(done: int, total: int) -> None:
        emit(Progress("Downloading", done, total))

    if what == PHOTOS:
        download_photos(report, should_stop)
    else:
        download_weights(what, report, should_stop)
