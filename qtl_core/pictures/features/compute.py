"""Pictures to features, each computed once: kept ones are read, the others decoded and put through the network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.pictures.backbones.resolve import ResolvedBackbone
from qtl_core.pictures.features.cache import FeatureCache, Key, digests_of
from qtl_core.pictures.features.passes import Pass, passes
from qtl_core.pictures.features.shipped import content_name
from qtl_core.pictures.features.timings import PassTime, keep_timing
from qtl_core.pictures.sources.dataset import Picture, SkippedFile

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, eq=False)  # arrays have no single answer to ==
class Features:
    """Features of N pictures, in the order the pictures were given.

    Attributes:
        resolved: The network and weights that made them.
        values: float32 (N, feature_size); a row of NaN for a picture that could not be read.
        augmented: float32 (N, views, feature_size) of the augmented views, or None where none were asked for.
        digests: The SHA-256 of every picture's bytes, "" where it could not be read.
        readable: bool (N,): which pictures could be read.
        unreadable: The others, each with its reason.
        from_store: How many of the N * (1 + views) vectors had been kept from before.
        seconds: How long it all took.
        passes: What each pass through the network took, in order; none where all was kept.
        notes: Sentences for the user, such as why nothing could be kept.
    """

    resolved: ResolvedBackbone
    values: np.ndarray
    augmented: np.ndarray | None
    digests: tuple[str, ...]
    readable: np.ndarray
    unreadable: tuple[SkippedFile, ...]
    from_store: int
    seconds: float
    notes: tuple[str, ...] = ()
    passes: tuple[PassTime, ...] = ()


def missing_pictures(
    pictures: Sequence[Picture], resolved: ResolvedBackbone, *, views: int = 0, should_stop: ShouldStop = never_stop
) -> list[Picture]:
    """Returns those of `pictures` of which not all features (the recipe's view and `views` more) are kept.

    Files that cannot be read are not among them: no network will see them.

    Raises:
        StoppedByUser: `should_stop` said so.
    """
    digests = digests_of(pictures, should_stop)
    with FeatureCache(resolved) as kept:
        found = kept.read((digest, view) for digest in digests for view in range(views + 1))
    return [
        picture
        for picture, digest in zip(pictures, digests, strict=True)
        if digest and any((digest, view) not in found for view in range(views + 1))
    ]


def compute_features(
    pictures: Sequence[Picture],
    resolved: ResolvedBackbone,
    *,
    views: int = 0,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
    device: str | None = None,
    use_shipped: bool = True,
) -> Features:
    """Returns the features of `pictures`, computing and keeping those that are not kept yet.

    Args:
        pictures: The pictures; files that cannot be read are listed in the result.
        resolved: The network and its weights.
        views: Number of augmented views of each picture wanted beside the recipe's own view.
        progress: Called with how many vectors there are so far and how many there will be.
        should_stop: Looked at ten times a second; what is done by then stays kept.
        device: Where to compute; by default the best there is.
        use_shipped: Whether features that come with the project count as kept.

    Raises:
        UserError: The weights file cannot be read or does not fit.
        StoppedByUser: `should_stop` said so.
    """
    began = time.perf_counter()
    digests = digests_of(pictures, should_stop)
    paths = dict(zip(digests, (picture.path for picture in pictures), strict=True))
    keys = [(digest, view) for digest in paths if digest for view in range(1 + views)]
    faults = {"": "The file is not there, or this user may not read it."}
    with FeatureCache(resolved, use_shipped) as kept:
        vectors = kept.read(keys)
        from_store = sum((digest, view) in vectors for digest in digests for view in range(1 + views))
        missing = [key for key in keys if key not in vectors]
        times: list[PassTime] = []
        done = passes(missing, paths, resolved, device, should_stop) if missing else ()  # torch only where needed
        _collect(done, kept, vectors, faults, times, lambda count: progress(count, len(keys)))
        notes = tuple(kept.notes)
    keep_timing(content_name(resolved), times)
    progress(len(keys), len(keys))  # pictures that cannot be read are done with as well
    values = _stacked(digests, vectors, views, resolved.spec.feature_size)
    return Features(
        resolved=resolved,
        values=values[:, 0],
        augmented=values[:, 1:] if views else None,
        digests=tuple(digests),
        readable=np.array([(digest, 0) in vectors for digest in digests], dtype=bool),
        unreadable=_unreadable(pictures, digests, vectors, faults),
        from_store=from_store,
        seconds=time.perf_counter() - began,
        notes=notes,
        passes=tuple(times),
    )


def _collect(
    done: Iterable[Pass],
    kept: FeatureCache,
    vectors: dict[Key, np.ndarray],
    faults: dict[str, str],
    times: list[PassTime],
    progress: Callable[[int], None],
) -> None:
    """Keeps each pass as it arrives and adds it to `vectors`, `faults` and `times`."""
    progress(len(vectors))
    for part in done:
        kept.write(part.vectors)
        vectors.update(part.vectors)
        faults.update(part.faults)
        times.append(part.time)
        progress(len(vectors))


def _stacked(digests: Sequence[str], vectors: Mapping[Key, np.ndarray], views: int, size: int) -> np.ndarray:
    """Returns float32 (N, 1 + views, size), NaN where there is no vector: a use by mistake does not go unseen."""
    values = np.full((len(digests), 1 + views, size), np.nan, dtype=np.float32)
    for index, digest in enumerate(digests):
        for view in range(1 + views):
            if (digest, view) in vectors:
                values[index, view] = vectors[digest, view]
    return values


def _unreadable(
    pictures: Sequence[Picture], digests: Sequence[str], vectors: Mapping[Key, np.ndarray], faults: Mapping[str, str]
) -> tuple[SkippedFile, ...]:
    return tuple(
        SkippedFile(picture.path, faults[digest])
        for picture, digest in zip(pictures, digests, strict=True)
        if (digest, 0) not in vectors
    )
