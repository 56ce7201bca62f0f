"""Forecast of the features of pictures that the network has not seen: decoding and network, each for itself.

A few of the missing pictures, spread over all of them, are really computed. One second's measurement says little of
the next half minute where other programs come and go: so rates that real computings had lately (`features.timings`) are
asked as well, and the answer is a range.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qtl_core.common.progress import ShouldStop
from qtl_core.pictures.features.timings import PassTime, kept_timings, timing_of
from qtl_core.pictures.sources.dataset import Dataset, Picture
from qtl_core.settings import TrainingSettings

if TYPE_CHECKING:
    from qtl_core.pictures.backbones.resolve import ResolvedBackbone

SAMPLE = 16  # vectors that are computed to measure
LEAST_PICTURES = 3  # so many in any case, however many views each has
QUICKER, SLOWER = 0.7, 1.5  # a machine may be freer, or busier, than at any time it was measured


@dataclass(frozen=True)
class Seconds:
    """A range of time in seconds."""

    low: float = 0.0
    high: float = 0.0

    def __add__(self, other: Seconds) -> Seconds:
        """Both, one after the other."""
        return Seconds(self.low + other.low, self.high + other.high)

    def __mul__(self, times: float) -> Seconds:
        """The same so many times."""
        return Seconds(self.low * times, self.high * times)

    def __contains__(self, seconds: float) -> bool:
        """Says whether something that took `seconds` took what was forecast."""
        return self.low <= seconds <= self.high


def widened(low: float, high: float) -> Seconds:
    """Returns the range of what was measured, as wide as a machine's own ups and downs make it."""
    return Seconds(low * QUICKER, high * SLOWER)


def forecast_features(
    training: TrainingSettings, dataset: Dataset, resolved: ResolvedBackbone, should_stop: ShouldStop
) -> tuple[int, Seconds]:
    """Returns how many vectors are missing, and how long they will take; computes and keeps a few of them.

    Raises:
        UserError: Weights cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    from qtl_core.pictures.features.compute import compute_features, missing_pictures
    from qtl_core.pictures.features.shipped import content_name

    views = training.views if training.augmentation else 0
    train = missing_pictures(dataset.train, resolved, views=views, should_stop=should_stop)
    val = missing_pictures((*dataset.val, *dataset.test), resolved, should_stop=should_stop)
    missing = len(train) * (1 + views) + len(val)
    if not missing:
        return 0, Seconds()
    pictures, each = (train, views) if train else (val, 0)
    count = max(LEAST_PICTURES, SAMPLE // (1 + each))
    found = compute_features(spread(pictures, count), resolved, views=each, should_stop=should_stop)
    threads = os.cpu_count() or 1
    busy = sum(one.decoding + one.network for one in found.passes) / threads
    starting = max(0.0, found.seconds - busy)  # loading the network, once more when it is wanted
    view = view_seconds(found.passes, *kept_timings(content_name(resolved)), threads)
    return missing, widened(starting, starting) + view * missing


def spread(pictures: Sequence[Picture], count: int) -> list[Picture]:
    """Returns `count` pictures, or all, evenly spread: neighbours in a folder are often from one camera."""
    step = max(1.0, len(pictures) / count)
    return [pictures[int(number * step)] for number in range(min(count, len(pictures)))]


def view_seconds(
    passes: Sequence[PassTime], decoding: Sequence[float], network: Sequence[float], threads: int
) -> Seconds:
    """Returns the time of one view while `threads` work side by side.

    Args:
        passes: Those just measured; the first of each thread, with everything to set up, only counts where it is alone.
        decoding: Rates that other computings here had, in seconds a megapixel.
        network: Likewise, in seconds a view.
        threads: How many work at a time.
    """
    warm = [each for each in passes[threads:] if each.views] or [each for each in passes if each.views]
    now = timing_of(warm)
    if now is None:  # none of them can be read, and neither can the others be waited for
        return Seconds()
    megapixels = sum(each.megapixels for each in warm) / sum(each.views for each in warm)
    slow = max((now.decoding, *decoding)) * megapixels + max((now.network, *network))
    quick = min((now.decoding, *decoding)) * megapixels + min((now.network, *network))
    quickest = min((each.decoding + each.network) / each.views for each in warm)  # the others may have been held up
    return widened(min(quick, quickest) / threads, slow / threads)
