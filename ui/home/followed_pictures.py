"""The pictures that the app shows by itself: followed through a run once, for all who look.

Until the image network is awake, Home shows the answers for its drawings that came with the app.
"""

from __future__ import annotations

from dataclasses import dataclass

from qtl_core.explain.forward_pass import PictureTrace, choose_pictures, trace_job
from qtl_core.explain.kept_traces import home_pictures, kept_traces
from qtl_core.inference.requests import TrainedModel
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.pictures.sources.photos import find_photos
from ui.base import job_managers
from ui.session import session

PICTURES = 12  # photos; as many as `home_pictures`, which are shown where there are no photos
BEFOREHAND = "computed beforehand with this network"
NOW = "computed on this computer"


@dataclass(frozen=True)
class HomeTraces:
    """The answers that Home shows.

    Attributes:
        traces: As many as are known.
        total: How many there will be.
        are_kept: Whether they came with the app, computed beforehand, as nobody has asked the network here yet.
    """

    traces: tuple[PictureTrace, ...]
    total: int
    are_kept: bool

    @property
    def when(self) -> str:
        """The time when they were computed, in a few words."""
        return BEFOREHAND if self.are_kept else NOW


def followed_home(model: TrainedModel) -> JobSnapshot[JobView[tuple[PictureTrace, ...]]]:
    """Returns the job that follows Home's pictures: photos where they are here, else drawings chosen by the answers."""
    if find_photos():
        return followed(model)
    return job_managers.picture_traces().find_or_start(
        ("home traces", model.key), lambda: trace_job(model, home_pictures(), session.owner)
    )


def home_traces(snapshot: JobSnapshot[JobView[tuple[PictureTrace, ...]]]) -> HomeTraces:
    """Returns what there is to show: the job's answers once all are there; until then, or without any, those kept."""
    found, kept = snapshot.view.result or (), kept_traces()
    if not kept or (snapshot.is_over and found):
        return HomeTraces(found, len(found) if snapshot.is_over else PICTURES, are_kept=False)
    return HomeTraces(kept, len(kept), are_kept=True)


def followed(model: TrainedModel) -> JobSnapshot[JobView[tuple[PictureTrace, ...]]]:
    """Returns the job that follows validation pictures through a run: real photos where they are on this computer."""
    photos = find_photos()
    key = "traces", model.key, photos
    return job_managers.picture_traces().find_or_start(
        key, lambda: trace_job(model, choose_pictures(photos, PICTURES), session.owner)
    )
