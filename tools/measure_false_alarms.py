"""Measures how often real photos are flagged as unlike what a run learnt from, into `bundled/false_alarms.json`.

Run from the project's folder, where the photos and weights are:  QTL_SHARED=... python -m tools.measure_false_alarms
For each image network whose weights are here: runs that learnt from the drawn set, with a limit from their own
held-out drawings (and, where it is kept, from real photos), and runs that learnt from the 244 training photos. Photos
of ants and bees: the 153 of validation. A run of photos reads its limit from those very photos, so it is measured by
halves: the limit of every second one holds for the others, and the other way round. Others: 200 photos of cats and
dogs. Only counts are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

import numpy as np

from qtl_core.common import paths
from qtl_core.evaluation.ood import OodReference, directions, distances, fit_ood_reference
from qtl_core.inference.bundled import bundled_reference, bundled_run, photo_distances
from qtl_core.inference.false_alarms import FILE, FalseAlarms, Kind
from qtl_core.settings import RunSettings
from qtl_core.training.preparation import prepare
from qtl_core.training.task import KeptFeatures

BACKBONES = ("efficientnet_lite0", "mobilenet_v2")
HOW = "python -m tools.measure_false_alarms"


def main() -> None:
    """Measures and writes."""
    found = [each for backbone in BACKBONES for each in of_backbone(backbone)]
    FILE.write_text(json.dumps({"how": HOW, "measured": [asdict(each) for each in found]}, indent=1) + "\n")
    for each in found:
        print(each)


def of_backbone(backbone: str) -> Iterator[FalseAlarms]:
    """Yields what is measured with one image network."""
    cats_and_dogs = next(paths.existing("datasets/cats_dogs_small"))
    drawn, photos = (features_of(backbone, source=source) for source in ("drawn", "photos"))
    pets = features_of(backbone, source="folder", folder=str(cats_and_dogs))
    others = np.concatenate([pets.train, pets.val])

    def counted(kind: Kind, reference: OodReference) -> FalseAlarms:
        caught = flagged(reference, others)
        return FalseAlarms(kind, backbone, flagged(reference, photos.val), len(photos.val), caught, len(others))

    if backbone == bundled_run().prepared.settings.data.backbone:
        yield counted("bundled", bundled_reference())
        yield counted("drawn, photo limit", OodReference(directions(drawn.train), photo_distances(), ""))
    yield counted("drawn", fit_ood_reference(drawn.train, drawn.val))
    caught = flagged(fit_ood_reference(photos.train, photos.val), others)
    yield FalseAlarms("photos", backbone, by_halves(photos), len(photos.val), caught, len(others))


def features_of(backbone: str, **changes: str) -> KeptFeatures:
    """Returns the features of a source's pictures."""
    settings = RunSettings().changed(backbone=backbone, **changes)
    return prepare(settings, lambda _: None, lambda: False, allow_fallback=False).source


def flagged(reference: OodReference, features: np.ndarray) -> int:
    """Counts the pictures that are farther away than the limit; features of shape (pictures, features)."""
    return int((distances(features, reference.training) > reference.limit).sum())


def by_halves(photos: KeptFeatures) -> int:
    """Counts validation photos beyond the limit that the other half of them makes."""
    halves = photos.val[::2], photos.val[1::2]
    return sum(flagged(fit_ood_reference(photos.train, halves[1 - each]), halves[each]) for each in (0, 1))


if __name__ == "__main__":
    main()
