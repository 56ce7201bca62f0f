"""The whole check of a set of pictures, and the job that does it: quick where it was done before.

How pictures look and their features are kept by content (`perceptual_hash`, `features.cache`), so a check after ten new
pictures decodes those ten alone. What is left each time is comparing, and a linear probe: a second for 1,000 pictures.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qtl_core.common.errors import StoppedByUser, UserError
from qtl_core.common.progress import Progress, ReportProgress, ShouldStop
from qtl_core.jobs import JobSpec, JobView
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.findings.class_sizes import uneven_classes
from qtl_core.pictures.findings.finding import KINDS, CheckedSet, Finding
from qtl_core.pictures.findings.poor_pictures import poor_pictures
from qtl_core.pictures.findings.repeated import copies_and_bursts, kept_together
from qtl_core.pictures.findings.wrong_labels import why_not_looked_for, wrong_labels
from qtl_core.pictures.sources.catalogue import find_dataset
from qtl_core.pictures.sources.dataset import Picture
from qtl_core.pictures.sources.perceptual_hash import PerceptualHash, perceptual_hashes
from qtl_core.settings import DataSettings

Looks = Sequence[PerceptualHash | None]


@dataclass(frozen=True)
class CheckReport:
    """The outcome of a check.

    Attributes:
        findings: The gravest first.
        checked: The pictures that were looked at.
        notes: Sentences on what was not looked for, and why.
    """

    findings: tuple[Finding, ...]
    checked: CheckedSet
    notes: tuple[str, ...] = ()


def check_pictures(
    checked: CheckedSet, data: DataSettings, report: ReportProgress, should_stop: ShouldStop
) -> CheckReport:
    """Looks for all that would spoil a result.

    Args:
        checked: The pictures.
        data: Which image network's features show wrong labels; another one stands in where its weights are not here.
        report: Told how far it is.
        should_stop: Asked often.

    Raises:
        StoppedByUser: `should_stop` said so; what was computed by then stays kept.
    """
    looks = _looks(checked, report, should_stop)
    report(Progress("Comparing the pictures", 0, 0))
    found = [*uneven_classes(checked), *poor_pictures(checked, looks)]
    found += copies_and_bursts(checked, looks, should_stop)
    suspected, notes = _suspected(checked, looks, data, report, should_stop)
    hidden = {single.pictures[0] for poor in found if poor.kind in ("plain", "dark") for single in poor.each}
    found += [each for each in suspected if not hidden.issuperset(each.pictures)]  # of what shows next to nothing
    ordered = sorted(found, key=lambda finding: KINDS.index(finding.kind))  # stable: the surest label comes first
    return CheckReport(tuple(ordered), checked, notes)


def _looks(checked: CheckedSet, report: ReportProgress, should_stop: ShouldStop) -> Looks:
    files, found = [picture.path for picture in checked.pictures], []
    for look in perceptual_hashes(files, should_stop):
        found.append(look)
        if len(found) % 16 == 0 or len(found) == len(files):
            report(Progress("Looking at the pictures", len(found), len(files)))
    return found


def _suspected(
    checked: CheckedSet, looks: Looks, data: DataSettings, report: ReportProgress, should_stop: ShouldStop
) -> tuple[list[Finding], tuple[str, ...]]:
    """The suspected labels, and why they were not looked for or with which network they were."""
    if why := why_not_looked_for(checked):
        return [], (why,)
    groups = kept_together(checked, looks, should_stop)
    if why := why_not_looked_for(checked, groups):
        return [], (why,)
    from qtl_core.pictures.backbones.resolve import resolve_backbone
    from qtl_core.pictures.features.compute import compute_features

    try:
        resolved = resolve_backbone(data.backbone, data.weights)
        pictures = [Picture(each.path, each.label, "train") for each in checked.pictures]
        stage = f"Looking at the pictures with {resolved.spec.title}"
        features = compute_features(
            pictures,
            resolved,
            progress=lambda done, total: report(Progress(stage, done, total)),
            should_stop=should_stop,
        )
    except UserError as error:
        return [], (f"Wrong labels were not looked for: {error}",)
    digests = [look.sha256 if look else picture.name for look, picture in zip(looks, checked.pictures, strict=True)]
    found = wrong_labels(
        checked,
        features.values,
        groups,
        digests,
        lambda done, total: report(Progress("Looking for wrong labels", done, total)),
        should_stop,
    )
    return found, (f"Wrong labels were looked for with the features of {resolved.spec.title}.",)


@dataclass(frozen=True)
class CheckRequest:
    """The pictures to be checked.

    Attributes:
        data: The settings that name the pictures, and the image network whose features show wrong labels.
        made: The identifier of a set made in the app, to be checked in their place as it is now; else "".
    """

    data: DataSettings
    made: str = ""


def check_job(request: CheckRequest, owner: str = "") -> JobSpec[JobView[CheckReport]]:
    """Returns the job that checks pictures."""
    return JobSpec("qtl_core.pictures.findings.check:run_check_job", request, owner)


def run_check_job(
    request: CheckRequest, emit: Callable[[Progress | CheckReport], None], should_stop: ShouldStop
) -> None:
    """Does the check (in a worker).

    Raises:
        UserError: The pictures cannot be used; the sentence says why.
    """
    with contextlib.suppress(StoppedByUser):
        emit(check_pictures(checked_set(request, emit, should_stop), request.data, emit, should_stop))


def checked_set(request: CheckRequest, report: ReportProgress, should_stop: ShouldStop) -> CheckedSet:
    """Returns the pictures that a request names.

    Raises:
        UserError: They cannot be used.
        StoppedByUser: `should_stop` said so.
    """
    if request.made:
        return CheckedSet.of_made(find_by_id(request.made))
    dataset, _, _ = find_dataset(request.data, report, should_stop, allow_fallback=True)
    return CheckedSet.of(dataset)
