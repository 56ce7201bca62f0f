"""Downloads as background jobs: the photos, and the weights of a backbone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from qtl_core.backbones import download_weights
from qtl_core.callbacks import ShouldStop
from qtl_core.datasets import download_photos
from qtl_core.jobs import JobSpec
from qtl_core.progress import Progress
from qtl_core.training.events import Failed

PHOTOS = "photos"


@dataclass(frozen=True)
class DownloadView:
    """A download as far as it has come; in bytes.

    Attributes:
        progress: The latest report.
        failed: Why it could not be done, and what to do by hand.
    """

    progress: Progress | None = None
    failed: Failed | None = None


def download_job(what: str, owner: str) -> JobSpec[DownloadView]:
    """Returns the job that fetches `what`: `PHOTOS`, or the name of a backbone whose weights are wanted."""
    return JobSpec("qtl_core.downloads:perform", what, DownloadView(), _fold, when_failed=_with_failure, owner=owner)


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


def _fold(view: DownloadView, event: Progress) -> DownloadView:
    return replace(view, progress=event)


def _with_failure(view: DownloadView, what: str, why: str, do: str) -> DownloadView:
    return replace(view, failed=Failed(what, why, do))
