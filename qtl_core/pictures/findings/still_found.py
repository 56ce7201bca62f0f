"""Findings of an earlier check that still hold of a set that has been edited since, until the next check is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from qtl_core.pictures.datasets.records import DatasetRecord, PictureRecord
from qtl_core.pictures.findings.check import CheckReport
from qtl_core.pictures.findings.class_sizes import uneven_counts
from qtl_core.pictures.findings.finding import KINDS, CheckedPicture, Finding

TOGETHER = frozenset(
    {"copies across parts", "copies", "burst", "burst across parts"}
)  # mended once all are of one group
SEVERAL = TOGETHER | {"copies in two classes"}  # findings on pictures beside others


def still_found(
    report: CheckReport, record: DatasetRecord, pictures: Sequence[PictureRecord], kept: frozenset[str]
) -> tuple[Finding, ...]:
    """Returns the findings that have not been mended, nor called no fault.

    Args:
        report: The last check of the set.
        record, pictures: The set as it is now.
        kept: Keys of findings that are no faults.
    """
    now = {picture.id: picture for picture in pictures}
    there = {each.name: each.id for each in record.classes}
    class_ids = [there.get(name, 0) for name in report.checked.classes]
    found = (_left(finding, now, class_ids, kept) for finding in report.findings if finding.pictures)
    left = [finding for finding in found if finding is not None]
    # Counts are looked at anew: an earlier number beside the one on screen would be wrong.
    counts = Counter({label: klass.count for label, klass in enumerate(record.classes)})
    uneven = uneven_counts([klass.name for klass in record.classes], counts)
    left += [finding for finding in uneven if finding.key not in kept]
    return tuple(sorted(left, key=lambda finding: KINDS.index(finding.kind)))


def kept_count(report: CheckReport, kept: frozenset[str]) -> int:
    """Returns how many findings of a check were called no fault; of a fault of many pictures, each counts."""
    each = (single for finding in report.findings for single in (finding.each or (finding,)))
    return sum(single.key in kept for single in each)


def _left(
    finding: Finding, now: dict[int, PictureRecord], class_ids: Sequence[int], kept: frozenset[str]
) -> Finding | None:
    if finding.key in kept:
        return None
    if finding.each:
        each = tuple(single for single in finding.each if _left(single, now, class_ids, kept))
        pictures = tuple(single.pictures[0] for single in each)
        return replace(finding, each=each, pictures=pictures) if each else None

    def stays(picture: CheckedPicture) -> bool:
        """In the set, and in the class that it was looked at in."""
        return picture.id in now and now[picture.id].class_id == class_ids[picture.label]

    left = tuple(picture for picture in finding.pictures if stays(picture))
    if len(left) < (2 if finding.kind in SEVERAL else 1):
        return None
    groups = {now[picture.id].group for picture in left}
    if finding.kind in TOGETHER and len(groups) == 1 and "" not in groups:
        return None
    return replace(finding, pictures=left, surplus=tuple(picture for picture in finding.surplus if picture in left))
