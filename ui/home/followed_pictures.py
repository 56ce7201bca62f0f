"""The pictures that the app shows by itself: followed through a run once, for all who look."""

from __future__ import annotations

from qtl_core.explain.forward_pass import PictureTrace, choose_pictures, trace_job
from qtl_core.inference.requests import TrainedModel
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.pictures.sources.photos import find_photos
from ui.base import job_managers
from ui.session import session

PICTURES = 12  # nearly three minutes of them; then they begin again


def followed(model: TrainedModel) -> JobSnapshot[JobView[tuple[PictureTrace, ...]]]:
    """Returns the job that follows validation pictures through a run: real photos where they are on this computer."""
    photos = find_photos()
    key = "traces", model.key, photos
    return job_managers.picture_traces().find_or_start(
        key, lambda: trace_job(model, choose_pictures(photos, PICTURES), session.owner)
    )
