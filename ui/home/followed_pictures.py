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
        whens: For each, in a few words, when it was computed: beforehand, where it came with the app, or now.
        total: How many there will be.
    """

    traces: tuple[PictureTrace, ...]
    whens: tuple[str, ...]
    total: int


def followed_home(model: TrainedModel) -> JobSnapshot[JobView[tuple[PictureTrace, ...]]]:
    """Returns the job that follows Home's pictures: photos where they are here, else drawings chosen by the answers."""
    if find_photos():
        return followed(model)
    return job_managers.picture_traces().find_or_start(
        ("home traces", model.key), lambda: trace_job(model, home_pictures(), session.owner)
    )


def home_traces(snapshot: JobSnapshot[JobView[tuple[PictureTrace, ...]]]) -> HomeTraces:
    """Returns what there is to show: the job's answers, and of drawings that are not answered for yet, those kept."""
    found, kept = snapshot.view.result or (), kept_traces()
    own = {trace.picture: trace for trace in found}
    if kept and own.keys() <= {trace.picture for trace in kept} and not (snapshot.is_over and found):
        traces = tuple(own.get(trace.picture, trace) for trace in kept)
        return HomeTraces(traces, tuple(NOW if each.picture in own else BEFOREHAND for each in traces), len(traces))
    return HomeTraces(found, (NOW,) * len(found), len(found) if snapshot.is_over else PICTURES)


def followed(model: TrainedModel) -> JobSnapshot[JobView[tuple[PictureTrace, ...]]]:
    """Returns the job that follows validation pictures through a run: real photos where they are on this computer."""
    photos = find_photos()
    key = "traces", model.key, photos
    return job_managers.picture_traces().find_or_start(
        key, lambda: trace_job(model, choose_pictures(photos, PICTURES), session.owner)
    )
