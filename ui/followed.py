"""The pictures that the app shows by itself: followed through a run once, for all who look."""

from __future__ import annotations

from qtl_core.answering import TrainedModel
from qtl_core.datasets.photos import find_photos
from qtl_core.jobs import JobSnapshot, JobView
from qtl_core.walks import PictureTrace, choose_pictures, trace_job
from ui import managers
from ui.session import session

PICTURES = 12  # nearly three minutes of them; then they begin again


def followed(model: TrainedModel) -> JobSnapshot[JobView[tuple[PictureTrace, ...]]]:
    """Returns the job that follows validation pictures through a run: real photos where they are on this computer."""
    photos = find_photos()
    key = "walks", model.key, photos
    return managers.walks().find_or_start(
        key, lambda: trace_job(model, choose_pictures(photos, PICTURES), session.owner)
    )
