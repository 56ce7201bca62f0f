"""Features that stay in a worker's memory between jobs, and those of a run that is over, found as it was trained.

What is remembered counts only as long as the files it was made from look the same (`sources.stamp`).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, replace

from qtl_core.common.errors import UserError
from qtl_core.common.progress import ShouldStop
from qtl_core.pictures.backbones.resolve import resolve_backbone
from qtl_core.pictures.features.compute import missing_pictures
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.stamp import stamp_of
from qtl_core.runs.events import Prepared
from qtl_core.settings import DataSettings, RunSettings
from qtl_core.settings.parameters import parameter_count
from qtl_core.tables.catalogue import stamp_of_numbers
from qtl_core.training.parts import with_parts
from qtl_core.training.preparation import Preparation, prepare

CACHE_SIZE = 2  # preparations, 2 MB each at the recipe's size: the pictures at hand and those before them
MAX_MISSING = 8  # pictures without features that do not matter, such as damaged ones, which never get any


class NotComputedYet(UserError):
    """Features that are not kept on disk, of pictures and weights that are there."""


@dataclass(frozen=True)
class _CacheEntry:
    preparation: Preparation
    stamp: object


_cache: OrderedDict[object, _CacheEntry] = OrderedDict()  # of this process, which does one job at a time


def cached_preparation(settings: RunSettings, should_stop: ShouldStop) -> Preparation:
    """Returns what `settings` train on, from memory or else from the features kept on disk; computes hardly any.

    Args:
        settings: What is really used: nothing stands in for anything, and nothing is downloaded.
        should_stop: Asked often.

    Raises:
        UserError: Features are not kept yet, or pictures or weights cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    began = time.perf_counter()
    stamp = _stamp(settings.data)
    key = settings.data, _views(settings), settings.training.seed if settings.data.per_class else 0
    found = _cache.pop(key, None)
    if found is None or found.stamp != stamp:
        found = _CacheEntry(_read(settings, should_stop), stamp)
    _cache[key] = found
    while len(_cache) > CACHE_SIZE:
        _cache.popitem(last=False)
    return _fitted(found.preparation, settings, time.perf_counter() - began)


def _stamp(data: DataSettings) -> object:
    if data.is_numbers:
        return stamp_of_numbers(data)
    resolved = resolve_backbone(data.backbone, data.weights, allow_fallback=False)
    return resolved.weights_sha256, stamp_of(data)


def _views(settings: RunSettings) -> int:
    return settings.training.views if settings.training.augmentation else 0


def _read(settings: RunSettings, should_stop: ShouldStop) -> Preparation:
    if settings.data.is_numbers:
        return prepare(settings, lambda _: None, should_stop)
    dataset, data, _ = find_dataset(settings.data, lambda _: None, should_stop, allow_fallback=False)
    dataset = with_parts(dataset, data, settings.training.seed)
    resolved = resolve_backbone(data.backbone, data.weights, allow_fallback=False)
    missing = len(missing_pictures(dataset.train, resolved, views=_views(settings)))
    missing += len(missing_pictures((*dataset.val, *dataset.test), resolved))
    if missing > MAX_MISSING:
        raise NotComputedYet(
            f"The features of {missing} pictures are not computed yet.", "", "Press Start: it does so, and keeps them."
        )
    return prepare(settings, lambda _: None, should_stop, allow_fallback=False)


def _fitted(kept: Preparation, settings: RunSettings, seconds: float) -> Preparation:
    """Returns a preparation as `prepare` would make it for `settings`, which differ in circuit and training alone."""
    prepared = kept.prepared
    return replace(
        kept,
        source=kept.features.with_seed(settings.training.seed),  # it decides which view each picture shows
        prepared=replace(
            prepared,
            settings=replace(settings, data=prepared.settings.data),
            asked=settings,
            parameters=parameter_count(prepared.feature_size, len(prepared.classes), settings.circuit, settings.model),
            seconds_features=seconds,
        ),
    )


MUST_MATCH = ("classes", "train_size", "val_files", "val_labels", "weights_sha256")  # else they would not be the run's


def is_same_data(then: Prepared, now: Prepared) -> bool:
    """Returns whether two trainings have the same pictures and network, as far as the first one knew them.

    Which folder they lie in is said by the settings; where that is may change, as when a data folder is moved, so that
    of a file only part, class and name count. A run of before there were test parts left a folder's aside; that is no
    other set of pictures.
    """
    names = (*MUST_MATCH, *(("test_files", "test_labels") if then.test_size else ()))
    return all(_wherever(getattr(then, name)) == _wherever(getattr(now, name)) for name in names)


def _wherever(value: object) -> object:
    """Returns files without the folder of their set; anything else as it is."""
    if not isinstance(value, tuple):
        return value
    return [each.replace("\\", "/").rsplit("/", 3)[-3:] if isinstance(each, str) else each for each in value]


def restore_preparation(then: Prepared, should_stop: ShouldStop, refused: str) -> Preparation:
    """Returns a run's pictures and features.

    Training pictures come as they are, also where augmented views of them were trained on: views would be many
    features for one picture.

    Args:
        then: What was trained on.
        should_stop: Asked often.
        refused: What cannot be had without them, as a sentence.

    Raises:
        NotComputedYet: Their features are not kept.
        UserError: They are not those the run was trained with, or not there. It names no path: whoever looks at a run
            need not be the one whose folder it was.
        StoppedByUser: `should_stop` said so.
    """
    if then.from_elsewhere:
        raise UserError(refused, "It was trained elsewhere, on pictures that are not known here.")
    try:
        found = cached_preparation(then.settings.changed(augmentation=False), should_stop)
    except NotComputedYet:
        raise
    except UserError as error:
        why = "Its pictures, or its image network's weights, cannot be read where they were."
        raise UserError(refused, why, "Train again, on what is there now.") from error
    if not is_same_data(then, found.prepared):
        raise UserError(
            refused,
            "The pictures or the network's weights are no longer those it was trained with.",
            "Train again, on what is there now.",
        )
    return found
