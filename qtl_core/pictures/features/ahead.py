"""Features of a data set ahead of training, while somebody is still collecting, so that Start trains at once.

The work comes in parts of a few seconds, so that it never keeps others waiting, and each part looks at what is there
by then: pictures that came meanwhile are among them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qtl_core.common.progress import Progress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.backbones.resolve import ResolvedBackbone, resolve_backbone
from qtl_core.pictures.datasets.reading import pictures_of
from qtl_core.pictures.datasets.records import PictureRecord
from qtl_core.pictures.datasets.thumbnails import thumbnail
from qtl_core.pictures.features.cache import FeatureCache
from qtl_core.pictures.features.compute import compute_features
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.settings import DataSettings

PART_SECONDS = 4.0  # after so long the rest is left to the next part: what others wait for comes between
AT_ONCE = 16  # pictures between two looks at the clock


@dataclass(frozen=True)
class FeaturesAhead:
    """The outcome of one part.

    Attributes:
        revision: The set's, when the part began: pictures that came later are not counted.
        known: How many of its pictures have features now.
        total: How many pictures it has.
        unreadable: The SHA-256 of those that no network will see, because they cannot be decoded.
    """

    revision: int
    known: int
    total: int
    unreadable: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """The number of pictures that are still to be looked at."""
        return self.total - self.known - len(self.unreadable)


@dataclass(frozen=True)
class AheadRequest:
    """A request for one part.

    Attributes:
        dataset: The set's identifier.
        revision: The set's, as the page knows it.
        data: Which network with which weights.
        unreadable: What parts before this one could not read.
    """

    dataset: str
    revision: int
    data: DataSettings
    unreadable: tuple[str, ...] = ()


def features_ahead_job(request: AheadRequest, owner: str) -> JobSpec[JobView[FeaturesAhead]]:
    """Returns the job that computes one part."""
    return JobSpec("qtl_core.pictures.features.ahead:run_features_ahead_job", request, owner)


def run_features_ahead_job(
    request: AheadRequest, emit: Callable[[Progress | FeaturesAhead], None], should_stop: ShouldStop
) -> None:
    """Computes one part (in a worker): the newest pictures last, each with its thumbnail.

    Raises:
        UserError: The set or the network's weights cannot be read.
        StoppedByUser: `should_stop` said so; what is done by then stays kept.
    """
    resolved = resolve_backbone(request.data.backbone, request.data.weights)
    pictures = {record.sha256: record for record in pictures_of(request.dataset)}
    with FeatureCache(resolved) as cache:
        known = cache.known(list(pictures))
    missing = [record for digest, record in pictures.items() if digest not in known | set(request.unreadable)]
    done, unreadable = _compute(request.dataset, missing, resolved, emit, should_stop)
    lost = tuple(digest for digest in (*request.unreadable, *unreadable) if digest in pictures)
    emit(FeaturesAhead(request.revision, len(known) + done, len(pictures), lost))


def _compute(
    set_id: str,
    missing: Sequence[PictureRecord],
    resolved: ResolvedBackbone,
    emit: Callable[[Progress], None],
    stop: ShouldStop,
) -> tuple[int, list[str]]:
    """Returns how many pictures got features in the time there is, and the digests of those that cannot be read."""
    began, done, unreadable = time.monotonic(), 0, list[str]()
    for start in range(0, len(missing), AT_ONCE):
        if time.monotonic() - began > PART_SECONDS:
            break
        part = missing[start : start + AT_ONCE]
        for record in part:
            thumbnail(set_id, record.sha256)
        found = compute_features([Picture(record.path, 0, "train") for record in part], resolved, should_stop=stop)
        unreadable += [record.sha256 for record, good in zip(part, found.readable, strict=True) if not good]
        done += int(found.readable.sum())
        emit(Progress("Looking at the new pictures", start + len(part), len(missing)))
    return done, unreadable
