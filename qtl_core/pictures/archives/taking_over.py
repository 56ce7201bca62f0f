"""Carries a plan out: its classes come into a set, and its pictures one by one, none of them written by its name."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qtl_core.common.progress import ProgressCallback, ShouldStop, never_stop, no_progress
from qtl_core.pictures.archives.plan import ArchivePlan, PlannedPicture, SetDescription, Skipped
from qtl_core.pictures.archives.scanning import contents
from qtl_core.pictures.datasets.adding import Incoming, add_many
from qtl_core.pictures.datasets.classes_by_name import classes_by_name
from qtl_core.pictures.datasets.creating import find_by_id
from qtl_core.pictures.datasets.editing import recolour_class, set_note, set_split
from qtl_core.pictures.datasets.limits import MEGABYTE, limits_now
from qtl_core.pictures.datasets.names import MOST_CLASSES
from qtl_core.pictures.datasets.undoing import Batch
from qtl_core.pictures.sources.class_names import alike

GONE = "It is not there any more."
CHANGED = "It is not what the manifest says: it was changed or damaged."
TOO_LARGE = "The file is larger than the {} MB that are taken in."


@dataclass(frozen=True)
class TakenOver:
    """The outcome of taking a plan over.

    Attributes:
        dataset: The set's identifier.
        added: How many pictures came into it.
        skipped: What did not, and why: what the plan left out first.
        changed: Pictures that are kept in another form than they came in, with what changed, such as scaled down ones.
        was_stopped: Whether somebody stopped it; what had come by then stays.
    """

    dataset: str
    added: int
    skipped: tuple[Skipped, ...] = ()
    changed: tuple[Skipped, ...] = ()
    was_stopped: bool = False


def take_over(
    plan: ArchivePlan,
    dataset_id: str,
    progress: ProgressCallback = no_progress,
    should_stop: ShouldStop = never_stop,
) -> TakenOver:
    """Adds the pictures of a plan to a set; classes are found or made by their names (`classes_by_name`).

    Args:
        plan: What is to be taken over, from `understand`.
        dataset_id: The set.
        progress: Told how many pictures were looked at, and how many there are.
        should_stop: Looked at before every picture; what was added stays.

    Raises:
        UserError: The set is not there, has no room for the classes, or the source was changed meanwhile.
    """
    batch = Batch(f"archive-{secrets.token_hex(6)}", f"taken over from {plan.source.name}", is_one=True)
    if plan.described:
        _describe(plan.described, dataset_id, batch)
    classes = classes_by_name(dataset_id, (each.name for each in plan.classes), plan.source.name, batch)
    arriving = _Arriving(plan, classes, progress, should_stop)
    outcomes = add_many(dataset_id, arriving.incoming(), total=len(plan.pictures), batch=batch)
    skipped, changed = list(arriving.skipped), []
    for planned, found in zip(arriving.given, outcomes, strict=True):
        if found.reason:
            skipped.append(Skipped(planned.name, found.reason))
        elif found.note:
            changed.append(Skipped(planned.name, found.note))
    added = sum(found.picture is not None for found in outcomes)
    return TakenOver(dataset_id, added, (*plan.skipped, *skipped), tuple(changed), arriving.was_stopped)


class _Arriving:
    """Pictures of a plan on their way from their source.

    Attributes:
        given: Those that were handed on, in order.
        skipped: Those that could not be read, with why.
        was_stopped: Whether it ended before the last.
    """

    def __init__(
        self, plan: ArchivePlan, classes: Mapping[str, int], progress: ProgressCallback, should_stop: ShouldStop
    ) -> None:
        self.plan, self.classes, self.progress, self.should_stop = plan, classes, progress, should_stop
        self.given: list[PlannedPicture] = []
        self.skipped: list[Skipped] = []
        self.was_stopped = False

    def incoming(self) -> Iterator[Incoming]:
        """Yields what is to be added, one picture in memory at a time."""
        left = {each.path: each for each in self.plan.pictures}
        most = limits_now().picture_bytes
        for path, content in contents(self.plan.source, left.keys(), most + 1):
            if self.should_stop():
                self.was_stopped = True
                return
            planned = left.pop(path)
            if isinstance(content, str):
                self.skipped.append(Skipped(planned.name, content))
            elif len(content) > most:
                self.skipped.append(Skipped(planned.name, TOO_LARGE.format(most // MEGABYTE)))
            elif planned.sha256 and hashlib.sha256(content).hexdigest() != planned.sha256:
                self.skipped.append(Skipped(planned.name, CHANGED))
            else:
                self.given.append(planned)
                class_id = self.classes[planned.class_name]
                yield Incoming(class_id, content, planned.name, planned.group, "archive", planned.part)
            self.progress(len(self.plan.pictures) - len(left), len(self.plan.pictures))
        self.skipped += [Skipped(planned.name, GONE) for planned in left.values()]


def _describe(described: SetDescription, dataset_id: str, batch: Batch) -> None:
    """Gives a set without pictures what a file says of it; another one keeps its own split, note and colours."""
    record = find_by_id(dataset_id)
    if record.count:
        return
    there = {alike(each.name).casefold() for each in record.classes}
    if len(there | {alike(name).casefold() for name, _ in described.classes}) > MOST_CLASSES:
        return
    set_split(dataset_id, described.split, batch)
    if described.note and not record.note:
        set_note(dataset_id, described.note, batch)
    colours = {name: colour for name, colour in described.classes if alike(name).casefold() not in there}
    found = classes_by_name(dataset_id, colours, "The file", batch)
    now = {each.id: each.colour for each in find_by_id(dataset_id).classes}
    for name, class_id in found.items():
        if now[class_id] != colours[name]:
            recolour_class(dataset_id, class_id, colours[name], batch)
